//! Leasing what is due, settling what was sent, and what a consumer's standing means for its messages.

use domain::event::{ConsumerAbout, Event, EventKind};
use domain::ids::ConsumerId;
use domain::webhook::{
    Consumer, Delivery, DeliveryLease, DisabledWhy, Order, Outcome, Sent, Verdict, judge_attempt,
};
use jiff::Timestamp;
use std::collections::HashSet;
use std::sync::Arc;
use store::clock_watch::CaughtUp;
use store::{DeliveryRequest, DeliverySettled, event_detail};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{LINE_UP, deliveries_of, delivery_columns};
use crate::columns::{Columns, micros, signed};
use crate::event::{self, News};
use crate::fault::Attempt;
use crate::session::Session;
use crate::text::escaped;
use crate::webhook_consumer::{self, consumer_columns, consumer_of};

const LIST_DUE_CONSUMERS: &str = concat!(
    "\
-- list_due_consumers
select ",
    consumer_columns!(),
    "
from webhook_consumer
where not disabled and consumer_id <> all ($2) and exists (
        select
        from webhook_delivery
        where webhook_delivery.client_id = webhook_consumer.client_id
            and webhook_delivery.consumer_id = webhook_consumer.consumer_id
            and due_at <= $1
    )"
);

/// By their places, which do not change while they are locked: joined by their keys, they would be looked for among all
/// that the consumer was ever sent.
const LEASE_DUE: &str = concat!(
    "\
-- lease_due_deliveries
update webhook_delivery
set lease_token = $5, due_at = $6
where ctid = any (array(
        select ctid
        from webhook_delivery
        where client_id = $1 and consumer_id = $2 and due_at <= $3
        order by due_at, sequence
        limit $4
        for update skip locked
    ))
returning ",
    delivery_columns!()
);

/// Whoever counts a consumer's messages takes turns.
const LOCK_MESSAGES: &str = "\
-- lock_messages
select counted_second, counted
from webhook_consumer
where client_id = $1 and consumer_id = $2
for no key update";

const COUNT_MESSAGES: &str = "\
-- count_messages
update webhook_consumer
set counted_second = $3, counted = $4
where client_id = $1 and consumer_id = $2";

/// Those that want no order by now. Whoever changes one of them waits. Asked apart from the settlement, which with one
/// more table is planned through all that was ever sent.
const SHARE_CONSUMERS: &str = "\
-- share_consumers
select consumer_id
from webhook_consumer
where consumer_id = any ($1) and not fifo
order by client_id, consumer_id
for key share";

/// They arrived, and nothing else changes. Each is told by its place in the list.
const SETTLE_PLAIN: &str = "\
-- settle_plain_deliveries
with listed as (
    select *
    from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::bigint[], $6::text[],
        $7::bigint[], $8::bigint[])
        with ordinality
        as listed (client_id, consumer_id, sequence, lease_token, status, answer, took, not_before,
            place)
),
settled as (
    update webhook_delivery
    set status = 'Success', attempts = attempts + 1, tries = tries + 1, due_at = null,
        lease_token = null
    from listed
    where webhook_delivery.client_id = listed.client_id
        and webhook_delivery.consumer_id = listed.consumer_id
        and webhook_delivery.sequence = listed.sequence
        and webhook_delivery.lease_token = listed.lease_token
    returning listed.place, attempts
),
kept as (
    insert into webhook_attempt
        (client_id, consumer_id, sequence, number, at, status, answer, took, not_before)
    select client_id, consumer_id, sequence, attempts, $9, status, answer, took, not_before
    from listed
    join settled using (place)
)
select place
from settled";

const LOCK_HELD: &str = "\
-- lock_held_delivery
select attempts, tries, company_id
from webhook_delivery
where client_id = $1 and consumer_id = $2 and sequence = $3 and lease_token = $4
for update";

const SETTLE_DELIVERY: &str = "\
-- settle_delivery
update webhook_delivery
set status = $4, attempts = $5, tries = $6, due_at = $7, lease_token = null
where client_id = $1 and consumer_id = $2 and sequence = $3";

