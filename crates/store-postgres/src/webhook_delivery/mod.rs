//! Verbs about bringing events to consumers. Only what has a due date is looked at: what waits for an older one, or for
//! its consumer to be enabled, has none until then.
//!
//! Whoever settles a message holds its consumer's row: shared as a rule, alone where the consumer's standing or the order
//! of its messages may change, so that what one decides no other undoes.

use async_trait::async_trait;
use domain::client::ClientName;
use domain::ids::{ClientId, CompanyId, ConsumerId};
use domain::page::{ListRequest, Page};
use domain::webhook::{
    Attempt as SendAttempt, Delivery, DeliveryLease, DeliveryStatus, NewDelivery, Outcome, Sent,
};
use jiff::{SignedDuration, Timestamp};
use store::{Answer, Behind, DeliveryRequest, DeliverySettled, FanOut, WebhookDeliveries, listing};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use crate::PostgresStore;
use crate::columns::{Columns, micros, signed};
use crate::fault::Attempt;
use crate::installation;
use crate::session::{Session, both};
use crate::text::escaped;
use crate::webhook_consumer::{self, consumer_columns, read_consumer};

mod send;

pub(crate) use send::arrange;

/// As [`delivery_of`] reads them.
macro_rules! delivery_columns {
    () => {
        "webhook_delivery.client_id, webhook_delivery.consumer_id, webhook_delivery.sequence,
    webhook_delivery.company_id, event_type, body, webhook_delivery.status, attempts, tries,
    due_at, webhook_delivery.created_at"
    };
}
use delivery_columns;

const LIST_BEHIND: &str = concat!(
    "\
-- list_consumers_behind
select client.name, seen_sequence, ",
    consumer_columns!(),
    "
from webhook_consumer
join client_sequence using (client_id)
join client using (client_id)
where not disabled and seen_sequence < newest
order by webhook_consumer.client_id, webhook_consumer.consumer_id
limit $1"
);

/// Locks the consumer alone: what is settled meanwhile may let the next of an order go.
const MOVE_ON: &str = "\
-- move_consumer_on
update webhook_consumer
set seen_sequence = $4
where client_id = $1 and consumer_id = $2 and seen_sequence = $3 and not disabled
returning fifo";

const CREATE_DELIVERIES: &str = "\
-- create_deliveries
insert into webhook_delivery
    (client_id, consumer_id, sequence, company_id, event_type, body, status, attempts, tries,
    due_at, created_at)
select $1, $2, sequence, company_id, event_type, body, 'Sending', 0, 0, $7, $7
from unnest($3::bigint[], $4::uuid[], $5::text[], $6::text[])
    as listed (sequence, company_id, event_type, body)
on conflict do nothing";

const IS_DUE: &str = "\
-- is_delivery_due
select 1
from webhook_consumer
where not disabled and exists (
        select
        from webhook_delivery
        where webhook_delivery.client_id = webhook_consumer.client_id
            and webhook_delivery.consumer_id = webhook_consumer.consumer_id
            and due_at <= $1
    )
limit 1";

/// Of every company the first; the others wait, but for what is being sent.
const LINE_UP: &str = "\
-- line_deliveries_up
update webhook_delivery
set due_at = case when place > 1 then null else coalesce(due_at, $3) end
from (
    select sequence, row_number() over (partition by company_id order by sequence) as place
    from webhook_delivery
    where client_id = $1 and consumer_id = $2 and status in ('Sending', 'Attempting')
) as line
where client_id = $1 and consumer_id = $2 and webhook_delivery.sequence = line.sequence
    and lease_token is null
    and (due_at is null) <> (place > 1)";

const COUNT_DELIVERIES: &str = "\
-- count_deliveries
select count(*)
from webhook_delivery
where client_id = $1 and consumer_id = $2";

const LIST_DELIVERIES: &str = concat!(
    "\
-- list_deliveries
select ",
    delivery_columns!(),
    "
from webhook_delivery
where client_id = $1 and consumer_id = $2
order by sequence desc
limit $3 offset $4"
);

