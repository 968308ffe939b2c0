//! Syncs: begun, leased, settled, shown.

use super::feed;
use crate::row::{Fields, Put};
use crate::{Database, installation, path, row, sql};
use domain::ids::{ConnectionPath, LeaseToken, PushKey, SyncId};
use domain::managed_sync::{
    ManagedSync, Period, SyncEnd, SyncErrorCode, SyncFault, SyncLease, SyncSettlement,
    forget_before,
};
use domain::page::{ListRequest, Page};
use domain::source_account::AccountPath;
use jiff::Timestamp;
use store::{
    Answer, LeaseRequest, Missing, Settled, StoreError, SyncBegun, SyncStanding, SyncWish, listing,
};

const FIND_SYNC_STANDING: &str = "
    -- find_sync_standing
    select source_account.account_no, company.company_no, connection.platform,
        source_account.feed_start, (
            select max(managed_sync.period_end_us)
            from managed_sync
            where managed_sync.account_no = source_account.account_no
                and managed_sync.covers_period
        ), (
            select managed_sync.sync_id
            from managed_sync
            where managed_sync.account_no = source_account.account_no
                and managed_sync.ended_at_us is null
        )
    from company
    join connection on connection.company_no = company.company_no
    join source_account on source_account.connection_no = connection.connection_no
    where company.client_id = ?1 and company.company_id = ?2 and connection.connection_id = ?3
        and source_account.account_id = ?4";

const CREATE_SYNC: &str = "
    -- create_managed_sync
    insert into managed_sync (
        sync_id, account_no, company_no, cause, period_start_us, period_end_us, started_at_us,
        status, fetched_lines, new_lines, covers_period, due_at_us, attempt
    )
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, 0, ?7, 0)";

/// A sync's columns, after its number; see [`managed_sync`].
macro_rules! select_sync {
    ($name:literal, $rest:literal) => {
        concat!(
            "
    -- ",
            $name,
            "
    select managed_sync.sync_no, managed_sync.attempt, managed_sync.sync_id, company.client_id,
        company.company_id, connection.connection_id, source_account.account_id,
        managed_sync.cause, managed_sync.period_start_us, managed_sync.period_end_us,
        managed_sync.started_at_us, managed_sync.ended_at_us, managed_sync.status,
        managed_sync.error_code, managed_sync.error_message, managed_sync.fetched_lines,
        managed_sync.new_lines
    from managed_sync
    join source_account on source_account.account_no = managed_sync.account_no
    join connection on connection.connection_no = source_account.connection_no
    join company on company.company_no = managed_sync.company_no
    ",
            $rest
        )
    };
}

const FIND_SYNC: &str = select_sync!(
    "find_managed_sync",
    "where managed_sync.account_no = ?1 and managed_sync.sync_id = ?2"
);

const FIND_LATEST_SYNC: &str = select_sync!(
    "find_latest_managed_sync",
    "where managed_sync.account_no = ?1
    order by managed_sync.sync_no desc
    limit 1"
);

const COUNT_SYNCS: &str = "
    -- count_managed_syncs
    select count(*)
    from managed_sync
    where company_no = ?1";

const LIST_SYNCS: &str = select_sync!(
    "list_managed_syncs",
    "where managed_sync.company_no = ?1
    order by managed_sync.started_at_us desc, managed_sync.sync_no desc
    limit ?2 offset ?3"
);

const FIND_DUE_SYNCS: &str = select_sync!(
    "find_due_syncs",
    "where managed_sync.ended_at_us is null and managed_sync.due_at_us <= ?1
        and coalesce(managed_sync.lease_until_us <= ?1, true)
    order by managed_sync.due_at_us, managed_sync.sync_no
    limit ?2"
);

const LEASE_SYNC: &str = "
    -- lease_sync
    update managed_sync
    set lease_token = ?2, lease_until_us = ?3, attempt = ?4
    where sync_no = ?1";

const POSTPONE_SYNC: &str = "
    -- postpone_sync
    update managed_sync
    set due_at_us = ?3, lease_token = null, lease_until_us = null
    where sync_id = ?1 and lease_token = ?2 and ended_at_us is null";

const FINISH_SYNC: &str = "
    -- finish_sync
    update managed_sync
    set ended_at_us = ?3, status = ?4, error_code = ?5, error_message = ?6, fetched_lines = ?7,
        new_lines = ?8, covers_period = ?9, lease_token = null, lease_until_us = null
    where sync_id = ?1 and lease_token = ?2 and ended_at_us is null";

