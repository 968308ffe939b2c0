//! Bringing events to consumers. Only what has a due date is looked at: what waits for an older one, or for its consumer
//! to be enabled, has none until then.

use crate::row::{Fields, Put};
use crate::webhook_consumer::{self, consumer, consumer_columns};
use crate::{Database, SqliteStore, installation, sql};
use async_trait::async_trait;
use domain::ids::{ClientId, ConsumerId};
use domain::page::{ListRequest, Page};
use domain::webhook::{
    Attempt, Delivery, DeliveryLease, DeliveryStatus, NewDelivery, Order, Outcome, Sent,
};
use jiff::{SignedDuration, Timestamp};
use store::{Answer, Behind, DeliveryRequest, DeliverySettled, FanOut, WebhookDeliveries, listing};

/// As [`delivery`] reads them.
macro_rules! delivery_columns {
    () => {
        "client_id, consumer_id, sequence, company_id, event_type, body, status, attempts, tries,
        due_at_us, created_at_us"
    };
}

mod send;

pub(crate) use send::arrange;

const LIST_BEHIND: &str = concat!(
    "
    -- list_consumers_behind
    select client.name, seen_sequence, ",
    consumer_columns!(),
    "
    from webhook_consumer
    join client on client.client_id = webhook_consumer.client_id
    where not disabled and seen_sequence < (
            select max(sequence)
            from event
            where event.client_id = webhook_consumer.client_id
        )
    order by webhook_consumer.client_id, webhook_consumer.consumer_id
    limit ?1"
);

const MOVE_ON: &str = "
    -- move_consumer_on
    update webhook_consumer
    set seen_sequence = ?4
    where client_id = ?1 and consumer_id = ?2 and seen_sequence = ?3 and not disabled";

const CREATE_DELIVERY: &str = "
    -- create_delivery
    insert or ignore into webhook_delivery
        (client_id, consumer_id, sequence, company_id, event_type, body, status, attempts, tries,
        due_at_us, created_at_us)
    values (?1, ?2, ?3, ?4, ?5, ?6, 'Sending', 0, 0, ?7, ?8)";

const HAS_OLDER: &str = "
    -- has_older_delivery
    select 1
    from webhook_delivery
    where client_id = ?1 and consumer_id = ?2 and company_id is ?3 and sequence < ?4
        and status in ('Sending', 'Attempting')
    limit 1";

const IS_DUE: &str = "
    -- is_delivery_due
    select 1
    from webhook_consumer
    where not disabled and exists (
            select 1
            from webhook_delivery
            where webhook_delivery.client_id = webhook_consumer.client_id
                and webhook_delivery.consumer_id = webhook_consumer.consumer_id
                and due_at_us <= ?1
        )
    limit 1";

/// Of every company the first; the others wait, but for what is being sent.
const LINE_UP: &str = "
    -- line_deliveries_up
    update webhook_delivery
    set due_at_us = case when exists (
            select 1
            from webhook_delivery older
            where older.client_id = ?1 and older.consumer_id = ?2
                and older.company_id is webhook_delivery.company_id
                and older.sequence < webhook_delivery.sequence
                and older.status in ('Sending', 'Attempting')
        ) then null else coalesce(due_at_us, ?3) end
    where client_id = ?1 and consumer_id = ?2 and status in ('Sending', 'Attempting')
        and lease_token is null";

const COUNT_DELIVERIES: &str = "
    -- count_deliveries
    select count(*)
    from webhook_delivery
    where client_id = ?1 and consumer_id = ?2";

const LIST_DELIVERIES: &str = concat!(
    "
    -- list_deliveries
    select ",
    delivery_columns!(),
    "
    from webhook_delivery
    where client_id = ?1 and consumer_id = ?2
    order by sequence desc
    limit ?3 offset ?4"
);

const FIND_DELIVERY: &str = concat!(
    "
    -- find_delivery
    select ",
    delivery_columns!(),
    "
    from webhook_delivery
    where client_id = ?1 and consumer_id = ?2 and sequence = ?3"
);

const LIST_ATTEMPTS: &str = "
    -- list_attempts
    select number, at_us, status, error, answer, took_us, not_before_us
    from webhook_attempt
    where client_id = ?1 and consumer_id = ?2 and sequence = ?3
    order by number";

const RESEND: &str = "
    -- resend_delivery
    update webhook_delivery
    set status = 'Attempting', tries = 0, due_at_us = ?4, lease_token = null
    where client_id = ?1 and consumer_id = ?2 and sequence = ?3";

const RECOVER: &str = "
    -- recover_deliveries
    update webhook_delivery
    set status = 'Attempting', tries = 0
    where client_id = ?1 and consumer_id = ?2 and status = 'Failure' and created_at_us >= ?3";