const KEEP_ATTEMPT: &str = "\
-- keep_attempt
insert into webhook_attempt
    (client_id, consumer_id, sequence, number, at, status, error, answer, took, not_before)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// The company's next message may go.
const LET_NEXT_GO: &str = "\
-- let_next_delivery_go
update webhook_delivery
set due_at = $4
where client_id = $1 and consumer_id = $2 and due_at is null and sequence = (
        select min(sequence)
        from webhook_delivery as next
        where next.client_id = $1 and next.consumer_id = $2
            and next.company_id is not distinct from $3
            and next.status in ('Sending', 'Attempting')
    )";

const HOLD_ALL: &str = "\
-- hold_all_deliveries
update webhook_delivery
set due_at = null, lease_token = null
where client_id = $1 and consumer_id = $2 and due_at is not null";

const LET_ALL_GO: &str = "\
-- let_all_deliveries_go
update webhook_delivery
set due_at = $3
where client_id = $1 and consumer_id = $2 and due_at is null
    and status in ('Sending', 'Attempting')";

pub(super) async fn lease_due(
    session: &Session,
    request: &DeliveryRequest,
) -> Attempt<Vec<DeliveryLease>> {
    let now = request.lease.now;
    let saturated: Vec<_> = request.saturated.iter().map(|id| id.uuid()).collect();
    let rows = session.rows(LIST_DUE_CONSUMERS, &[&micros(now), &saturated]).await?;
    let mut leases = Vec::new();
    for row in rows {
        let taken = u32::try_from(leases.len()).unwrap_or(u32::MAX);
        let free = request.lease.count.saturating_sub(taken);
        if free == 0 {
            break;
        }
        let consumer = consumer_of(&row)?;
        leases.extend(lease_for(session, request, &consumer, free).await?);
    }
    Ok(leases)
}

async fn lease_for(
    session: &Session,
    request: &DeliveryRequest,
    consumer: &Consumer,
    free: u32,
) -> Attempt<Vec<DeliveryLease>> {
    let lease = &request.lease;
    let (client, id) = (consumer.client.uuid(), consumer.id.uuid());
    let mut counted = 0;
    if consumer.rate_per_second.is_some() {
        let row = session.row(LOCK_MESSAGES, &[&client, &id]).await?;
        let Some(row) = row else { return Ok(Vec::new()) };
        let mut columns = Columns::of(&row);
        let (second, count) = (columns.take::<Option<i64>>()?, columns.number_maybe::<u32>()?);
        counted = if second == Some(lease.now.as_second()) { count.unwrap_or(0) } else { 0 };
    }
    let allowed = consumer.rate_per_second.map_or(u32::MAX, |rate| rate.saturating_sub(counted));
    let limit = i64::from(free.min(request.per_consumer).min(allowed));
    let until = micros(lease.now.saturating_add(lease.length).unwrap_or(Timestamp::MAX));
    let token = lease.token.uuid();
    let values: [&(dyn ToSql + Sync); 6] =
        [&client, &id, &micros(lease.now), &limit, &token, &until];
    let mut deliveries = deliveries_of(&session.rows(LEASE_DUE, &values).await?)?;
    deliveries.sort_by_key(|delivery| delivery.message.sequence);
    if consumer.rate_per_second.is_some() && !deliveries.is_empty() {
        let counted =
            i64::from(counted).saturating_add(i64::try_from(deliveries.len()).unwrap_or(i64::MAX));
        let second = lease.now.as_second();
        session.run(COUNT_MESSAGES, &[&client, &id, &second, &counted]).await?;
    }
    let consumer = Arc::new(consumer.clone());
    let hold =
        |delivery| DeliveryLease { token: lease.token, delivery, consumer: consumer.clone() };
    Ok(deliveries.into_iter().map(hold).collect())
}

