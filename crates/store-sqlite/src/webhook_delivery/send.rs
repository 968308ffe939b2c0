//! Leasing what is due, settling what was sent, and what a consumer's standing means for its messages.

use super::{LINE_UP, delivery};
use crate::row::Put;
use crate::webhook_consumer::{self, consumer, consumer_columns};
use crate::{Database, event, row, sql};
use domain::event::{ConsumerAbout, Event, EventKind};
use domain::ids::CompanyId;
use domain::webhook::{
    Attempt, Consumer, Delivery, DeliveryLease, DisabledWhy, Order, Outcome, Sent, Verdict,
    judge_attempt,
};
use jiff::Timestamp;
use std::sync::Arc;
use store::clock_watch::CaughtUp;
use store::{Answer, DeliveryRequest, DeliverySettled, event_detail};

const LIST_DUE_CONSUMERS: &str = concat!(
    "
    -- list_due_consumers
    select counted_second, counted, ",
    consumer_columns!(),
    "
    from webhook_consumer
    where not disabled and exists (
            select 1
            from webhook_delivery
            where webhook_delivery.client_id = webhook_consumer.client_id
                and webhook_delivery.consumer_id = webhook_consumer.consumer_id
                and due_at_us <= ?1
        )"
);

const LEASE_DUE: &str = concat!(
    "
    -- lease_due_deliveries
    update webhook_delivery
    set lease_token = ?5, due_at_us = ?6
    where client_id = ?1 and consumer_id = ?2 and sequence in (
            select sequence
            from webhook_delivery
            where client_id = ?1 and consumer_id = ?2 and due_at_us <= ?3
            order by due_at_us, sequence
            limit ?4
        )
    returning ",
    delivery_columns!()
);

/// It arrived, and nothing else changes, unless the consumer wants an order by now.
const SETTLE_PLAIN: &str = "
    -- settle_plain_delivery
    update webhook_delivery
    set status = 'Success', attempts = attempts + 1, tries = tries + 1, due_at_us = null,
        lease_token = null
    where client_id = ?1 and consumer_id = ?2 and sequence = ?3 and lease_token = ?4
        and exists (
            select 1
            from webhook_consumer
            where webhook_consumer.client_id = ?1 and webhook_consumer.consumer_id = ?2
                and not fifo
        )
    returning attempts";

const COUNT_MESSAGES: &str = "
    -- count_messages
    update webhook_consumer
    set counted_second = ?3, counted = ?4
    where client_id = ?1 and consumer_id = ?2";

const FIND_HELD: &str = "
    -- find_held_delivery
    select attempts, tries, company_id
    from webhook_delivery
    where client_id = ?1 and consumer_id = ?2 and sequence = ?3 and lease_token = ?4";

const SETTLE_DELIVERY: &str = "
    -- settle_delivery
    update webhook_delivery
    set status = ?4, attempts = ?5, tries = ?6, due_at_us = ?7, lease_token = null
    where client_id = ?1 and consumer_id = ?2 and sequence = ?3";

const KEEP_ATTEMPT: &str = "
    -- keep_attempt
    insert into webhook_attempt
        (client_id, consumer_id, sequence, number, at_us, status, error, answer, took_us,
        not_before_us)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

/// The company's next message may go.
const LET_NEXT_GO: &str = "
    -- let_next_delivery_go
    update webhook_delivery
    set due_at_us = ?4
    where client_id = ?1 and consumer_id = ?2 and due_at_us is null and sequence = (
            select min(sequence)
            from webhook_delivery next
            where next.client_id = ?1 and next.consumer_id = ?2 and next.company_id is ?3
                and next.status in ('Sending', 'Attempting')
        )";

const HOLD_ALL: &str = "
    -- hold_all_deliveries
    update webhook_delivery
    set due_at_us = null, lease_token = null
    where client_id = ?1 and consumer_id = ?2 and due_at_us is not null";

const LET_ALL_GO: &str = "
    -- let_all_deliveries_go
    update webhook_delivery
    set due_at_us = ?3
    where client_id = ?1 and consumer_id = ?2 and due_at_us is null
        and status in ('Sending', 'Attempting')";

pub(super) fn lease_due(
    database: &Database,
    request: &DeliveryRequest,
) -> Answer<Vec<DeliveryLease>> {
    let now = request.lease.now;
    let consumers = sql::all(database, LIST_DUE_CONSUMERS, &[&now], |row| {
        let counted = (row.next::<Option<i64>>()?, row.next::<Option<u32>>()?);
        Ok((counted, consumer(row)?))
    })?;
    let mut leases = Vec::new();
    for (counted, consumer) in consumers {
        let free =
            request.lease.count.saturating_sub(u32::try_from(leases.len()).unwrap_or(u32::MAX));
        if free == 0 {
            break;
        }
        if request.saturated.contains(&consumer.id) {
            continue;
        }
        let counted = match counted {
            (Some(second), Some(count)) if second == now.as_second() => count,
            (_, _) => 0,
        };
        let allowed =
            consumer.rate_per_second.map_or(u32::MAX, |rate| rate.saturating_sub(counted));
        let limit = free.min(request.per_consumer).min(allowed);
        let found = lease_for(database, request, &consumer, limit)?;
        if consumer.rate_per_second.is_some() && !found.is_empty() {
            let counted = counted.saturating_add(u32::try_from(found.len()).unwrap_or(u32::MAX));
            let values: [&dyn Put; 4] =
                [&consumer.client, &consumer.id, &now.as_second(), &counted];
            sql::execute(database, COUNT_MESSAGES, &values)?;
        }
        leases.extend(found);
    }
    Ok(leases)
}