const LIST_SYNC_PUSHES: &str = "
    -- list_sync_pushes
    select push_key
    from managed_sync_push
    where sync_no = ?1
    order by link_no";

/// Looks at a few only, so that no beginning pays for many.
const FORGET_OLD_SYNCS: &str = "
    -- forget_old_syncs
    delete from managed_sync
    where sync_no in (
            select sync_no
            from managed_sync
            where account_no = ?1
            order by sync_no
            limit 16
        )
        and ended_at_us < ?2
        and sync_no is not (
            select sync_no
            from managed_sync
            where account_no = ?1 and covers_period
            order by period_end_us desc
            limit 1
        )";

const LINK_PUSH: &str = "
    -- link_push
    insert into managed_sync_push (sync_no, push_key)
    select sync_no, ?3
    from managed_sync
    where sync_id = ?1 and account_no = ?2";

/// Keeps a push with the sync that makes it, in the push's own transaction.
pub(crate) fn link(
    database: &Database,
    sync: SyncId,
    account_no: i64,
    push: PushKey,
) -> Answer<()> {
    sql::execute(database, LINK_PUSH, &[&sync, &account_no, &push])?;
    Ok(())
}

pub(super) fn begin(database: &Database, wish: &SyncWish) -> Answer<SyncBegun> {
    let wish = wish.at(installation::caught_up(database, wish.now)?.now);
    let ConnectionPath { client, company, connection } = &wish.account.connection;
    let values: [&dyn Put; 4] = [client, company, connection, &wish.account.account];
    let found = sql::one(database, FIND_SYNC_STANDING, &values, |row| {
        let (account_no, company_no): (i64, i64) = (row.next()?, row.next()?);
        let standing = SyncStanding {
            platform: row.next()?,
            feed_start: row.next()?,
            covered_until: row.next()?,
        };
        Ok((account_no, company_no, standing, row.next()?))
    })?;
    let Some((account_no, company_no, standing, running)) = found else {
        return Ok(SyncBegun::Missing(find_missing(database, &wish.account)?));
    };
    if let Some(run) = wish.due
        && !feed::use_up(database, account_no, run)?
    {
        return Ok(SyncBegun::NotDue);
    }
    if let Some(running) = running {
        return Ok(SyncBegun::Running(running));
    }
    sql::execute(database, FORGET_OLD_SYNCS, &[&account_no, &forget_before(wish.now)])?;
    let sync = wish.begin(&standing);
    let ManagedSync { id, cause, period: Period { start, end }, started_at, status, .. } = &sync;
    sql::execute(
        database,
        CREATE_SYNC,
        &[id, &account_no, &company_no, cause, start, end, started_at, status],
    )?;
    Ok(SyncBegun::Begun(sync))
}

fn find_missing(database: &Database, path: &AccountPath) -> Answer<Missing> {
    let ConnectionPath { client, company, .. } = path.connection;
    if path::company_no(database, client, company)?.is_none() {
        return Ok(Missing::Company);
    }
    let connection = path::connection_no(database, &path.connection)?;
    Ok(if connection.is_none() { Missing::Connection } else { Missing::Account })
}

/// One sync of an account.
pub(super) fn find_by_id(
    database: &Database,
    account: &AccountPath,
    id: SyncId,
) -> Answer<Option<ManagedSync>> {
    let account = path::account_no(database, account)?;
    account.map_or(Ok(None), |account_no| find(database, FIND_SYNC, &[&account_no, &id]))
}

/// The sync of an account that was begun last.
pub(super) fn find_latest(
    database: &Database,
    account: &AccountPath,
) -> Answer<Option<ManagedSync>> {
    let account = path::account_no(database, account)?;
    account.map_or(Ok(None), |account_no| find(database, FIND_LATEST_SYNC, &[&account_no]))
}

fn find(database: &Database, sql: &str, values: &[&dyn Put]) -> Answer<Option<ManagedSync>> {
    let found = sql::one(database, sql, values, numbered)?;
    found.map(|found| with_pushes(database, found).map(|(_, sync)| sync)).transpose()
}

