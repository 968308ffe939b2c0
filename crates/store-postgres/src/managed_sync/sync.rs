//! Syncs: begun, leased, settled, shown.

use domain::ids::{ClientId, CompanyId, ConnectionPath, PushKey, SyncId};
use domain::managed_sync::{
    ManagedSync, Period, SyncCause, SyncErrorCode, SyncFault, SyncLease, SyncSettlement,
    SyncStatus, forget_before,
};
use domain::page::{ListRequest, Page};
use domain::platform;
use domain::source_account::AccountPath;
use jiff::Timestamp;
use store::{
    LeaseRequest, Missing, PushIntake, Settled, SyncBegun, SyncStanding, SyncWish, listing,
};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::feed::{self, account_path};
use crate::columns::{Columns, micros, signed};
use crate::fault::{Attempt, damaged};
use crate::session::{Session, Write, both};
use crate::text::escaped;
use crate::{company, connection, installation, ledger};

const FIND_SYNC_STANDING: &str = "\
-- find_sync_standing
select connection.platform, source_account.feed_start,
    (
        select max(period_end)
        from managed_sync
        where client_id = $1 and account_no = source_account.account_no and covers_period
    ),
    (
        select sync_id
        from managed_sync
        where client_id = $1 and account_no = source_account.account_no and ended_at is null
    )
from source_account
join connection using (client_id, connection_id)
where client_id = $1 and connection_id = $2 and account_id = $3";

const CREATE_SYNC: &str = "\
-- create_managed_sync
insert into managed_sync
    (client_id, sync_id, account_no, company_id, connection_id, account_id, cause, period_start,
     period_end, started_at, status, fetched_lines, new_lines, covers_period, due_at, attempts)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, false, $10, 0)";

/// A sync's columns; see [`sync_of`].
macro_rules! select_sync {
    ($name:literal, $first:literal, $rest:literal) => {
        concat!(
            "-- ",
            $name,
            "\n",
            $first,
            " sync.sync_id, sync.client_id, sync.company_id, sync.connection_id, sync.account_id,
    sync.cause, sync.period_start, sync.period_end, sync.started_at, sync.ended_at, sync.status,
    sync.error_code, sync.error_message, sync.fetched_lines, sync.new_lines,
    array(
        select push_key
        from managed_sync_push as made
        where made.client_id = sync.client_id and made.sync_id = sync.sync_id
        order by link_no
    )
",
            $rest
        )
    };
}

const FIND_SYNC: &str = select_sync!(
    "find_managed_sync",
    "select",
    "from managed_sync as sync
where client_id = $1 and connection_id = $2 and company_id = $3 and account_id = $4
    and sync_id = $5"
);

const FIND_LATEST_SYNC: &str = select_sync!(
    "find_latest_managed_sync",
    "select",
    "from managed_sync as sync
where client_id = $1 and account_no = $2
order by sync_no desc
limit 1"
);

const COUNT_SYNCS: &str = "\
-- count_managed_syncs
select count(*)
from managed_sync
where client_id = $1 and company_id = $2";

const LIST_SYNCS: &str = select_sync!(
    "list_managed_syncs",
    "select",
    "from managed_sync as sync
where client_id = $1 and company_id = $2
order by started_at desc, sync_no desc
limit $3
offset $4"
);

const LEASE_SYNCS: &str = select_sync!(
    "lease_due_syncs",
    "with due as (
    select client_id, sync_id
    from managed_sync
    where ended_at is null
        and due_at <= $1
        and (lease_until is null or lease_until <= $1)
    order by due_at, sync_no
    limit $2
    for update skip locked
),
sync as (
    update managed_sync
    set lease_token = $3, lease_until = $4, attempts = attempts + 1
    from due
    where managed_sync.client_id = due.client_id and managed_sync.sync_id = due.sync_id
    returning managed_sync.*
)
select sync.attempts,",
    "from sync
order by due_at, sync_no"
);

const POSTPONE_SYNC: &str = "\
-- postpone_sync
update managed_sync
set due_at = $4, lease_token = null, lease_until = null
where client_id = $1 and sync_id = $2 and lease_token = $3 and ended_at is null";

const FINISH_SYNC: &str = "\
-- finish_sync
update managed_sync
set ended_at = $4, status = $5, error_code = $6, error_message = $7, fetched_lines = $8,
    new_lines = $9, covers_period = $10, lease_token = null, lease_until = null
where client_id = $1 and sync_id = $2 and lease_token = $3 and ended_at is null";