const FIND_CONSUMER: &str = "\
-- see_consumer
select 1
from webhook_consumer
where client_id = $1 and consumer_id = $2";

const FIND_DELIVERY: &str = concat!(
    "\
-- find_delivery
select ",
    delivery_columns!(),
    "
from webhook_delivery
where client_id = $1 and consumer_id = $2 and sequence = $3"
);

const LIST_ATTEMPTS: &str = "\
-- list_attempts
select number, at, status, error, answer, took, not_before
from webhook_attempt
where client_id = $1 and consumer_id = $2 and sequence = $3
order by number";

const RESEND: &str = "\
-- resend_delivery
update webhook_delivery
set status = 'Attempting', tries = 0, due_at = $4, lease_token = null
where client_id = $1 and consumer_id = $2 and sequence = $3";

const RECOVER: &str = "\
-- recover_deliveries
update webhook_delivery
set status = 'Attempting', tries = 0
where client_id = $1 and consumer_id = $2 and status = 'Failure' and created_at >= $3";

const COUNT_EVENTS_SINCE: &str = "\
-- count_events_since
select count(*), coalesce(min(sequence), 0)
from event
where client_id = $1 and happened_at >= $2";

const LOOK_AGAIN: &str = "\
-- look_again
update webhook_consumer
set seen_sequence = least(seen_sequence, $3)
where client_id = $1 and consumer_id = $2";

const DELETE_DELIVERIES: &str = "\
-- delete_deliveries
delete from webhook_delivery
where client_id = $1 and consumer_id = $2";

const DELETE_ATTEMPTS: &str = "\
-- delete_attempts
delete from webhook_attempt
where client_id = $1 and consumer_id = $2";

const FORGET: &str = "\
-- forget_deliveries
with old as (
    select client_id, consumer_id, sequence
    from webhook_delivery
    where created_at < $1 and status in ('Success', 'Failure')
    order by created_at
    limit $2
    for update skip locked
),
attempts as (
    delete from webhook_attempt
    using old
    where webhook_attempt.client_id = old.client_id
        and webhook_attempt.consumer_id = old.consumer_id
        and webhook_attempt.sequence = old.sequence
)
delete from webhook_delivery
using old
where webhook_delivery.client_id = old.client_id
    and webhook_delivery.consumer_id = old.consumer_id
    and webhook_delivery.sequence = old.sequence";

#[async_trait]
impl WebhookDeliveries for PostgresStore {
    async fn list_behind(&self, count: u32) -> Answer<Vec<Behind>> {
        self.ask(|session| async move {
            let rows = session.rows(LIST_BEHIND, &[&i64::from(count)]).await?;
            rows.iter().map(behind_of).collect()
        })
        .await
    }

    async fn fan_out(&self, fan_out: &FanOut) -> Answer<bool> {
        self.transact(|session| async move { keep_wanted(&session, fan_out).await }).await
    }

    async fn is_delivery_due(&self, now: Timestamp) -> Answer<bool> {
        self.ask(|session| async move { Ok(session.row(IS_DUE, &[&micros(now)]).await?.is_some()) })
            .await
    }

    async fn lease_due_deliveries(&self, request: &DeliveryRequest) -> Answer<Vec<DeliveryLease>> {
        self.transact(|session| async move {
            let lease = installation::caught_up_request(&session, &request.lease).await?;
            send::lease_due(&session, &DeliveryRequest { lease, ..request.clone() }).await
        })
        .await
    }

    async fn settle_deliveries(
        &self,
        outcomes: Vec<Outcome>,
        now: Timestamp,
    ) -> Answer<Vec<DeliverySettled>> {
        let outcomes = outcomes.as_slice();
        self.transact(|session| async move {
            let now = installation::caught_up(&session, now).await?;
            send::settle(&session, outcomes, now).await
        })
        .await
    }

