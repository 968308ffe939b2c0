//! Schedules.

use super::sync::account_path;
use crate::{Database, path, sql};
use domain::managed_sync::ManagedFeed;
use domain::source_account::AccountPath;
use jiff::Timestamp;
use store::{Answer, DueFeed, DueRun};

const SET_FEED: &str = "
    -- set_managed_feed
    insert into managed_feed (account_no, schedule, enabled, next_due_at_us)
    values (?1, ?2, ?3, ?4)
    on conflict (account_no) do update
    set schedule = ?2, enabled = ?3, next_due_at_us = ?4";

const FIND_FEED: &str = "
    -- find_managed_feed
    select schedule, enabled, next_due_at_us
    from managed_feed
    where account_no = ?1";

const DELETE_FEED: &str = "
    -- delete_managed_feed
    delete from managed_feed
    where account_no = ?1";

const USE_UP_RUN: &str = "
    -- use_up_run
    update managed_feed
    set next_due_at_us = ?3
    where account_no = ?1 and next_due_at_us = ?2";

const LIST_DUE_FEEDS: &str = "
    -- list_due_feeds
    select company.client_id, company.company_id, connection.connection_id,
        source_account.account_id, managed_feed.schedule, managed_feed.next_due_at_us
    from managed_feed
    join source_account on source_account.account_no = managed_feed.account_no
    join connection on connection.connection_no = source_account.connection_no
    join company on company.company_no = connection.company_no
    where managed_feed.next_due_at_us <= ?1
    order by managed_feed.next_due_at_us, managed_feed.account_no
    limit ?2";

/// Sets an account's schedule; whether there is such an account.
pub(super) fn set(database: &Database, account: &AccountPath, feed: &ManagedFeed) -> Answer<bool> {
    let Some(account_no) = path::account_no(database, account)? else { return Ok(false) };
    let ManagedFeed { schedule, enabled, next_due_at } = feed;
    sql::execute(database, SET_FEED, &[&account_no, schedule, enabled, next_due_at])?;
    Ok(true)
}

/// An account's schedule.
pub(super) fn find(database: &Database, account: &AccountPath) -> Answer<Option<ManagedFeed>> {
    let Some(account_no) = path::account_no(database, account)? else { return Ok(None) };
    sql::one(database, FIND_FEED, &[&account_no], |row| {
        Ok(ManagedFeed { schedule: row.next()?, enabled: row.next()?, next_due_at: row.next()? })
    })
}

/// Forgets an account's schedule; whether it had one.
pub(super) fn delete(database: &Database, account: &AccountPath) -> Answer<bool> {
    let Some(account_no) = path::account_no(database, account)? else { return Ok(false) };
    Ok(sql::execute(database, DELETE_FEED, &[&account_no])? > 0)
}

/// Moves a schedule on to its next run, if it is this one that is due.
pub(super) fn use_up(database: &Database, account_no: i64, run: DueRun) -> Answer<bool> {
    Ok(sql::execute(database, USE_UP_RUN, &[&account_no, &run.at, &run.next_at])? > 0)
}

/// Schedules that are due.
pub(super) fn list_due(database: &Database, now: Timestamp, count: u32) -> Answer<Vec<DueFeed>> {
    sql::all(database, LIST_DUE_FEEDS, &[&now, &count], |row| {
        Ok(DueFeed { account: account_path(row)?, schedule: row.next()?, due_at: row.next()? })
    })
}
