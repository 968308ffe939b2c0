//! Due work: leased, settled, given back.

use crate::row::Put;
use crate::writer::Undo;
use crate::{Database, SqliteStore, fetch, installation, ledger, push, row, sql};
use async_trait::async_trait;
use domain::ids::PushKey;
use domain::platform::Platform;
use domain::push::{Ending, PushOperation, Settlement, Withdrawal};
use domain::work::{Destination, Lease};
use jiff::Timestamp;
use store::clock_watch::{AHEAD_OF_NOTED_MICROS, CaughtUp};
use store::{Answer, LeaseRequest, Settled, WorkQueue};

const CREATE_WORK: &str = "
    -- create_work
    insert into work (push_key, account_no, due_at_us, attempt)
    values (?1, ?2, min(?3, coalesce((select noted_at_us + ?4 from installation), ?3)), 0)";

const FIND_DUE_WORK: &str = "
    -- find_due_work
    select work.work_no, work.attempt, connection.platform, account.created_at_us,
        push.push_key, company.client_id, company.company_id, push.connection_id,
        push.account_id, push.requested_at_us, push.completed_at_us, push.status, push.error,
        push.validation, push.timeout_minutes, push.first_line, push.line_count, push.known_lines,
        push.awaited
    from work
    join push on push.push_key = work.push_key
    join company on company.company_no = push.company_no
    left join source_account account on account.account_no = work.account_no
    left join connection on connection.connection_no = account.connection_no
    where work.due_at_us <= ?1 and coalesce(work.lease_until_us <= ?1, true)
        and not exists (
            select 1
            from work older
            where older.account_no = work.account_no and older.work_no < work.work_no
        )
    order by work.due_at_us, work.work_no
    limit ?2";

const LEASE_WORK: &str = "
    -- lease_work
    update work
    set lease_token = ?2, lease_until_us = ?3, attempt = ?4
    where work_no = ?1";

const FIND_HELD_WORK: &str = "
    -- find_held_work
    select account_no
    from work
    where push_key = ?1 and lease_token = ?2";

/// What waits for an account that is gone, or disconnected, is due at once.
const POSTPONE_WORK: &str = "
    -- postpone_work
    update work
    set due_at_us = iif(exists (
            select 1
            from source_account
            where source_account.account_no = work.account_no and status <> 'disconnected'
        ), ?2, min(?2, ?3)),
        attempt = iif(?4, 0, attempt), lease_token = null, lease_until_us = null
    where push_key = ?1";

const RELEASE_WORK: &str = "
    -- release_work
    update work
    set lease_token = null, lease_until_us = null
    where push_key = ?1 and lease_token = ?2";

const HASTEN_WORK: &str = "
    -- hasten_work
    update work
    set due_at_us = ?2
    where account_no = ?1 and due_at_us > ?2";

const DELETE_WORK: &str = "
    -- delete_work
    delete from work
    where push_key = ?1";

const FIND_UNDER_WAY_FROM: &str = "
    -- find_under_way_from
    select push.first_line
    from work
    join push on push.push_key = work.push_key
    where work.account_no = ?1
    order by work.work_no
    limit 1";

const SETTLE_PUSH: &str = "
    -- settle_push
    update push
    set completed_at_us = ?2, status = ?3, error = ?4, validation = ?5
    where push_key = ?1";

const LIST_WAITING: &str = "
    -- list_waiting
    select push.push_key, company.client_id, company.company_id, push.connection_id,
        push.account_id, push.requested_at_us, push.completed_at_us, push.status, push.error,
        push.validation, push.timeout_minutes, push.first_line, push.line_count, push.known_lines,
        push.awaited
    from work
    join push on push.push_key = work.push_key
    join company on company.company_no = push.company_no
    left join connection
        on connection.company_no = push.company_no
        and connection.connection_id = push.connection_id
    where push.requested_at_us < ?1 and push.status = 'Pending'
        and connection.status is not 'Deauthorized'
    order by push.requested_at_us, work.work_no
    limit ?2";

#[async_trait]
impl WorkQueue for SqliteStore {
    async fn lease_due_work(&self, request: &LeaseRequest) -> Answer<Vec<Lease>> {
        let request = *request;
        self.write_then(
            Undo::Commit,
            move |writing| lease_due_work(writing.database, request),
            |_| {},
        )
        .await
    }

    async fn settle_push(
        &self,
        lease: &Lease,
        settlement: &Settlement,
        now: Timestamp,
    ) -> Answer<Settled> {
        let (lease, settlement) = (lease.clone(), settlement.clone());
        self.write(move |writing| {
            let now = installation::caught_up(writing.database, now)?;
            settle_push(writing.database, lease, settlement, now)
        })
        .await
    }

    async fn finish_pushes(&self, leases: &[Lease], now: Timestamp) -> Answer<Vec<Settled>> {
        let leases = leases.to_vec();
        self.write(move |writing| {
            let now = installation::caught_up(writing.database, now)?;
            let success = || Settlement::Finished(Ending::success(Vec::new()));
            let finish = |lease| settle_push(writing.database, lease, success(), now);
            leases.into_iter().map(finish).collect()
        })
        .await
    }

    async fn release_work(&self, lease: &Lease) -> Answer<()> {
        let (key, token) = (lease.push.key, lease.token);
        self.write(move |writing| {
            sql::execute(writing.database, RELEASE_WORK, &[&key, &token]).map(|_count| ())
        })
        .await
    }