pub(super) async fn settle(
    session: &Session,
    outcomes: &[Outcome],
    caught_up: CaughtUp,
) -> Attempt<Vec<DeliverySettled>> {
    let mut settled = vec![None; outcomes.len()];
    for place in settle_plain(session, outcomes, caught_up.now).await? {
        let answer = Some(DeliverySettled::Written(Verdict::SUCCESS));
        settled.get_mut(place).into_iter().for_each(|settled| *settled = answer);
    }
    // Also those whose consumer wants an order by now. In the order of consumers: two workers seldom wait for each other.
    let mut others: Vec<_> = settled.iter_mut().zip(outcomes).collect();
    others.retain(|(settled, _)| settled.is_none());
    others.sort_by_key(|(_, outcome)| (outcome.lease.consumer.client, outcome.lease.consumer.id));
    let mut news = Vec::new();
    for (settled, outcome) in others {
        let (answer, event) = settle_alone(session, outcome, caught_up).await?;
        *settled = Some(answer);
        news.extend(event);
    }
    for event in news {
        event::write(session, &event).await?;
    }
    Ok(settled.into_iter().map(|settled| settled.unwrap_or(DeliverySettled::LeaseLost)).collect())
}

/// Answers the places of those that are settled now.
async fn settle_plain(
    session: &Session,
    outcomes: &[Outcome],
    now: Timestamp,
) -> Attempt<Vec<usize>> {
    let mut plain: Vec<_> =
        outcomes.iter().enumerate().filter(|(_, outcome)| outcome.is_plain()).collect();
    let mut consumers: Vec<_> =
        plain.iter().map(|(_, outcome)| outcome.lease.delivery.consumer).collect();
    consumers.sort_unstable();
    consumers.dedup();
    let consumers: Vec<_> = consumers.into_iter().map(ConsumerId::uuid).collect();
    let rows = session.rows(SHARE_CONSUMERS, &[&consumers]).await?;
    let parallel = rows.iter().map(|row| Columns::of(row).id(ConsumerId::new));
    let parallel = parallel.collect::<Attempt<HashSet<_>>>()?;
    plain.retain(|(_, outcome)| parallel.contains(&outcome.lease.delivery.consumer));
    if plain.is_empty() {
        return Ok(Vec::new());
    }
    let column =
        |value: fn(&Outcome) -> Uuid| plain.iter().map(|(_, o)| value(o)).collect::<Vec<_>>();
    let clients = column(|outcome| outcome.lease.delivery.client.uuid());
    let consumers = column(|outcome| outcome.lease.delivery.consumer.uuid());
    let tokens = column(|outcome| outcome.lease.token.uuid());
    let sequences =
        plain.iter().map(|(_, outcome)| signed(outcome.lease.delivery.message.sequence));
    let sequences = sequences.collect::<Attempt<Vec<_>>>()?;
    let sent = || plain.iter().map(|(_, outcome)| &outcome.sent);
    let statuses: Vec<_> = sent().map(|sent| sent.status.map(i64::from)).collect();
    let answers: Vec<_> = sent().map(|sent| escaped(&sent.answer)).collect();
    let took: Vec<_> = sent().map(took_micros).collect();
    let not_before: Vec<_> = sent().map(|sent| sent.not_before.map(micros)).collect();
    let values: [&(dyn ToSql + Sync); 9] = [
        &clients,
        &consumers,
        &sequences,
        &tokens,
        &statuses,
        &answers,
        &took,
        &not_before,
        &micros(now),
    ];
    let mut places = Vec::with_capacity(plain.len());
    for row in session.rows(SETTLE_PLAIN, &values).await? {
        let place: u64 = Columns::of(&row).number()?;
        // The database counts from one.
        let place = usize::try_from(place).ok().and_then(|place| plain.get(place.checked_sub(1)?));
        places.extend(place.map(|(place, _)| *place));
    }
    Ok(places)
}

fn took_micros(sent: &Sent) -> i64 {
    i64::try_from(sent.took.as_micros()).unwrap_or(i64::MAX)
}

