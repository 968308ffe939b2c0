//! Webhook consumers.

use crate::json::{read_texts, write_texts};
use crate::row::{Fields, Put};
use crate::{Database, SqliteStore, sql};
use async_trait::async_trait;
use domain::ids::{ClientId, ConsumerId};
use domain::webhook::{CONSUMERS_MAX, CompanyTag, Consumer, EventType, Format};
use store::{Answer, ConsumerKept, StoreError, WebhookConsumers};

const COUNT_CONSUMERS: &str = "
    -- count_consumers
    select count(*)
    from webhook_consumer
    where client_id = ?1";

const CREATE_CONSUMER: &str = "
    -- create_consumer
    insert into webhook_consumer
        (client_id, consumer_id, url, event_types, disabled, company_tags, is_rule, company_id,
        emails, created_at_us)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

const FIND_CONSUMER: &str = "
    -- find_consumer
    select client_id, consumer_id, url, event_types, disabled, company_tags, is_rule, company_id,
        emails, created_at_us
    from webhook_consumer
    where client_id = ?1 and consumer_id = ?2";

const LIST_CONSUMERS: &str = "
    -- list_consumers
    select client_id, consumer_id, url, event_types, disabled, company_tags, is_rule, company_id,
        emails, created_at_us
    from webhook_consumer
    where client_id = ?1
    order by created_at_us, consumer_id";

const DELETE_CONSUMER: &str = "
    -- delete_consumer
    delete from webhook_consumer
    where client_id = ?1 and consumer_id = ?2";

#[async_trait]
impl WebhookConsumers for SqliteStore {
    async fn create_consumer(&self, consumer: &Consumer) -> Answer<ConsumerKept> {
        let consumer = consumer.clone();
        self.write(move |writing| create_consumer(writing.database, &consumer)).await
    }

    async fn find_consumer(&self, client: ClientId, id: ConsumerId) -> Answer<Option<Consumer>> {
        self.read(move |database| sql::one(database, FIND_CONSUMER, &[&client, &id], consumer))
            .await
    }

    async fn list_consumers(&self, client: ClientId) -> Answer<Vec<Consumer>> {
        self.read(move |database| sql::all(database, LIST_CONSUMERS, &[&client], consumer)).await
    }

    async fn delete_consumer(&self, client: ClientId, id: ConsumerId) -> Answer<bool> {
        self.write(move |writing| {
            Ok(sql::execute(writing.database, DELETE_CONSUMER, &[&client, &id])? > 0)
        })
        .await
    }
}

fn create_consumer(database: &Database, consumer: &Consumer) -> Answer<ConsumerKept> {
    let limit = u64::try_from(CONSUMERS_MAX).unwrap_or(u64::MAX);
    if sql::count(database, COUNT_CONSUMERS, &[&consumer.client])? >= limit {
        return Ok(ConsumerKept::TooMany);
    }
    let (is_rule, company, emails) = match &consumer.format {
        Format::Modern => (false, None, Vec::new()),
        Format::Rule { company, emails } => (true, *company, emails.clone()),
    };
    let types: Vec<_> = consumer.event_types.iter().map(EventType::as_str).collect();
    let tags: Vec<_> = consumer.company_tags.iter().map(CompanyTag::as_str).collect();
    let (types, tags, emails) = (write_texts(&types), write_texts(&tags), write_texts(&emails));
    let Consumer { id, client, url, disabled, created_at, .. } = consumer;
    let values: [&dyn Put; 10] =
        [client, id, url, &types, disabled, &tags, &is_rule, &company, &emails, created_at];
    sql::execute(database, CREATE_CONSUMER, &values)?;
    Ok(ConsumerKept::Kept)
}

fn consumer(row: &mut Fields<'_>) -> Answer<Consumer> {
    let (client, id, url) = (row.next()?, row.next()?, row.next()?);
    let event_types = list(row, |text| EventType::parse(text).ok())?;
    let disabled = row.next()?;
    let company_tags = list(row, |text| CompanyTag::parse(text).ok())?;
    let (is_rule, company) = (row.next::<bool>()?, row.next()?);
    let emails = list(row, |text| Some(text.to_owned()))?;
    let format = if is_rule { Format::Rule { company, emails } } else { Format::Modern };
    let created_at = row.next()?;
    Ok(Consumer { id, client, url, event_types, disabled, company_tags, format, created_at })
}

fn list<T>(row: &mut Fields<'_>, parse: impl Fn(&str) -> Option<T>) -> Answer<Vec<T>> {
    let text: String = row.next()?;
    read_texts(&text, parse)
        .ok_or_else(|| StoreError::Damaged(format!("a consumer's list holds {text}")))
}