/// Looks at a few only, so that no beginning pays for many.
const FORGET_OLD_SYNCS: &str = "\
-- forget_old_syncs
with oldest as (
    select sync_id, ended_at
    from managed_sync
    where client_id = $1 and account_no = $2
    order by sync_no
    limit 16
),
forgotten as (
    delete from managed_sync
    using oldest
    where managed_sync.client_id = $1
        and managed_sync.sync_id = oldest.sync_id
        and oldest.ended_at < $3
        and oldest.sync_id is distinct from (
            select sync_id
            from managed_sync as covering
            where client_id = $1 and account_no = $2 and covers_period
            order by period_end desc
            limit 1
        )
    returning managed_sync.sync_id
)
delete from managed_sync_push
using forgotten
where managed_sync_push.client_id = $1 and managed_sync_push.sync_id = forgotten.sync_id";

const LINK_PUSH: &str = "\
-- link_push
insert into managed_sync_push (client_id, sync_id, push_key)
select client_id, sync_id, $4
from managed_sync
where client_id = $1 and sync_id = $2 and account_no = $3";

/// Keeps a push with the sync that makes it, in the push's own transaction.
pub(crate) async fn link(
    session: &Session,
    sync: SyncId,
    account_no: i64,
    intake: &PushIntake,
) -> Attempt<()> {
    let client = intake.account.connection.client.uuid();
    session.run(LINK_PUSH, &[&client, &sync.uuid(), &account_no, &intake.key.uuid()]).await?;
    Ok(())
}

/// Begins a sync, unless one runs.
pub(super) async fn begin(session: &Session, wish: &SyncWish) -> Attempt<SyncBegun> {
    let wish = wish.at(installation::caught_up(session, wish.now).await?.now);
    let path = wish.account.connection;
    // Locked: two wishes take turns, and an account that is deleted meanwhile takes its syncs with it.
    let Some(ledger) = ledger::lock(session, &wish.account).await? else {
        return Ok(SyncBegun::Missing(missing(session, &path).await?));
    };
    let (client, connection) = (path.client.uuid(), path.connection.uuid());
    let account = wish.account.account.as_str();
    let row = session.row(FIND_SYNC_STANDING, &[&client, &connection, &account]).await?;
    let row = row.ok_or_else(|| damaged("a ledger without an account"))?;
    let mut columns = Columns::of(&row);
    let standing = SyncStanding {
        platform: columns.parsed(platform::find)?,
        feed_start: columns.day_maybe()?,
        covered_until: columns.moment_maybe()?,
    };
    let running: Option<Uuid> = columns.take()?;
    if let Some(run) = wish.due
        && !feed::use_up(session, path.client, ledger.account_no, run).await?
    {
        return Ok(SyncBegun::NotDue);
    }
    if let Some(running) = running {
        return Ok(SyncBegun::Running(SyncId::new(running)));
    }
    let forgotten = micros(forget_before(wish.now));
    session.run(FORGET_OLD_SYNCS, &[&client, &ledger.account_no, &forgotten]).await?;
    let sync = wish.begin(&standing);
    let (start, end) = (micros(sync.period.start), micros(sync.period.end));
    let values: [&(dyn ToSql + Sync); 11] = [
        &client,
        &sync.id.uuid(),
        &ledger.account_no,
        &path.company.uuid(),
        &connection,
        &account,
        &sync.cause.name(),
        &start,
        &end,
        &micros(sync.started_at),
        &sync.status.name(),
    ];
    session.finish(&[Write::new(CREATE_SYNC, &values)]).await?;
    Ok(SyncBegun::Begun(sync))
}

async fn missing(session: &Session, path: &ConnectionPath) -> Attempt<Missing> {
    if !company::exists(session, path.client, path.company).await? {
        return Ok(Missing::Company);
    }
    let connection = connection::see(session, path).await?;
    Ok(if connection.is_none() { Missing::Connection } else { Missing::Account })
}

/// One sync of an account.
pub(super) async fn find(
    session: &Session,
    account: &AccountPath,
    id: SyncId,
) -> Attempt<Option<ManagedSync>> {
    let ConnectionPath { client, company, connection } = account.connection;
    let ids = (client.uuid(), connection.uuid(), company.uuid(), id.uuid());
    let name = account.account.as_str();
    let row = session.row(FIND_SYNC, &[&ids.0, &ids.1, &ids.2, &name, &ids.3]).await?;
    row.map(|row| sync_of(&mut Columns::of(&row))).transpose()
}

/// The sync of an account that was begun last.
pub(super) async fn find_latest(
    session: &Session,
    account: &AccountPath,
) -> Attempt<Option<ManagedSync>> {
    let Some(ledger) = ledger::see(session, account).await? else { return Ok(None) };
    let client = account.connection.client.uuid();
    let row = session.row(FIND_LATEST_SYNC, &[&client, &ledger.account_no]).await?;
    row.map(|row| sync_of(&mut Columns::of(&row))).transpose()
}