async fn settle_alone(
    session: &Session,
    outcome: &Outcome,
    caught_up: CaughtUp,
) -> Attempt<(DeliverySettled, Option<News>)> {
    let Outcome { lease, sent, random } = outcome;
    let (now, sent) = (caught_up.now, &caught_up.moved_sent(sent.clone()));
    let Delivery { client, consumer: id, message, .. } = &lease.delivery;
    let consumer = webhook_consumer::lock(session, *client, *id).await?;
    let (client, id, sequence) = (client.uuid(), id.uuid(), signed(message.sequence)?);
    let held = session.row(LOCK_HELD, &[&client, &id, &sequence, &lease.token.uuid()]).await?;
    let (Some(held), Some(consumer)) = (held, consumer) else {
        return Ok((DeliverySettled::LeaseLost, None));
    };
    let mut columns = Columns::of(&held);
    let (attempts, tries): (u32, u32) = (columns.number()?, columns.number()?);
    let company: Option<Uuid> = columns.take()?;
    let (attempts, tries) = (attempts.saturating_add(1), tries.saturating_add(1));
    let verdict = judge_attempt(tries, consumer.failing_since, sent, now, *random);
    let Verdict { status, due_at, failing_since, disable } = verdict;
    let numbers = (i64::from(attempts), i64::from(tries), due_at.map(micros));
    let values: [&(dyn ToSql + Sync); 7] =
        [&client, &id, &sequence, &status.name(), &numbers.0, &numbers.1, &numbers.2];
    session.run(SETTLE_DELIVERY, &values).await?;
    keep_attempt(session, &lease.delivery, attempts, sent, now).await?;
    if let Some(why) = disable {
        let news = disable_consumer(session, consumer, failing_since, why, now).await?;
        return Ok((DeliverySettled::Written(verdict), Some(news)));
    }
    let is_fifo = consumer.order == Order::Fifo;
    if consumer.failing_since != failing_since {
        webhook_consumer::rewrite(session, &Consumer { failing_since, ..consumer }).await?;
    }
    if is_fifo && due_at.is_none() {
        session.run(LET_NEXT_GO, &[&client, &id, &company, &micros(now)]).await?;
    }
    Ok((DeliverySettled::Written(verdict), None))
}

async fn keep_attempt(
    session: &Session,
    delivery: &Delivery,
    number: u32,
    sent: &Sent,
    now: Timestamp,
) -> Attempt<()> {
    let Delivery { client, consumer, message, .. } = delivery;
    let Sent { status, error, answer, not_before, .. } = sent;
    let took = took_micros(sent);
    let values: [&(dyn ToSql + Sync); 10] = [
        &client.uuid(),
        &consumer.uuid(),
        &signed(message.sequence)?,
        &i64::from(number),
        &micros(now),
        &status.map(i64::from),
        &error.as_deref().map(escaped),
        &escaped(answer),
        &took,
        &not_before.map(micros),
    ];
    session.run(KEEP_ATTEMPT, &values).await?;
    Ok(())
}

/// Answers the event, which is written last.
async fn disable_consumer(
    session: &Session,
    consumer: Consumer,
    failing_since: Option<Timestamp>,
    why: DisabledWhy,
    now: Timestamp,
) -> Attempt<News> {
    let disabled_why = Some(why);
    let consumer = Consumer { disabled: true, disabled_why, failing_since, ..consumer };
    webhook_consumer::rewrite(session, &consumer).await?;
    arrange(session, &consumer, now).await?;
    let about = ConsumerAbout { id: consumer.id, url: consumer.url.as_str().to_owned(), why };
    let detail = event_detail::of_consumer(&about)?;
    let event = Event::of_client(consumer.client, EventKind::ConsumerDisabled, now);
    Ok(News::with_detail(consumer.client, &[event], &detail))
}

/// Makes due what may be sent to a consumer as it stands, and nothing else. The consumer is locked.
pub(crate) async fn arrange(session: &Session, consumer: &Consumer, now: Timestamp) -> Attempt<()> {
    let (client, id, now) = (consumer.client.uuid(), consumer.id.uuid(), micros(now));
    match (consumer.disabled, consumer.order) {
        (true, _) => session.run(HOLD_ALL, &[&client, &id]).await?,
        (false, Order::Parallel) => session.run(LET_ALL_GO, &[&client, &id, &now]).await?,
        (false, Order::Fifo) => session.run(LINE_UP, &[&client, &id, &now]).await?,
    };
    Ok(())
}