    async fn list_waiting(&self, before: Timestamp, count: u32) -> Answer<Vec<PushOperation>> {
        self.read(move |database| sql::all(database, LIST_WAITING, &[&before, &count], push::push))
            .await
    }
}

/// Makes a push due.
pub(crate) fn create(
    database: &Database,
    push: PushKey,
    account_no: i64,
    due_at: Timestamp,
) -> Answer<()> {
    let values: [&dyn Put; 4] = [&push, &account_no, &due_at, &AHEAD_OF_NOTED_MICROS];
    sql::execute(database, CREATE_WORK, &values)?;
    Ok(())
}

/// From where on an account's lines came with pushes that are still under way: these end in their order.
pub(crate) fn under_way_from(database: &Database, account_no: i64) -> Answer<Option<u64>> {
    sql::one(database, FIND_UNDER_WAY_FROM, &[&account_no], row::only)
}

/// Nothing is left to wait for: the account goes, or nothing flows from it any more.
pub(crate) fn hasten(database: &Database, account_no: i64, now: Timestamp) -> Answer<()> {
    sql::execute(database, HASTEN_WORK, &[&account_no, &now]).map(|_count| ())
}

fn lease_due_work(database: &Database, request: LeaseRequest) -> Answer<Vec<Lease>> {
    let request = installation::caught_up_request(database, request)?;
    let until = request.now.saturating_add(request.length).unwrap_or(Timestamp::MAX);
    let values: [&dyn Put; 2] = [&request.now, &request.count];
    let due = sql::all(database, FIND_DUE_WORK, &values, |row| {
        let (work_no, attempt): (i64, u32) = (row.next()?, row.next()?);
        let (platform, made_at): (Option<&'static Platform>, Option<Timestamp>) =
            (row.next()?, row.next()?);
        let destination = platform
            .zip(made_at)
            .map(|(platform, account_made_at)| Destination { platform, account_made_at });
        let attempt = attempt.saturating_add(1);
        let push = push::push(row)?;
        Ok((work_no, Lease { token: request.token, until, attempt, push, destination }))
    })?;
    let lease = |(work_no, lease): (i64, Lease)| {
        sql::execute(database, LEASE_WORK, &[&work_no, &lease.token, &until, &lease.attempt])?;
        Ok(lease)
    };
    due.into_iter().map(lease).collect()
}

/// The account of a push that is held. The lease is compared by its token alone: one that has ended still holds as long
/// as nobody else took the work.
pub(crate) fn held(database: &Database, lease: &Lease) -> Answer<Option<i64>> {
    sql::one(database, FIND_HELD_WORK, &[&lease.push.key, &lease.token], row::only)
}

fn settle_push(
    database: &Database,
    lease: Lease,
    settlement: Settlement,
    caught_up: CaughtUp,
) -> Answer<Settled> {
    let key = lease.push.key;
    let Some(account_no) = held(database, &lease)? else { return Ok(Settled::LeaseLost) };
    let now = caught_up.now;
    let postpone = |at, is_anew: bool| {
        sql::execute(database, POSTPONE_WORK, &[&key, &caught_up.moved(at), &now, &is_anew])
            .map(|_count| ())
    };
    match settlement {
        Settlement::Again(at) => postpone(at, false)?,
        Settlement::Waiting(at) => postpone(at, true)?,
        Settlement::Finished(ending) => {
            sql::execute(database, DELETE_WORK, &[&key])?;
            withdraw(database, account_no, &lease.push, ending.withdrawal)?;
            finish(database, lease.push, ending, now)?;
        }
        Settlement::TimedOut(at) => {
            postpone(at, false)?;
            finish(database, lease.push, Ending::timed_out(), now)?;
        }
        Settlement::Resolved(withdrawal) => {
            sql::execute(database, DELETE_WORK, &[&key])?;
            withdraw(database, account_no, &lease.push, withdrawal)?;
        }
    }
    Ok(Settled::Written)
}

fn finish(database: &Database, push: PushOperation, ending: Ending, now: Timestamp) -> Answer<()> {
    let operation = push.ended(ending, now);
    let PushOperation { key, completed_at, status, error, validation, .. } = &operation;
    sql::execute(database, SETTLE_PUSH, &[key, completed_at, status, error, validation])?;
    push::record(database, &operation, now)
}

/// Takes lines back. What a statement has shown stays, because it may be in the books.
fn withdraw(
    database: &Database,
    account_no: i64,
    push: &PushOperation,
    withdrawal: Withdrawal,
) -> Answer<()> {
    let span = match withdrawal {
        Withdrawal::Nothing => return Ok(()),
        Withdrawal::Unshown => push.lines,
        Withdrawal::Lines(span) => span,
    };
    if span.count == 0 {
        return Ok(());
    }
    let Some(mut head) = ledger::load_head(database, account_no)? else { return Ok(()) };
    let stays = withdrawal == Withdrawal::Unshown
        && (!head.ends_with(span) || fetch::was_shown(database, account_no, span.first)?);
    if stays {
        return Ok(());
    }
    let segments = ledger::load_segments(database, &head)?;
    head.withdraw(span, &segments);
    ledger::set_head(database, account_no, &head)
}
