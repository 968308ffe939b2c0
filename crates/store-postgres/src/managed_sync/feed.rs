//! Schedules.

use domain::ids::{ClientId, CompanyId, ConnectionId, ConnectionPath};
use domain::managed_sync::{ManagedFeed, Schedule};
use domain::source_account::{AccountId, AccountPath};
use jiff::Timestamp;
use store::{DueFeed, DueRun};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::columns::{Columns, micros};
use crate::fault::Attempt;
use crate::ledger;
use crate::session::{Session, Write};

const SET_FEED: &str = "\
-- set_managed_feed
insert into managed_feed
    (client_id, account_no, company_id, connection_id, account_id, schedule, enabled, next_due_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (client_id, account_no) do update
set schedule = excluded.schedule, enabled = excluded.enabled, next_due_at = excluded.next_due_at";

const FIND_FEED: &str = "\
-- find_managed_feed
select schedule, enabled, next_due_at
from managed_feed
where client_id = $1 and account_no = $2";

const DELETE_FEED: &str = "\
-- delete_managed_feed
delete from managed_feed
where client_id = $1 and account_no = $2";

const USE_UP_RUN: &str = "\
-- use_up_run
update managed_feed
set next_due_at = $4
where client_id = $1 and account_no = $2 and next_due_at = $3";

const LIST_DUE_FEEDS: &str = "\
-- list_due_feeds
select client_id, company_id, connection_id, account_id, schedule, next_due_at
from managed_feed
where next_due_at <= $1
order by next_due_at, account_no
limit $2";

/// Sets an account's schedule; whether there is such an account.
pub(super) async fn set(
    session: &Session,
    account: &AccountPath,
    feed: &ManagedFeed,
) -> Attempt<bool> {
    // Locked: an account that is deleted meanwhile takes its schedule with it.
    let Some(ledger) = ledger::lock(session, account).await? else { return Ok(false) };
    let ConnectionPath { client, company, connection } = account.connection;
    let ids = (client.uuid(), company.uuid(), connection.uuid());
    let next_due_at = feed.next_due_at.map(micros);
    let values: [&(dyn ToSql + Sync); 8] = [
        &ids.0,
        &ledger.account_no,
        &ids.1,
        &ids.2,
        &account.account.as_str(),
        &feed.schedule.to_string(),
        &feed.enabled,
        &next_due_at,
    ];
    session.finish(&[Write::new(SET_FEED, &values)]).await?;
    Ok(true)
}

/// An account's schedule.
pub(super) async fn find(session: &Session, account: &AccountPath) -> Attempt<Option<ManagedFeed>> {
    let Some(ledger) = ledger::see(session, account).await? else { return Ok(None) };
    let client = account.connection.client.uuid();
    let Some(row) = session.row(FIND_FEED, &[&client, &ledger.account_no]).await? else {
        return Ok(None);
    };
    let mut columns = Columns::of(&row);
    Ok(Some(ManagedFeed {
        schedule: schedule(&mut columns)?,
        enabled: columns.take()?,
        next_due_at: columns.moment_maybe()?,
    }))
}

/// Forgets an account's schedule; whether it had one.
pub(super) async fn delete(session: &Session, account: &AccountPath) -> Attempt<bool> {
    let Some(ledger) = ledger::see(session, account).await? else { return Ok(false) };
    let client = account.connection.client.uuid();
    Ok(session.run(DELETE_FEED, &[&client, &ledger.account_no]).await? > 0)
}

/// Moves a schedule on to its next run, if it is this one that is due.
pub(super) async fn use_up(
    session: &Session,
    client: ClientId,
    account_no: i64,
    run: DueRun,
) -> Attempt<bool> {
    let (at, next_at) = (micros(run.at), run.next_at.map(micros));
    Ok(session.run(USE_UP_RUN, &[&client.uuid(), &account_no, &at, &next_at]).await? > 0)
}

/// Schedules that are due.
pub(super) async fn list_due(
    session: &Session,
    now: Timestamp,
    count: u32,
) -> Attempt<Vec<DueFeed>> {
    let rows = session.rows(LIST_DUE_FEEDS, &[&micros(now), &i64::from(count)]).await?;
    let due = |row: &Row| {
        let mut columns = Columns::of(row);
        Ok(DueFeed {
            account: account_path(&mut columns)?,
            schedule: schedule(&mut columns)?,
            due_at: columns.moment()?,
        })
    };
    rows.iter().map(due).collect()
}

/// An account from its columns: client, company, connection, account.
pub(super) fn account_path(columns: &mut Columns<'_>) -> Attempt<AccountPath> {
    let connection = ConnectionPath {
        client: columns.id(ClientId::new)?,
        company: columns.id(CompanyId::new)?,
        connection: columns.id(ConnectionId::new)?,
    };
    Ok(AccountPath { connection, account: columns.parsed(|text| AccountId::parse(text).ok())? })
}

fn schedule(columns: &mut Columns<'_>) -> Attempt<Schedule> {
    columns.parsed(|text| Schedule::read(text).ok())
}
