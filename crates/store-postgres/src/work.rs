//! Verbs about due work. A worker sees only work that no other one is looking at, and of an account only the oldest,
//! whoever may hold that: so two workers never hold two pushes of one account.

use async_trait::async_trait;
use domain::event::{Event, EventKind};
use domain::ids::{ClientId, PushKey};
use domain::platform;
use domain::push::{Ending, LineSpan, PushOperation, PushStatus, Settlement, Withdrawal};
use domain::work::{Destination, Lease};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashSet};
use store::ledger::Head;
use store::{Answer, LeaseRequest, Settled, WorkQueue};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::PostgresStore;
use crate::columns::{Columns, micros, signed};
use crate::connection::event_on;
use crate::event::{News, finish_with};
use crate::fault::Attempt;
use crate::installation;
use crate::ledger::{self, Ledger};
use crate::push::{operation_of, validation_text};
use crate::session::{Session, Write};
use crate::text::escaped;

/// An account's work is numbered and committed under its ledger's lock, so nothing older can appear after what is seen
/// here.
const LEASE_WORK: &str = "\
-- lease_due_work
with due as (
    select client_id, account_no, push_no
    from work
    where due_at <= $1
        and (lease_until is null or lease_until <= $1)
        and not exists (
            select
            from work as older
            where older.client_id = work.client_id
                and older.account_no = work.account_no
                and older.push_no < work.push_no
        )
    order by due_at, push_no
    limit $2
    for update of work skip locked
),
leased as (
    update work
    set lease_token = $3, lease_until = $4, attempts = attempts + 1
    from due
    where work.client_id = due.client_id
        and work.account_no = due.account_no
        and work.push_no = due.push_no
    returning work.client_id, work.account_no, work.push_key, work.due_at, work.attempts
)
select leased.attempts, connection.platform, account.created_at, push_key, push.client_id, push.company_id, push.connection_id, push.account_id,
    push.requested_at, push.completed_at, push.status, push.error, push.validation,
    push.timeout_minutes, push.first_line, push.line_count, push.known_lines, push.awaited
from leased
join push using (client_id, push_key)
left join source_account as account
    on account.client_id = push.client_id
    and account.connection_id = push.connection_id
    and account.account_id = push.account_id
    and account.account_no = leased.account_no
left join connection
    on connection.client_id = account.client_id
    and connection.connection_id = account.connection_id
order by leased.due_at, push.push_no";

const LOCK_WORK: &str = "\
-- lock_work
select work.account_no, work.push_no, push.first_line, push.line_count
from push
join work using (client_id, account_no, push_no)
where push.client_id = $1 and push.push_key = $2 and work.lease_token = $3
for update of work";

const LOCK_LEDGER_OF_PUSH: &str = "\
-- lock_ledger_of_push
select ledger.head
from push
join ledger using (client_id, account_no)
where push.client_id = $1 and push.push_key = $2
for update of ledger";

const SEE_FETCHED: &str = "\
-- see_fetched
select exists (
    select
    from statement_fetch
    where client_id = $1 and account_no = $2 and watermark > $3
)";

const FIND_UNDER_WAY_FROM: &str = "\
-- find_under_way_from
select push.first_line
from work
join push using (client_id, push_key)
where work.client_id = $1 and work.account_no = $2
order by work.push_no
limit 1";

const WRITE_HEAD: &str = "\
-- write_head
update ledger
set head = $3
where client_id = $1 and account_no = $2";

const FINISH_PUSH: &str = "\
-- finish_push
update push
set status = $3, completed_at = $4, error = $5, validation = $6
where client_id = $1 and push_key = $2";

const DELETE_WORK: &str = "\
-- finish_work
delete from work
where client_id = $1 and account_no = $2 and push_no = $3";

/// Nothing is left to wait for. Whoever settles some of it waits, and sees then that the account is gone.
pub(crate) const HASTEN_WORK: &str = "\
-- hasten_work
with hastened as (
    select client_id, account_no, push_no
    from work
    where client_id = $1 and account_no = any($2)
    order by account_no, push_no
    for update
)
update work
set due_at = least(due_at, $3)
from hastened
where work.client_id = hastened.client_id
    and work.account_no = hastened.account_no
    and work.push_no = hastened.push_no";

/// What waits for an account that is gone, or disconnected, is due at once.
const DELAY_WORK: &str = "\
-- delay_work
update work
set due_at = case when exists (
            select
            from source_account
            where client_id = $1 and account_no = $2 and status <> 'disconnected'
        ) then $4::bigint else least($4, $5::bigint) end,
    attempts = case when $6 then 0 else attempts end, lease_token = null, lease_until = null
where client_id = $1 and account_no = $2 and push_no = $3";

