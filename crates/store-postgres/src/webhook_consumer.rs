//! Verbs about webhook consumers.

use async_trait::async_trait;
use domain::client_settings::WebUrl;
use domain::ids::{ClientId, CompanyId, ConsumerId};
use domain::webhook::{CONSUMERS_MAX, CompanyTag, Consumer, EventType, Format};
use store::{Answer, ConsumerKept, WebhookConsumers};
use tokio_postgres::Row;
use uuid::Uuid;

use crate::PostgresStore;
use crate::client::LOCK_CLIENT;
use crate::columns::{Columns, micros};
use crate::fault::Attempt;
use crate::text::{escaped, listed, unlisted};

const CREATE_CONSUMER: &str = "\
-- create_consumer
insert into webhook_consumer
    (client_id, consumer_id, url, event_types, disabled, company_tags, is_rule, company_id, emails,
    created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

const FIND_CONSUMER: &str = "\
-- find_consumer
select client_id, consumer_id, url, event_types, disabled, company_tags, is_rule, company_id,
    emails, created_at
from webhook_consumer
where client_id = $1 and consumer_id = $2";

const LIST_CONSUMERS: &str = "\
-- list_consumers
select client_id, consumer_id, url, event_types, disabled, company_tags, is_rule, company_id,
    emails, created_at
from webhook_consumer
where client_id = $1
order by created_at, consumer_no";

const DELETE_CONSUMER: &str = "\
-- delete_consumer
delete from webhook_consumer
where client_id = $1 and consumer_id = $2";

fn consumer_of(row: &Row) -> Attempt<Consumer> {
    let mut columns = Columns::of(row);
    let (client, id) = (columns.id(ClientId::new)?, columns.id(ConsumerId::new)?);
    let url = columns.parsed(|text| WebUrl::parse(text).ok())?;
    let event_types = columns.parsed(|text| unlisted(text, |text| EventType::parse(text).ok()))?;
    let disabled = columns.take()?;
    let company_tags =
        columns.parsed(|text| unlisted(text, |text| CompanyTag::parse(text).ok()))?;
    let is_rule: bool = columns.take()?;
    let company = columns.take::<Option<Uuid>>()?.map(CompanyId::new);
    let emails = columns.parsed(|text| unlisted(text, |text| Some(text.to_owned())))?;
    let format = if is_rule { Format::Rule { company, emails } } else { Format::Modern };
    let created_at = columns.moment()?;
    Ok(Consumer { id, client, url, event_types, disabled, company_tags, format, created_at })
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

    async fn delete_consumer(&self, client: ClientId, id: ConsumerId) -> Answer<bool> {
        self.transact(|session| async move {
            Ok(session.run(DELETE_CONSUMER, &[&client.uuid(), &id.uuid()]).await? > 0)
        })
        .await
    }
}