    async fn list_deliveries(
        &self,
        client: ClientId,
        consumer: ConsumerId,
        request: &ListRequest,
    ) -> Answer<Option<Page<Delivery>>> {
        self.look(|session| async move {
            let (client, id) = (client.uuid(), consumer.uuid());
            if session.row(FIND_CONSUMER, &[&client, &id]).await?.is_none() {
                return Ok(None);
            }
            if !listing::is_plain(request) {
                let all = None::<i64>;
                let rows = session.rows(LIST_DELIVERIES, &[&client, &id, &all, &0_i64]).await?;
                return Ok(Some(listing::select(deliveries_of(&rows)?, request)));
            }
            let (count, offset) = (i64::from(request.page.items()), signed(request.page.offset())?);
            let (total, rows) = both(
                session.rows(COUNT_DELIVERIES, &[&client, &id]),
                session.rows(LIST_DELIVERIES, &[&client, &id, &Some(count), &offset]),
            )
            .await?;
            let total = total.first().map_or(Ok(0), |row| Columns::of(row).number())?;
            Ok(Some(Page { items: deliveries_of(&rows)?, total }))
        })
        .await
    }

    async fn find_delivery(
        &self,
        client: ClientId,
        consumer: ConsumerId,
        sequence: u64,
    ) -> Answer<Option<Delivery>> {
        self.ask(|session| async move {
            let (client, id, sequence) = (client.uuid(), consumer.uuid(), signed(sequence)?);
            let row = session.row(FIND_DELIVERY, &[&client, &id, &sequence]).await?;
            row.as_ref().map(delivery_of).transpose()
        })
        .await
    }

    async fn list_attempts(
        &self,
        client: ClientId,
        consumer: ConsumerId,
        sequence: u64,
    ) -> Answer<Vec<SendAttempt>> {
        self.ask(|session| async move {
            let (client, id, sequence) = (client.uuid(), consumer.uuid(), signed(sequence)?);
            let rows = session.rows(LIST_ATTEMPTS, &[&client, &id, &sequence]).await?;
            rows.iter().map(attempt_of).collect()
        })
        .await
    }

    async fn resend_delivery(
        &self,
        client: ClientId,
        consumer: ConsumerId,
        sequence: u64,
        now: Timestamp,
    ) -> Answer<bool> {
        self.transact(|session| async move {
            let now = micros(installation::caught_up(&session, now).await?.now);
            let (client, id, sequence) = (client.uuid(), consumer.uuid(), signed(sequence)?);
            Ok(session.run(RESEND, &[&client, &id, &sequence, &now]).await? > 0)
        })
        .await
    }

    async fn recover_deliveries(
        &self,
        client: ClientId,
        consumer: ConsumerId,
        since: Timestamp,
        now: Timestamp,
    ) -> Answer<Option<u64>> {
        self.transact(|session| async move {
            let Some(found) = webhook_consumer::lock(&session, client, consumer).await? else {
                return Ok(None);
            };
            let (client, id) = (client.uuid(), consumer.uuid());
            let count = session.run(RECOVER, &[&client, &id, &micros(since)]).await?;
            let now = installation::caught_up(&session, now).await?.now;
            arrange(&session, &found, now).await?;
            Ok(Some(count))
        })
        .await
    }

    async fn replay_events(
        &self,
        client: ClientId,
        consumer: ConsumerId,
        since: Timestamp,
    ) -> Answer<Option<u64>> {
        self.transact(|session| async move {
            let (client, id) = (client.uuid(), consumer.uuid());
            let row = session.row(COUNT_EVENTS_SINCE, &[&client, &micros(since)]).await?;
            let (count, first) = row.as_ref().map_or(Ok((0, 0)), |row| {
                let mut columns = Columns::of(row);
                Ok::<_, crate::fault::Fault>((columns.number::<u64>()?, columns.take::<i64>()?))
            })?;
            // Without an event since then, its place stays.
            let before = if count == 0 { i64::MAX } else { first.saturating_sub(1) };
            let is_there = session.run(LOOK_AGAIN, &[&client, &id, &before]).await? > 0;
            Ok(is_there.then_some(count))
        })
        .await
    }