/// A company's syncs.
pub(super) async fn list(
    session: &Session,
    client: ClientId,
    company: CompanyId,
    request: &ListRequest,
) -> Attempt<Option<Page<ManagedSync>>> {
    if !company::exists(session, client, company).await? {
        return Ok(None);
    }
    let (client, company) = (client.uuid(), company.uuid());
    if !listing::is_plain(request) {
        let all = None::<i64>;
        let rows = session.rows(LIST_SYNCS, &[&client, &company, &all, &0_i64]).await?;
        return Ok(Some(listing::select(syncs_of(&rows)?, request)));
    }
    let (count, offset) = (i64::from(request.page.items()), signed(request.page.offset())?);
    let (total, rows) = both(
        session.rows(COUNT_SYNCS, &[&client, &company]),
        session.rows(LIST_SYNCS, &[&client, &company, &Some(count), &offset]),
    )
    .await?;
    let total = total.first().map_or(Ok(0), |row| Columns::of(row).number())?;
    Ok(Some(Page { items: syncs_of(&rows)?, total }))
}

/// Leases what is due.
pub(super) async fn lease(session: &Session, request: &LeaseRequest) -> Attempt<Vec<SyncLease>> {
    let request = installation::caught_up_request(session, request).await?;
    let until = request.now.saturating_add(request.length).unwrap_or(Timestamp::MAX);
    let (now, count, token) = (micros(request.now), i64::from(request.count), request.token.uuid());
    let rows = session.rows(LEASE_SYNCS, &[&now, &count, &token, &micros(until)]).await?;
    let lease = |row: &Row| {
        let mut columns = Columns::of(row);
        let attempt = columns.number()?;
        Ok(SyncLease { token: request.token, until, attempt, sync: sync_of(&mut columns)? })
    };
    rows.iter().map(lease).collect()
}

/// Ends or postpones a sync, if the lease holds it.
pub(super) async fn settle(
    session: &Session,
    lease: &SyncLease,
    settlement: &SyncSettlement,
    told: Timestamp,
) -> Attempt<Settled> {
    let caught_up = installation::caught_up(session, told).await?;
    let client = lease.sync.account.connection.client.uuid();
    let (id, token) = (lease.sync.id.uuid(), lease.token.uuid());
    let changed = match settlement {
        SyncSettlement::Again(at) => {
            let at = micros(caught_up.moved(*at));
            session.run(POSTPONE_SYNC, &[&client, &id, &token, &at]).await?
        }
        SyncSettlement::Finished(end) => {
            let code = end.fault.as_ref().map(|fault| fault.code.name());
            let message = end.fault.as_ref().map(|fault| escaped(&fault.message));
            let (fetched, new) = (i64::from(end.fetched_lines), i64::from(end.new_lines));
            let (now, status) = (micros(caught_up.now), end.status.name());
            let covers = end.covers_period;
            let values: [&(dyn ToSql + Sync); 10] =
                [&client, &id, &token, &now, &status, &code, &message, &fetched, &new, &covers];
            session.run(FINISH_SYNC, &values).await?
        }
    };
    Ok(if changed == 0 { Settled::LeaseLost } else { Settled::Written })
}

fn syncs_of(rows: &[Row]) -> Attempt<Vec<ManagedSync>> {
    rows.iter().map(|row| sync_of(&mut Columns::of(row))).collect()
}

fn sync_of(columns: &mut Columns<'_>) -> Attempt<ManagedSync> {
    Ok(ManagedSync {
        id: columns.id(SyncId::new)?,
        account: account_path(columns)?,
        cause: columns.parsed(SyncCause::parse)?,
        period: Period { start: columns.moment()?, end: columns.moment()? },
        started_at: columns.moment()?,
        ended_at: columns.moment_maybe()?,
        status: columns.parsed(SyncStatus::parse)?,
        fault: fault_of(columns)?,
        fetched_lines: columns.number()?,
        new_lines: columns.number()?,
        pushes: columns.take::<Vec<Uuid>>()?.into_iter().map(PushKey::new).collect(),
    })
}

fn fault_of(columns: &mut Columns<'_>) -> Attempt<Option<SyncFault>> {
    match (columns.parsed_maybe(SyncErrorCode::parse)?, columns.text_maybe()?) {
        (Some(code), Some(message)) => Ok(Some(SyncFault { code, message })),
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => Err(damaged("half of a sync's error")),
    }
}