/// Locks in an order that all share, whoever else settles some of the same.
const FINISH_PUSHES: &str = "\
-- finish_pushes
with held as (
    select work.client_id, work.account_no, work.push_no, push.push_key
    from unnest($2::uuid[], $3::uuid[]) as listed (push_key, lease_token)
    join push on push.client_id = $1 and push.push_key = listed.push_key
    join work
        on work.client_id = push.client_id
        and work.account_no = push.account_no
        and work.push_no = push.push_no
        and work.lease_token = listed.lease_token
    order by work.account_no, work.push_no
    for update of work
),
done as (
    delete from work
    using held
    where work.client_id = held.client_id
        and work.account_no = held.account_no
        and work.push_no = held.push_no
    returning held.push_key
)
update push
set status = $4, completed_at = $5
from done
where push.client_id = $1 and push.push_key = done.push_key
returning push.push_key";

const RELEASE_WORK: &str = "\
-- release_work
update work
set lease_token = null, lease_until = null
from push
where push.client_id = $1
    and push.push_key = $2
    and work.client_id = push.client_id
    and work.account_no = push.account_no
    and work.push_no = push.push_no
    and work.lease_token = $3";

const LIST_WAITING: &str = "\
-- list_waiting
select push.push_key, push.client_id, push.company_id, push.connection_id, push.account_id,
    push.requested_at, push.completed_at, push.status, push.error, push.validation,
    push.timeout_minutes, push.first_line, push.line_count, push.known_lines, push.awaited
from work
join push using (client_id, push_key)
left join connection using (client_id, connection_id)
where push.requested_at < $1 and push.status = 'Pending'
    and connection.status is distinct from 'Deauthorized'
order by push.requested_at, push.push_no
limit $2";

/// Work under a lease that holds, locked.
struct Work {
    account_no: i64,
    push_no: i64,
    lines: LineSpan,
}

/// Until when work waits; from when on, where nothing flows any more; whether its attempts are counted anew.
#[derive(Clone, Copy)]
struct Delay {
    at: Timestamp,
    now: Timestamp,
    is_anew: bool,
}

async fn lock(session: &Session, lease: &Lease) -> Attempt<Option<Work>> {
    let (client, key) = ids(lease);
    let Some(row) = session.row(LOCK_WORK, &[&client, &key, &lease.token.uuid()]).await? else {
        return Ok(None);
    };
    let mut columns = Columns::of(&row);
    Ok(Some(Work {
        account_no: columns.take()?,
        push_no: columns.take()?,
        lines: LineSpan { first: columns.number()?, count: columns.number()? },
    }))
}

fn ids(lease: &Lease) -> (Uuid, Uuid) {
    (lease.push.path.client.uuid(), PushKey::uuid(lease.push.key))
}

/// The ledger of a push's account, locked; nothing when the account was deleted.
async fn lock_head(session: &Session, lease: &Lease) -> Attempt<Option<Head>> {
    let (client, key) = ids(lease);
    let Some(row) = session.row(LOCK_LEDGER_OF_PUSH, &[&client, &key]).await? else {
        return Ok(None);
    };
    Ok(Some(Head::decode(Columns::of(&row).take()?)?))
}

/// The account of a push that is held.
pub(crate) async fn held(session: &Session, lease: &Lease) -> Attempt<Option<i64>> {
    Ok(lock(session, lease).await?.map(|work| work.account_no))
}

/// From where on an account's lines came with pushes that are still under way: these end in their order.
pub(crate) async fn under_way_from(
    session: &Session,
    client: ClientId,
    account_no: i64,
) -> Attempt<Option<u64>> {
    let row = session.row(FIND_UNDER_WAY_FROM, &[&client.uuid(), &account_no]).await?;
    row.map(|row| Columns::of(&row).number()).transpose()
}

/// Has work that waits looked at: the accounts go.
pub(crate) async fn hasten(
    session: &Session,
    client: ClientId,
    ledgers: &[Ledger],
    now: Timestamp,
) -> Attempt<()> {
    let values: [&(dyn ToSql + Sync); 3] =
        [&client.uuid(), &ledger::numbers(ledgers), &micros(now)];
    session.run(HASTEN_WORK, &values).await.map(|_count| ())
}

