//! Verbs about webhook consumers.

use async_trait::async_trait;
use domain::client_settings::WebUrl;
use domain::ids::{ClientId, CompanyId, ConsumerId};
use domain::sealed::Sealed;
use domain::webhook::{
    CONSUMERS_MAX, CompanyTag, Consumer, ConsumerChange, DisabledWhy, EventType, Format, Order,
};
use jiff::Timestamp;
use store::{Answer, ConsumerChanged, ConsumerKept, WebhookConsumers};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::PostgresStore;
use crate::client::LOCK_CLIENT;
use crate::columns::{Columns, micros};
use crate::fault::Attempt;
use crate::installation;
use crate::session::Session;
use crate::text::{escaped, listed, unlisted};
use crate::webhook_delivery;

/// As [`consumer_of`] reads them.
macro_rules! consumer_columns {
    () => {
        "webhook_consumer.client_id, webhook_consumer.consumer_id, url, event_types, disabled,
    company_tags, is_rule, webhook_consumer.company_id, emails, fifo, rate_per_second, secrets,
    failing_since, disabled_why, webhook_consumer.created_at"
    };
}
pub(crate) use consumer_columns;

/// It hears of what happens from now on.
const CREATE_CONSUMER: &str = "\
-- create_consumer
insert into webhook_consumer
    (client_id, consumer_id, url, event_types, disabled, company_tags, is_rule, company_id, emails,
    fifo, rate_per_second, secrets, failing_since, disabled_why, created_at, seen_sequence)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
    coalesce((select newest from client_sequence where client_id = $1), 0))";

const FIND_CONSUMER: &str = concat!(
    "\
-- find_consumer
select ",
    consumer_columns!(),
    "
from webhook_consumer
where client_id = $1 and consumer_id = $2"
);

/// Nobody else changes it, and nothing that is sent to it is settled meanwhile.
const LOCK_CONSUMER: &str = concat!(
    "\
-- lock_consumer
select ",
    consumer_columns!(),
    "
from webhook_consumer
where client_id = $1 and consumer_id = $2
for update"
);

const LIST_CONSUMERS: &str = concat!(
    "\
-- list_consumers
select ",
    consumer_columns!(),
    "
from webhook_consumer
where client_id = $1
order by created_at, consumer_no"
);

const LIST_ALL_CONSUMERS: &str = concat!(
    "\
-- list_all_consumers
select ",
    consumer_columns!(),
    "
from webhook_consumer
where $1::uuid is null or (client_id, consumer_id) > ($1, $2)
order by client_id, consumer_id
limit $3"
);

const CHANGE_CONSUMER: &str = "\
-- change_consumer
update webhook_consumer
set url = $3, event_types = $4, disabled = $5, company_tags = $6, fifo = $7, rate_per_second = $8,
    secrets = $9, failing_since = $10, disabled_why = $11
where client_id = $1 and consumer_id = $2";

const DELETE_CONSUMER: &str = "\
-- delete_consumer
delete from webhook_consumer
where client_id = $1 and consumer_id = $2";

/// A consumer from [`consumer_columns`].
pub(crate) fn consumer_of(row: &Row) -> Attempt<Consumer> {
    read_consumer(&mut Columns::of(row))
}

/// The same behind other columns.
pub(crate) fn read_consumer(columns: &mut Columns<'_>) -> Attempt<Consumer> {
    let (client, id) = (columns.id(ClientId::new)?, columns.id(ConsumerId::new)?);
    let url = columns.parsed(|text| WebUrl::parse(text).ok())?;
    let event_types = columns.parsed(|text| unlisted(text, |text| EventType::parse(text).ok()))?;
    let disabled = columns.take()?;
    let company_tags =
        columns.parsed(|text| unlisted(text, |text| CompanyTag::parse(text).ok()))?;
    let is_rule: bool = columns.take()?;
    let company = columns.take::<Option<Uuid>>()?.map(CompanyId::new);
    let emails = columns.parsed(|text| unlisted(text, |text| Some(text.to_owned())))?;
    Ok(Consumer {
        id,
        client,
        url,
        event_types,
        disabled,
        company_tags,
        format: if is_rule { Format::Rule { company, emails } } else { Format::Modern },
        order: if columns.take()? { Order::Fifo } else { Order::Parallel },
        rate_per_second: columns.number_maybe()?,
        secrets: columns.take::<Option<Vec<u8>>>()?.map(Sealed),
        failing_since: columns.moment_maybe()?,
        disabled_why: columns.parsed_maybe(DisabledWhy::parse)?,
        created_at: columns.moment()?,
    })
}

/// One consumer, locked.
pub(crate) async fn lock(
    session: &Session,
    client: ClientId,
    id: ConsumerId,
) -> Attempt<Option<Consumer>> {
    let row = session.row(LOCK_CONSUMER, &[&client.uuid(), &id.uuid()]).await?;
    row.as_ref().map(consumer_of).transpose()
}