pub(super) fn list(
    database: &Database,
    company_no: i64,
    request: &ListRequest,
) -> Answer<Page<ManagedSync>> {
    let load = |limit: u64, offset: u64| -> Answer<Vec<ManagedSync>> {
        let values: [&dyn Put; 3] = [&company_no, &limit, &offset];
        let found = sql::all(database, LIST_SYNCS, &values, numbered)?;
        found.into_iter().map(|one| Ok(with_pushes(database, one)?.1)).collect()
    };
    if !listing::is_plain(request) {
        return Ok(listing::select(load(u64::MAX, 0)?, request));
    }
    let total = sql::count(database, COUNT_SYNCS, &[&company_no])?;
    Ok(Page { items: load(request.page.items().into(), request.page.offset())?, total })
}

pub(super) fn lease(database: &Database, request: LeaseRequest) -> Answer<Vec<SyncLease>> {
    let request = installation::caught_up_request(database, request)?;
    let until = request.now.saturating_add(request.length).unwrap_or(Timestamp::MAX);
    let values: [&dyn Put; 2] = [&request.now, &request.count];
    let due = sql::all(database, FIND_DUE_SYNCS, &values, numbered)?;
    let lease = |one: Numbered| {
        let (sync_no, attempt) = (one.sync_no, one.attempt.saturating_add(1));
        sql::execute(database, LEASE_SYNC, &[&sync_no, &request.token, &until, &attempt])?;
        let (_, sync) = with_pushes(database, one)?;
        Ok(SyncLease { token: request.token, until, attempt, sync })
    };
    due.into_iter().map(lease).collect()
}

/// Ends or postpones a sync, if `lease` holds it.
pub(super) fn settle(
    database: &Database,
    lease: (SyncId, LeaseToken),
    settlement: &SyncSettlement,
    told: Timestamp,
) -> Answer<Settled> {
    let (id, token) = lease;
    let caught_up = installation::caught_up(database, told)?;
    let now = caught_up.now;
    let changed = match settlement {
        SyncSettlement::Again(at) => {
            sql::execute(database, POSTPONE_SYNC, &[&id, &token, &caught_up.moved(*at)])?
        }
        SyncSettlement::Finished(end) => {
            let (code, message) = fault_columns(end);
            let SyncEnd { status, fetched_lines, new_lines, covers_period, .. } = end;
            sql::execute(
                database,
                FINISH_SYNC,
                &[
                    &id,
                    &token,
                    &now,
                    status,
                    &code,
                    &message,
                    fetched_lines,
                    new_lines,
                    covers_period,
                ],
            )?
        }
    };
    Ok(if changed == 0 { Settled::LeaseLost } else { Settled::Written })
}

/// A sync as it stands in its row.
struct Numbered {
    sync_no: i64,
    attempt: u32,
    sync: ManagedSync,
}

fn with_pushes(database: &Database, one: Numbered) -> Answer<(i64, ManagedSync)> {
    let pushes = sql::all(database, LIST_SYNC_PUSHES, &[&one.sync_no], row::only)?;
    Ok((one.sync_no, ManagedSync { pushes, ..one.sync }))
}

fn numbered(row: &mut Fields<'_>) -> Answer<Numbered> {
    Ok(Numbered { sync_no: row.next()?, attempt: row.next()?, sync: managed_sync(row)? })
}

fn managed_sync(row: &mut Fields<'_>) -> Answer<ManagedSync> {
    Ok(ManagedSync {
        id: row.next()?,
        account: account_path(row)?,
        cause: row.next()?,
        period: Period { start: row.next()?, end: row.next()? },
        started_at: row.next()?,
        ended_at: row.next()?,
        status: row.next()?,
        fault: fault(row.next()?, row.next()?)?,
        fetched_lines: row.next()?,
        new_lines: row.next()?,
        pushes: Vec::new(),
    })
}

pub(super) fn account_path(row: &mut Fields<'_>) -> Answer<AccountPath> {
    let connection =
        ConnectionPath { client: row.next()?, company: row.next()?, connection: row.next()? };
    Ok(AccountPath { connection, account: row.next()? })
}

fn fault(code: Option<SyncErrorCode>, message: Option<String>) -> Answer<Option<SyncFault>> {
    match (code, message) {
        (Some(code), Some(message)) => Ok(Some(SyncFault { code, message })),
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => {
            Err(StoreError::Damaged("half of a sync's error".to_owned()))
        }
    }
}

fn fault_columns(end: &SyncEnd) -> (Option<SyncErrorCode>, Option<String>) {
    let fault = end.fault.as_ref();
    (fault.map(|fault| fault.code), fault.map(|fault| fault.message.clone()))
}