const COUNT_EVENTS_SINCE: &str = "
    -- count_events_since
    select count(*), coalesce(min(sequence), 0)
    from event
    where client_id = ?1 and at_us >= ?2";

const LOOK_AGAIN: &str = "
    -- look_again
    update webhook_consumer
    set seen_sequence = min(seen_sequence, ?3)
    where client_id = ?1 and consumer_id = ?2";

const DELETE_DELIVERIES: &str = "
    -- delete_deliveries
    delete from webhook_delivery
    where client_id = ?1 and consumer_id = ?2";

const DELETE_ATTEMPTS: &str = "
    -- delete_attempts
    delete from webhook_attempt
    where client_id = ?1 and consumer_id = ?2";

const LIST_FORGETTABLE: &str = "
    -- list_forgettable_deliveries
    select client_id, consumer_id, sequence
    from webhook_delivery
    where created_at_us < ?1 and status in ('Success', 'Failure')
    order by created_at_us
    limit ?2";

const FORGET_ATTEMPTS: &str = "
    -- forget_attempts
    delete from webhook_attempt
    where client_id = ?1 and consumer_id = ?2 and sequence = ?3";

const FORGET_DELIVERY: &str = "
    -- forget_delivery
    delete from webhook_delivery
    where client_id = ?1 and consumer_id = ?2 and sequence = ?3";

#[async_trait]
impl WebhookDeliveries for SqliteStore {
    async fn list_behind(&self, count: u32) -> Answer<Vec<Behind>> {
        self.read(move |database| {
            sql::all(database, LIST_BEHIND, &[&count], |row| {
                let (client_name, seen) = (row.next()?, row.next()?);
                Ok(Behind { consumer: consumer(row)?, client_name, seen })
            })
        })
        .await
    }

    async fn fan_out(&self, fan_out: &FanOut) -> Answer<bool> {
        let fan_out = fan_out.clone();
        self.write(move |writing| keep_wanted(writing.database, &fan_out)).await
    }

    async fn is_delivery_due(&self, now: Timestamp) -> Answer<bool> {
        self.read(move |database| sql::exists(database, IS_DUE, &[&now])).await
    }

    async fn lease_due_deliveries(&self, request: &DeliveryRequest) -> Answer<Vec<DeliveryLease>> {
        let DeliveryRequest { lease, .. } = *request;
        let request = request.clone();
        self.write(move |writing| {
            let lease = installation::caught_up_request(writing.database, lease)?;
            send::lease_due(writing.database, &DeliveryRequest { lease, ..request })
        })
        .await
    }

    async fn settle_deliveries(
        &self,
        outcomes: Vec<Outcome>,
        now: Timestamp,
    ) -> Answer<Vec<DeliverySettled>> {
        self.write(move |writing| {
            let now = installation::caught_up(writing.database, now)?;
            let mut places: Vec<_> = outcomes.into_iter().enumerate().collect();
            // What arrived comes first: a consumer that is disabled by another attempt has it all the same.
            places.sort_by_key(|(_, outcome)| !outcome.is_plain());
            let settle =
                |(place, outcome)| Ok((place, send::settle(writing.database, outcome, now)?));
            let mut settled = places.into_iter().map(settle).collect::<Answer<Vec<_>>>()?;
            settled.sort_by_key(|(place, _)| *place);
            Ok(settled.into_iter().map(|(_, settled)| settled).collect())
        })
        .await
    }

    async fn list_deliveries(
        &self,
        client: ClientId,
        id: ConsumerId,
        request: &ListRequest,
    ) -> Answer<Option<Page<Delivery>>> {
        let request = request.clone();
        self.read(move |database| {
            if webhook_consumer::find(database, client, id)?.is_none() {
                return Ok(None);
            }
            let load = |limit: u64, offset: u64| {
                let values: [&dyn Put; 4] = [&client, &id, &limit, &offset];
                sql::all(database, LIST_DELIVERIES, &values, delivery)
            };
            if !listing::is_plain(&request) {
                return Ok(Some(listing::select(load(u64::MAX, 0)?, &request)));
            }
            let total = sql::count(database, COUNT_DELIVERIES, &[&client, &id])?;
            let items = load(request.page.items().into(), request.page.offset())?;
            Ok(Some(Page { items, total }))
        })
        .await
    }

    async fn find_delivery(
        &self,
        client: ClientId,
        id: ConsumerId,
        sequence: u64,
    ) -> Answer<Option<Delivery>> {
        self.read(move |database| {
            sql::one(database, FIND_DELIVERY, &[&client, &id, &sequence], delivery)
        })
        .await
    }

    async fn list_attempts(
        &self,
        client: ClientId,
        id: ConsumerId,
        sequence: u64,
    ) -> Answer<Vec<Attempt>> {
        self.read(move |database| {
            sql::all(database, LIST_ATTEMPTS, &[&client, &id, &sequence], attempt)
        })
        .await
    }