/// Takes lines back. What a statement has shown stays, because it may be in the books.
async fn withdraw(
    session: &Session,
    lease: &Lease,
    (work, head): (&Work, Option<Head>),
    withdrawal: Withdrawal,
) -> Attempt<()> {
    let Some(mut head) = head else { return Ok(()) };
    let (client, _) = ids(lease);
    let span = match withdrawal {
        Withdrawal::Nothing => return Ok(()),
        Withdrawal::Lines(span) => span,
        Withdrawal::Unshown => {
            let first = signed(work.lines.first)?;
            let row = session.row(SEE_FETCHED, &[&client, &work.account_no, &first]).await?;
            let is_fetched: bool = row.map_or(Ok(false), |row| Columns::of(&row).take())?;
            if is_fetched || !head.ends_with(work.lines) {
                return Ok(());
            }
            work.lines
        }
    };
    if span.count > 0 {
        let segments = ledger::segments(session, lease.push.path.client, &head).await?;
        head.withdraw(span, &segments);
        session.run(WRITE_HEAD, &[&client, &work.account_no, &head.encode()]).await?;
    }
    Ok(())
}

/// The account above, its work below: the ledger is locked first by whoever needs both.
async fn lock_for(
    session: &Session,
    lease: &Lease,
    withdrawal: Withdrawal,
) -> Attempt<Option<(Work, Option<Head>)>> {
    let head = match withdrawal {
        Withdrawal::Nothing => None,
        Withdrawal::Unshown | Withdrawal::Lines(_) => lock_head(session, lease).await?,
    };
    Ok(lock(session, lease).await?.map(|work| (work, head)))
}

async fn finish(
    session: &Session,
    lease: &Lease,
    ending: Ending,
    now: Timestamp,
) -> Attempt<Settled> {
    let withdrawal = ending.withdrawal;
    let Some((work, head)) = lock_for(session, lease, withdrawal).await? else {
        return Ok(Settled::LeaseLost);
    };
    withdraw(session, lease, (&work, head), withdrawal).await?;
    let (client, _) = ids(lease);
    let work_values: [&(dyn ToSql + Sync); 3] = [&client, &work.account_no, &work.push_no];
    end(session, lease, (ending, now), Write::new(DELETE_WORK, &work_values)).await
}

/// It ends, and its work goes on.
async fn time_out(
    session: &Session,
    lease: &Lease,
    at: Timestamp,
    now: Timestamp,
) -> Attempt<Settled> {
    let Some(work) = lock(session, lease).await? else { return Ok(Settled::LeaseLost) };
    let (client, at, soon) = (lease.push.path.client.uuid(), micros(at), micros(now));
    let values: [&(dyn ToSql + Sync); 6] =
        [&client, &work.account_no, &work.push_no, &at, &soon, &false];
    end(session, lease, (Ending::timed_out(), now), Write::new(DELAY_WORK, &values)).await
}

async fn end(
    session: &Session,
    lease: &Lease,
    (ending, now): (Ending, Timestamp),
    work: Write<'_>,
) -> Attempt<Settled> {
    let push = lease.push.clone().ended(ending, now);
    let kind = match push.status {
        PushStatus::Success => EventKind::WriteSuccessful,
        PushStatus::Pending | PushStatus::Failed | PushStatus::TimedOut => {
            EventKind::WriteUnsuccessful
        }
    };
    let event = event_on(&push.path, kind, now).for_account(push.account.clone());
    let news = News::of(push.path.client, &[event.for_push(push.key)]);
    let (client, key) = ids(lease);
    let (status, now) = (push.status.name(), micros(now));
    let error = push.error.as_deref().map(escaped);
    let validation = validation_text(&push.validation)?;
    let values: [&(dyn ToSql + Sync); 6] = [&client, &key, &status, &now, &error, &validation];
    finish_with(session, &[Write::new(FINISH_PUSH, &values), work], &news).await?;
    Ok(Settled::Written)
}

/// Ends pushes of one client as successes; answers the keys of those that were held.
async fn finish_held(
    session: &Session,
    client: ClientId,
    leases: &[&Lease],
    now: Timestamp,
) -> Attempt<HashSet<PushKey>> {
    let now = installation::caught_up(session, now).await?.now;
    let keys: Vec<Uuid> = leases.iter().map(|lease| lease.push.key.uuid()).collect();
    let tokens: Vec<Uuid> = leases.iter().map(|lease| lease.token.uuid()).collect();
    let (status, at) = (PushStatus::Success.name(), micros(now));
    let values: [&(dyn ToSql + Sync); 5] = [&client.uuid(), &keys, &tokens, &status, &at];
    let rows = session.rows(FINISH_PUSHES, &values).await?;
    let finished: HashSet<PushKey> =
        rows.iter().map(|row| Columns::of(row).id(PushKey::new)).collect::<Attempt<_>>()?;
    let held = leases.iter().filter(|lease| finished.contains(&lease.push.key));
    let events: Vec<Event> = held
        .map(|Lease { push, .. }| {
            let event = event_on(&push.path, EventKind::WriteSuccessful, now);
            event.for_account(push.account.clone()).for_push(push.key)
        })
        .collect();
    if !events.is_empty() {
        finish_with(session, &[], &News::of(client, &events)).await?;
    }
    Ok(finished)
}