    async fn forget_deliveries(&self, before: Timestamp, count: u32) -> Answer<u64> {
        self.transact(|session| async move {
            session.run(FORGET, &[&micros(before), &i64::from(count)]).await
        })
        .await
    }
}

async fn keep_wanted(session: &Session, fan_out: &FanOut) -> Attempt<bool> {
    let FanOut { client, consumer, from, to, wanted, now } = fan_out;
    let (client, id) = (client.uuid(), consumer.uuid());
    let moved = session.row(MOVE_ON, &[&client, &id, &signed(*from)?, &signed(*to)?]).await?;
    let Some(moved) = moved else { return Ok(false) };
    if wanted.is_empty() {
        return Ok(true);
    }
    let now = micros(installation::caught_up(session, *now).await?.now);
    let sequences = wanted.iter().map(|new| signed(new.sequence)).collect::<Attempt<Vec<_>>>()?;
    let companies: Vec<_> = wanted.iter().map(|new| new.company.map(CompanyId::uuid)).collect();
    let types: Vec<_> = wanted.iter().map(|new| new.event_type.as_str()).collect();
    let bodies: Vec<_> = wanted.iter().map(|new| escaped(&new.body)).collect();
    let values: [&(dyn ToSql + Sync); 7] =
        [&client, &id, &sequences, &companies, &types, &bodies, &now];
    session.run(CREATE_DELIVERIES, &values).await?;
    if Columns::of(&moved).take()? {
        session.run(LINE_UP, &[&client, &id, &now]).await?;
    }
    Ok(true)
}

/// Deletes all that was, or was to be, sent to a consumer.
pub(crate) async fn delete_all(session: &Session, client: ClientId, id: ConsumerId) -> Attempt<()> {
    session.run(DELETE_DELIVERIES, &[&client.uuid(), &id.uuid()]).await?;
    session.run(DELETE_ATTEMPTS, &[&client.uuid(), &id.uuid()]).await?;
    Ok(())
}

fn behind_of(row: &Row) -> Attempt<Behind> {
    let mut columns = Columns::of(row);
    let client_name = columns.parsed(|text| ClientName::parse(text).ok())?;
    let seen = columns.number()?;
    Ok(Behind { consumer: read_consumer(&mut columns)?, client_name, seen })
}

fn deliveries_of(rows: &[Row]) -> Attempt<Vec<Delivery>> {
    rows.iter().map(delivery_of).collect()
}

fn delivery_of(row: &Row) -> Attempt<Delivery> {
    let mut columns = Columns::of(row);
    let (client, consumer) = (columns.id(ClientId::new)?, columns.id(ConsumerId::new)?);
    let message = NewDelivery {
        sequence: columns.number()?,
        company: columns.take::<Option<Uuid>>()?.map(CompanyId::new),
        event_type: columns.text()?,
        body: columns.text()?,
    };
    Ok(Delivery {
        client,
        consumer,
        message,
        status: columns.parsed(DeliveryStatus::parse)?,
        attempts: columns.number()?,
        tries: columns.number()?,
        due_at: columns.moment_maybe()?,
        created_at: columns.moment()?,
    })
}

fn attempt_of(row: &Row) -> Attempt<SendAttempt> {
    let mut columns = Columns::of(row);
    let (number, at) = (columns.number()?, columns.moment()?);
    let (status, error) = (columns.number_maybe()?, columns.text_maybe()?);
    let answer = columns.text()?;
    let took = SignedDuration::from_micros(columns.take()?);
    let sent = Sent { status, error, answer, took, not_before: columns.moment_maybe()? };
    Ok(SendAttempt { number, at, sent })
}