/// Writes all that can change of a consumer.
pub(crate) async fn rewrite(session: &Session, consumer: &Consumer) -> Attempt<()> {
    let types = listed(consumer.event_types.iter().map(EventType::as_str))?;
    let tags = listed(consumer.company_tags.iter().map(CompanyTag::as_str))?;
    session
        .run(
            CHANGE_CONSUMER,
            &[
                &consumer.client.uuid(),
                &consumer.id.uuid(),
                &escaped(consumer.url.as_str()),
                &types,
                &consumer.disabled,
                &tags,
                &(consumer.order == Order::Fifo),
                &consumer.rate_per_second.map(i64::from),
                &consumer.secrets.as_ref().map(|sealed| sealed.0.as_slice()),
                &consumer.failing_since.map(micros),
                &consumer.disabled_why.map(DisabledWhy::name),
            ],
        )
        .await?;
    Ok(())
}

#[async_trait]
impl WebhookConsumers for PostgresStore {
    async fn create_consumer(&self, consumer: &Consumer) -> Answer<ConsumerKept> {
        self.transact(|session| async move {
            let client = consumer.client.uuid();
            session.rows(LOCK_CLIENT, &[&client]).await?;
            if session.rows(LIST_CONSUMERS, &[&client]).await?.len() >= CONSUMERS_MAX {
                return Ok(ConsumerKept::TooMany);
            }
            let (is_rule, company, emails) = match &consumer.format {
                Format::Modern => (false, None, &[][..]),
                Format::Rule { company, emails } => (true, *company, emails.as_slice()),
            };
            let types = listed(consumer.event_types.iter().map(EventType::as_str))?;
            let tags = listed(consumer.company_tags.iter().map(CompanyTag::as_str))?;
            let emails = listed(emails.iter().map(String::as_str))?;
            session
                .run(
                    CREATE_CONSUMER,
                    &[
                        &client,
                        &consumer.id.uuid(),
                        &escaped(consumer.url.as_str()),
                        &types,
                        &consumer.disabled,
                        &tags,
                        &is_rule,
                        &company.map(CompanyId::uuid),
                        &emails,
                        &(consumer.order == Order::Fifo),
                        &consumer.rate_per_second.map(i64::from),
                        &consumer.secrets.as_ref().map(|sealed| sealed.0.as_slice()),
                        &consumer.failing_since.map(micros),
                        &consumer.disabled_why.map(DisabledWhy::name),
                        &micros(consumer.created_at),
                    ],
                )
                .await?;
            Ok(ConsumerKept::Kept)
        })
        .await
    }

    async fn find_consumer(&self, client: ClientId, id: ConsumerId) -> Answer<Option<Consumer>> {
        self.ask(|session| async move {
            let row = session.row(FIND_CONSUMER, &[&client.uuid(), &id.uuid()]).await?;
            row.as_ref().map(consumer_of).transpose()
        })
        .await
    }

    async fn list_consumers(&self, client: ClientId) -> Answer<Vec<Consumer>> {
        self.ask(|session| async move {
            session.rows(LIST_CONSUMERS, &[&client.uuid()]).await?.iter().map(consumer_of).collect()
        })
        .await
    }

    async fn change_consumer(
        &self,
        client: ClientId,
        id: ConsumerId,
        change: &ConsumerChange,
        now: Timestamp,
    ) -> Answer<ConsumerChanged> {
        self.transact(|session| async move {
            let Some(found) = lock(&session, client, id).await? else {
                return Ok(ConsumerChanged::Unknown);
            };
            if found.outdates(change) {
                return Ok(ConsumerChanged::Outdated);
            }
            let consumer = found.changed(change.clone());
            rewrite(&session, &consumer).await?;
            let now = installation::caught_up(&session, now).await?.now;
            webhook_delivery::arrange(&session, &consumer, now).await?;
            Ok(ConsumerChanged::Changed(Box::new(consumer)))
        })
        .await
    }

    async fn delete_consumer(&self, client: ClientId, id: ConsumerId) -> Answer<bool> {
        self.transact(|session| async move {
            let is_there = session.run(DELETE_CONSUMER, &[&client.uuid(), &id.uuid()]).await? > 0;
            webhook_delivery::delete_all(&session, client, id).await?;
            Ok(is_there)
        })
        .await
    }

    async fn list_all_consumers(
        &self,
        after: Option<(ClientId, ConsumerId)>,
        count: u32,
    ) -> Answer<Vec<Consumer>> {
        self.ask(|session| async move {
            let (client, id) = after.unzip();
            let (client, id) = (client.map(ClientId::uuid), id.map(ConsumerId::uuid));
            let rows = session.rows(LIST_ALL_CONSUMERS, &[&client, &id, &i64::from(count)]).await?;
            rows.iter().map(consumer_of).collect()
        })
        .await
    }
}