    async fn resend_delivery(
        &self,
        client: ClientId,
        id: ConsumerId,
        sequence: u64,
        now: Timestamp,
    ) -> Answer<bool> {
        self.write(move |writing| {
            let now = installation::caught_up(writing.database, now)?.now;
            let values: [&dyn Put; 4] = [&client, &id, &sequence, &now];
            Ok(sql::execute(writing.database, RESEND, &values)? > 0)
        })
        .await
    }

    async fn recover_deliveries(
        &self,
        client: ClientId,
        id: ConsumerId,
        since: Timestamp,
        now: Timestamp,
    ) -> Answer<Option<u64>> {
        self.write(move |writing| {
            let Some(consumer) = webhook_consumer::find(writing.database, client, id)? else {
                return Ok(None);
            };
            let count = sql::execute(writing.database, RECOVER, &[&client, &id, &since])?;
            let now = installation::caught_up(writing.database, now)?.now;
            arrange(writing.database, &consumer, now)?;
            Ok(Some(u64::try_from(count).unwrap_or(u64::MAX)))
        })
        .await
    }

    async fn replay_events(
        &self,
        client: ClientId,
        id: ConsumerId,
        since: Timestamp,
    ) -> Answer<Option<u64>> {
        self.write(move |writing| {
            let database = writing.database;
            let values: [&dyn Put; 2] = [&client, &since];
            let found = sql::one(database, COUNT_EVENTS_SINCE, &values, |row| {
                Ok((row.next::<u64>()?, row.next::<u64>()?))
            })?;
            let (count, first) = found.unwrap_or_default();
            // Without an event since then, its place stays.
            let before = if count == 0 { u64::MAX } else { first.saturating_sub(1) };
            let is_there = sql::execute(database, LOOK_AGAIN, &[&client, &id, &before])? > 0;
            Ok(is_there.then_some(count))
        })
        .await
    }

    async fn forget_deliveries(&self, before: Timestamp, count: u32) -> Answer<u64> {
        self.write(move |writing| {
            let database = writing.database;
            let old = sql::all(database, LIST_FORGETTABLE, &[&before, &count], |row| {
                Ok((row.next::<ClientId>()?, row.next::<ConsumerId>()?, row.next::<u64>()?))
            })?;
            for (client, id, sequence) in &old {
                sql::execute(database, FORGET_ATTEMPTS, &[client, id, sequence])?;
                sql::execute(database, FORGET_DELIVERY, &[client, id, sequence])?;
            }
            Ok(u64::try_from(old.len()).unwrap_or(u64::MAX))
        })
        .await
    }
}

fn keep_wanted(database: &Database, fan_out: &FanOut) -> Answer<bool> {
    let FanOut { client, consumer: id, from, to, wanted, now } = fan_out;
    if sql::execute(database, MOVE_ON, &[client, id, from, to])? == 0 {
        return Ok(false);
    }
    let Some(consumer) = webhook_consumer::find(database, *client, *id)? else { return Ok(false) };
    if wanted.is_empty() {
        return Ok(true);
    }
    let now = &installation::caught_up(database, *now)?.now;
    for NewDelivery { sequence, company, event_type, body } in wanted {
        let waits = consumer.order == Order::Fifo
            && sql::exists(database, HAS_OLDER, &[client, id, company, sequence])?;
        let due_at = (!waits).then_some(*now);
        let values: [&dyn Put; 8] = [client, id, sequence, company, event_type, body, &due_at, now];
        sql::execute(database, CREATE_DELIVERY, &values)?;
    }
    Ok(true)
}

/// Deletes all that was, or was to be, sent to a consumer.
pub(crate) fn delete_all(database: &Database, client: ClientId, id: ConsumerId) -> Answer<()> {
    sql::execute(database, DELETE_ATTEMPTS, &[&client, &id])?;
    sql::execute(database, DELETE_DELIVERIES, &[&client, &id])?;
    Ok(())
}

fn delivery(row: &mut Fields<'_>) -> Answer<Delivery> {
    let (client, consumer) = (row.next()?, row.next()?);
    let message = NewDelivery {
        sequence: row.next()?,
        company: row.next()?,
        event_type: row.next()?,
        body: row.next()?,
    };
    Ok(Delivery {
        client,
        consumer,
        message,
        status: row.next::<DeliveryStatus>()?,
        attempts: row.next()?,
        tries: row.next()?,
        due_at: row.next()?,
        created_at: row.next()?,
    })
}

fn attempt(row: &mut Fields<'_>) -> Answer<Attempt> {
    let (number, at) = (row.next()?, row.next()?);
    let (status, error, answer) = (row.next()?, row.next()?, row.next()?);
    let took = SignedDuration::from_micros(row.next()?);
    let sent = Sent { status, error, answer, took, not_before: row.next()? };
    Ok(Attempt { number, at, sent })
}
