//! Webhook consumers.

use crate::json::{read_texts, write_texts};
use crate::row::{Fields, Put};
use crate::{Database, SqliteStore, installation, sql, webhook_delivery};
use async_trait::async_trait;
use domain::ids::{ClientId, ConsumerId};
use domain::webhook::{
    CONSUMERS_MAX, CompanyTag, Consumer, ConsumerChange, EventType, Format, Order,
};
use jiff::Timestamp;
use store::{Answer, ConsumerChanged, ConsumerKept, StoreError, WebhookConsumers};

/// As [`consumer`] reads them.
macro_rules! consumer_columns {
    () => {
        "webhook_consumer.client_id, webhook_consumer.consumer_id, url, event_types, disabled,
        company_tags, is_rule, webhook_consumer.company_id, emails, fifo, rate_per_second, secrets,
        failing_since_us, disabled_why, webhook_consumer.created_at_us"
    };
}
pub(crate) use consumer_columns;

const COUNT_CONSUMERS: &str = "
    -- count_consumers
    select count(*)
    from webhook_consumer
    where client_id = ?1";

/// It hears of what happens from now on.
const CREATE_CONSUMER: &str = "
    -- create_consumer
    insert into webhook_consumer
        (client_id, consumer_id, url, event_types, disabled, company_tags, is_rule, company_id,
        emails, fifo, rate_per_second, secrets, failing_since_us, disabled_why, created_at_us,
        seen_sequence)
    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,
        (select coalesce(max(sequence), 0) from event where client_id = ?1))";

const FIND_CONSUMER: &str = concat!(
    "
    -- find_consumer
    select ",
    consumer_columns!(),
    "
    from webhook_consumer
    where client_id = ?1 and consumer_id = ?2"
);

const LIST_CONSUMERS: &str = concat!(
    "
    -- list_consumers
    select ",
    consumer_columns!(),
    "
    from webhook_consumer
    where client_id = ?1
    order by created_at_us, consumer_id"
);

const LIST_ALL_CONSUMERS: &str = concat!(
    "
    -- list_all_consumers
    select ",
    consumer_columns!(),
    "
    from webhook_consumer
    where ?1 is null or (client_id, consumer_id) > (?1, ?2)
    order by client_id, consumer_id
    limit ?3"
);

const CHANGE_CONSUMER: &str = "
    -- change_consumer
    update webhook_consumer
    set url = ?3, event_types = ?4, disabled = ?5, company_tags = ?6, fifo = ?7,
        rate_per_second = ?8, secrets = ?9, failing_since_us = ?10, disabled_why = ?11
    where client_id = ?1 and consumer_id = ?2";

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
        self.read(move |database| find(database, client, id)).await
    }

    async fn list_consumers(&self, client: ClientId) -> Answer<Vec<Consumer>> {
        self.read(move |database| sql::all(database, LIST_CONSUMERS, &[&client], consumer)).await
    }

    async fn change_consumer(
        &self,
        client: ClientId,
        id: ConsumerId,
        change: &ConsumerChange,
        now: Timestamp,
    ) -> Answer<ConsumerChanged> {
        let change = change.clone();
        self.write(move |writing| {
            let Some(found) = find(writing.database, client, id)? else {
                return Ok(ConsumerChanged::Unknown);
            };
            if found.outdates(&change) {
                return Ok(ConsumerChanged::Outdated);
            }
            let consumer = found.changed(change);
            rewrite(writing.database, &consumer)?;
            let now = installation::caught_up(writing.database, now)?.now;
            webhook_delivery::arrange(writing.database, &consumer, now)?;
            Ok(ConsumerChanged::Changed(Box::new(consumer)))
        })
        .await
    }

    async fn delete_consumer(&self, client: ClientId, id: ConsumerId) -> Answer<bool> {
        self.write(move |writing| {
            webhook_delivery::delete_all(writing.database, client, id)?;
            Ok(sql::execute(writing.database, DELETE_CONSUMER, &[&client, &id])? > 0)
        })
        .await
    }

    async fn list_all_consumers(
        &self,
        after: Option<(ClientId, ConsumerId)>,
        count: u32,
    ) -> Answer<Vec<Consumer>> {
        let (client, id) = after.unzip();
        self.read(move |database| {
            sql::all(database, LIST_ALL_CONSUMERS, &[&client, &id, &count], consumer)
        })
        .await
    }
}

/// One consumer.
pub(crate) fn find(
    database: &Database,
    client: ClientId,
    id: ConsumerId,
) -> Answer<Option<Consumer>> {
    sql::one(database, FIND_CONSUMER, &[&client, &id], consumer)
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
    let (types, tags, emails) = (types(consumer), tags(consumer), write_texts(&emails));
    let is_fifo = consumer.order == Order::Fifo;
    let Consumer { id, client, url, disabled, rate_per_second, secrets, .. } = consumer;
    let Consumer { failing_since, disabled_why, created_at, .. } = consumer;
    let values: [&dyn Put; 15] = [
        client,
        id,
        url,
        &types,
        disabled,
        &tags,
        &is_rule,
        &company,
        &emails,
        &is_fifo,
        rate_per_second,
        secrets,
        failing_since,
        disabled_why,
        created_at,
    ];
    sql::execute(database, CREATE_CONSUMER, &values)?;
    Ok(ConsumerKept::Kept)
}

/// Writes all that can change of a consumer.
pub(crate) fn rewrite(database: &Database, consumer: &Consumer) -> Answer<()> {
    let (types, tags) = (types(consumer), tags(consumer));
    let is_fifo = consumer.order == Order::Fifo;
    let Consumer { id, client, url, disabled, rate_per_second, secrets, .. } = consumer;
    let Consumer { failing_since, disabled_why, .. } = consumer;
    let values: [&dyn Put; 11] = [
        client,
        id,
        url,
        &types,
        disabled,
        &tags,
        &is_fifo,
        rate_per_second,
        secrets,
        failing_since,
        disabled_why,
    ];
    sql::execute(database, CHANGE_CONSUMER, &values).map(drop)
}

fn types(consumer: &Consumer) -> String {
    write_texts(&consumer.event_types.iter().map(EventType::as_str).collect::<Vec<_>>())
}

fn tags(consumer: &Consumer) -> String {
    write_texts(&consumer.company_tags.iter().map(CompanyTag::as_str).collect::<Vec<_>>())
}

/// A consumer from [`consumer_columns`].
pub(crate) fn consumer(row: &mut Fields<'_>) -> Answer<Consumer> {
    let (client, id, url) = (row.next()?, row.next()?, row.next()?);
    let event_types = list(row, |text| EventType::parse(text).ok())?;
    let disabled = row.next()?;
    let company_tags = list(row, |text| CompanyTag::parse(text).ok())?;
    let (is_rule, company) = (row.next::<bool>()?, row.next()?);
    let emails = list(row, |text| Some(text.to_owned()))?;
    Ok(Consumer {
        id,
        client,
        url,
        event_types,
        disabled,
        company_tags,
        format: if is_rule { Format::Rule { company, emails } } else { Format::Modern },
        order: if row.next()? { Order::Fifo } else { Order::Parallel },
        rate_per_second: row.next()?,
        secrets: row.next()?,
        failing_since: row.next()?,
        disabled_why: row.next()?,
        created_at: row.next()?,
    })
}

fn list<T>(row: &mut Fields<'_>, parse: impl Fn(&str) -> Option<T>) -> Answer<Vec<T>> {
    let text: String = row.next()?;
    read_texts(&text, parse)
        .ok_or_else(|| StoreError::Damaged(format!("a consumer's list holds {text}")))
}