fn lease_for(
    database: &Database,
    request: &DeliveryRequest,
    consumer: &Consumer,
    limit: u32,
) -> Answer<Vec<DeliveryLease>> {
    let lease = &request.lease;
    let until = lease.now.saturating_add(lease.length).unwrap_or(Timestamp::MAX);
    let (client, id) = (&consumer.client, &consumer.id);
    let values: [&dyn Put; 6] = [client, id, &lease.now, &limit, &lease.token, &until];
    let mut due = sql::all(database, LEASE_DUE, &values, delivery)?;
    // In no order of their own.
    due.sort_by_key(|delivery| delivery.message.sequence);
    let consumer = Arc::new(consumer.clone());
    let hold =
        |delivery| DeliveryLease { token: lease.token, delivery, consumer: consumer.clone() };
    Ok(due.into_iter().map(hold).collect())
}

pub(super) fn settle(
    database: &Database,
    outcome: Outcome,
    caught_up: CaughtUp,
) -> Answer<DeliverySettled> {
    let now = caught_up.now;
    if outcome.is_plain() && settle_plain(database, &outcome, now)? {
        return Ok(DeliverySettled::Written(Verdict::SUCCESS));
    }
    let Outcome { lease, sent, random } = outcome;
    let sent = caught_up.moved_sent(sent);
    let Delivery { client, consumer: id, message, .. } = &lease.delivery;
    let sequence = &message.sequence;
    let values: [&dyn Put; 4] = [client, id, sequence, &lease.token];
    let held = sql::one(database, FIND_HELD, &values, |row| {
        Ok((row.next::<u32>()?, row.next::<u32>()?, row.next::<Option<CompanyId>>()?))
    })?;
    let consumer = webhook_consumer::find(database, *client, *id)?;
    let (Some((attempts, tries, company)), Some(consumer)) = (held, consumer) else {
        return Ok(DeliverySettled::LeaseLost);
    };
    let (attempts, tries) = (attempts.saturating_add(1), tries.saturating_add(1));
    let verdict = judge_attempt(tries, consumer.failing_since, &sent, now, random);
    let Verdict { status, due_at, failing_since, disable } = verdict;
    let values: [&dyn Put; 7] = [client, id, sequence, &status, &attempts, &tries, &due_at];
    sql::execute(database, SETTLE_DELIVERY, &values)?;
    keep_attempt(database, &lease.delivery, &Attempt { number: attempts, at: now, sent })?;
    if let Some(why) = disable {
        disable_consumer(database, consumer, failing_since, why, now)?;
        return Ok(DeliverySettled::Written(verdict));
    }
    let is_fifo = consumer.order == Order::Fifo;
    if consumer.failing_since != failing_since {
        webhook_consumer::rewrite(database, &Consumer { failing_since, ..consumer })?;
    }
    if is_fifo && due_at.is_none() {
        sql::execute(database, LET_NEXT_GO, &[client, id, &company, &now])?;
    }
    Ok(DeliverySettled::Written(verdict))
}

/// Whether that was all there was to do.
fn settle_plain(database: &Database, outcome: &Outcome, now: Timestamp) -> Answer<bool> {
    let Outcome { lease, sent, .. } = outcome;
    let Delivery { client, consumer, message, .. } = &lease.delivery;
    let values: [&dyn Put; 4] = [client, consumer, &message.sequence, &lease.token];
    let Some(number) = sql::one(database, SETTLE_PLAIN, &values, row::only)? else {
        return Ok(false);
    };
    let sent = sent.clone();
    keep_attempt(database, &lease.delivery, &Attempt { number, at: now, sent })?;
    Ok(true)
}

fn keep_attempt(database: &Database, delivery: &Delivery, attempt: &Attempt) -> Answer<()> {
    let Delivery { client, consumer, message, .. } = delivery;
    let Attempt { number, at, sent } = attempt;
    let Sent { status, error, answer, took, not_before } = sent;
    let took = u64::try_from(took.as_micros()).unwrap_or_default();
    let values: [&dyn Put; 10] =
        [client, consumer, &message.sequence, number, at, status, error, answer, &took, not_before];
    sql::execute(database, KEEP_ATTEMPT, &values).map(drop)
}

fn disable_consumer(
    database: &Database,
    consumer: Consumer,
    failing_since: Option<Timestamp>,
    why: DisabledWhy,
    now: Timestamp,
) -> Answer<()> {
    let disabled_why = Some(why);
    let consumer = Consumer { disabled: true, disabled_why, failing_since, ..consumer };
    webhook_consumer::rewrite(database, &consumer)?;
    arrange(database, &consumer, now)?;
    let about = ConsumerAbout { id: consumer.id, url: consumer.url.as_str().to_owned(), why };
    let event = Event::of_client(consumer.client, EventKind::ConsumerDisabled, now);
    event::record_with(database, &event, &event_detail::of_consumer(&about)?)
}

/// Makes due what may be sent to a consumer as it stands, and nothing else.
pub(crate) fn arrange(database: &Database, consumer: &Consumer, now: Timestamp) -> Answer<()> {
    let Consumer { client, id, .. } = consumer;
    match (consumer.disabled, consumer.order) {
        (true, _) => sql::execute(database, HOLD_ALL, &[client, id]),
        (false, Order::Parallel) => sql::execute(database, LET_ALL_GO, &[client, id, &now]),
        (false, Order::Fifo) => sql::execute(database, LINE_UP, &[client, id, &now]),
    }?;
    Ok(())
}