async fn resolve(session: &Session, lease: &Lease, withdrawal: Withdrawal) -> Attempt<Settled> {
    let Some((work, head)) = lock_for(session, lease, withdrawal).await? else {
        return Ok(Settled::LeaseLost);
    };
    withdraw(session, lease, (&work, head), withdrawal).await?;
    let (client, _) = ids(lease);
    let values: [&(dyn ToSql + Sync); 3] = [&client, &work.account_no, &work.push_no];
    session.finish(&[Write::new(DELETE_WORK, &values)]).await?;
    Ok(Settled::Written)
}

async fn delay(session: &Session, lease: &Lease, delay: Delay) -> Attempt<Settled> {
    let Some(work) = lock(session, lease).await? else { return Ok(Settled::LeaseLost) };
    let (client, at, soon) = (lease.push.path.client.uuid(), micros(delay.at), micros(delay.now));
    let values: [&(dyn ToSql + Sync); 6] =
        [&client, &work.account_no, &work.push_no, &at, &soon, &delay.is_anew];
    session.finish(&[Write::new(DELAY_WORK, &values)]).await?;
    Ok(Settled::Written)
}

#[async_trait]
impl WorkQueue for PostgresStore {
    async fn lease_due_work(&self, request: &LeaseRequest) -> Answer<Vec<Lease>> {
        self.transact(|session| async move {
            let request = installation::caught_up_request(&session, request).await?;
            let (token, now) = (request.token.uuid(), micros(request.now));
            let until = request.now.saturating_add(request.length).unwrap_or(Timestamp::MAX);
            let values: [&(dyn ToSql + Sync); 4] =
                [&now, &i64::from(request.count), &token, &micros(until)];
            let rows = session.rows(LEASE_WORK, &values).await?;
            let lease = |row: &tokio_postgres::Row| {
                let mut columns = Columns::of(row);
                let (attempt, platform) =
                    (columns.number()?, columns.parsed_maybe(platform::find)?);
                let destination = platform
                    .zip(columns.moment_maybe()?)
                    .map(|(platform, account_made_at)| Destination { platform, account_made_at });
                let push = operation_of(&mut columns)?;
                Ok(Lease { token: request.token, until, attempt, push, destination })
            };
            rows.iter().map(lease).collect()
        })
        .await
    }

    async fn settle_push(
        &self,
        lease: &Lease,
        settlement: &Settlement,
        now: Timestamp,
    ) -> Answer<Settled> {
        self.transact(|session| async move {
            let caught_up = installation::caught_up(&session, now).await?;
            let (now, moved) = (caught_up.now, |at: &Timestamp| caught_up.moved(*at));
            let delayed = |at: &Timestamp, is_anew| {
                delay(&session, lease, Delay { at: moved(at), now, is_anew })
            };
            match settlement {
                Settlement::Again(at) => delayed(at, false).await,
                Settlement::Waiting(at) => delayed(at, true).await,
                Settlement::Finished(ending) => finish(&session, lease, ending.clone(), now).await,
                Settlement::TimedOut(at) => time_out(&session, lease, moved(at), now).await,
                Settlement::Resolved(withdrawal) => resolve(&session, lease, *withdrawal).await,
            }
        })
        .await
    }

    async fn finish_pushes(&self, leases: &[Lease], now: Timestamp) -> Answer<Vec<Settled>> {
        let mut of_clients: BTreeMap<ClientId, Vec<&Lease>> = BTreeMap::new();
        for lease in leases {
            of_clients.entry(lease.push.path.client).or_default().push(lease);
        }
        let mut finished = HashSet::new();
        // A transaction for each: events are numbered client by client.
        for (client, leases) in &of_clients {
            finished.extend(
                self.transact(|session| async move {
                    finish_held(&session, *client, leases, now).await
                })
                .await?,
            );
        }
        let settled = |lease: &Lease| {
            if finished.contains(&lease.push.key) { Settled::Written } else { Settled::LeaseLost }
        };
        Ok(leases.iter().map(settled).collect())
    }

    async fn release_work(&self, lease: &Lease) -> Answer<()> {
        self.transact(|session| async move {
            let (client, key) = ids(lease);
            session.run(RELEASE_WORK, &[&client, &key, &lease.token.uuid()]).await?;
            Ok(())
        })
        .await?;
        self.tell_of_work();
        Ok(())
    }

    async fn list_waiting(&self, before: Timestamp, count: u32) -> Answer<Vec<PushOperation>> {
        self.ask(|session| async move {
            let rows = session.rows(LIST_WAITING, &[&micros(before), &i64::from(count)]).await?;
            rows.iter().map(|row| operation_of(&mut Columns::of(row))).collect()
        })
        .await
    }
}
