//! How an event's things stood, as both databases keep it: one JSON text in the event's row. The databases write most of
//! it themselves, from the rows as they are in the transaction; it is read back here, once.

use crate::{Answer, StoreError};
use domain::company::{Company, CompanyName, Tags};
use domain::connection::{Connection, ConnectionStatus};
use domain::event::{About, ConsumerAbout, Event, Example, PushAbout};
use domain::ids::{ClientId, CompanyId, ConnectionId, ConsumerId};
use domain::money::{Amount, CurrencyCode};
use domain::platform;
use domain::push::PushStatus;
use domain::rate_limit::Quota;
use domain::source_account::{
    AccountDetails, AccountId, AccountInfo, AccountStatus, RoutingInfo, Shape, SourceAccount,
};
use domain::webhook::DisabledWhy;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The text of an event about a client's share of the day.
pub fn of_quota(quota: &Quota) -> Answer<String> {
    let Quota { limit, remaining, resets_at } = *quota;
    let quota = QuotaDetail { limit, remaining, resets: resets_at.as_microsecond() };
    write(&Detail { quota: Some(quota), ..Detail::default() })
}

/// The text of an event about a consumer.
pub fn of_consumer(consumer: &ConsumerAbout) -> Answer<String> {
    let ConsumerAbout { id, url, why } = consumer;
    let (id, url, why) = (id.to_string(), url.clone(), why.name().to_owned());
    write(&Detail { consumer: Some(ConsumerDetail { id, url, why }), ..Detail::default() })
}

/// The text of an event that did not happen.
pub fn of_example(example: &Example) -> Answer<String> {
    let consumer = example.consumer.map(|id| id.to_string());
    let example = ExampleDetail { consumer, payload: example.payload.clone() };
    write(&Detail { example: Some(example), ..Detail::default() })
}

fn write(detail: &Detail) -> Answer<String> {
    serde_json::to_string(detail).map_err(|error| StoreError::Failed(error.into()))
}

/// Reads what an event is about. `plain` undoes what a database does to texts that it cannot hold.
pub fn read(text: Option<&str>, event: &Event, plain: impl Fn(String) -> String) -> Answer<About> {
    let Some(text) = text else { return Ok(About::default()) };
    let damaged = || StoreError::Damaged(format!("an event's detail is {text}"));
    let detail: Detail = serde_json::from_str(text).map_err(|_unreadable| damaged())?;
    about(detail, event, &plain).ok_or_else(damaged)
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Detail {
    #[serde(skip_serializing)]
    company: Option<CompanyDetail>,
    #[serde(skip_serializing)]
    connection: Option<ConnectionDetail>,
    #[serde(skip_serializing)]
    account: Option<AccountDetail>,
    #[serde(skip_serializing)]
    push: Option<PushDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quota: Option<QuotaDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consumer: Option<ConsumerDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<ExampleDetail>,
}

#[derive(Deserialize)]
struct CompanyDetail {
    name: String,
    description: String,
    /// An object of texts, as its column has it.
    tags: String,
    created: i64,
}

#[derive(Deserialize)]
struct ConnectionDetail {
    platform: String,
    status: String,
    created: i64,
    synced: Option<i64>,
}

#[derive(Deserialize)]
struct AccountDetail {
    shape: i64,
    name: Option<String>,
    number: Option<String>,
    sort_code: Option<String>,
    account_type: Option<String>,
    currency: Option<String>,
    has_routing: Truth,
    bank_code: Option<String>,
    bank_code_kind: Option<String>,
    has_info: Truth,
    description: Option<String>,
    nickname: Option<String>,
    opened_on: Option<String>,
    available_balance: Option<String>,
    balance: Option<String>,
    status: String,
    feed_start: Option<String>,
    public_number: String,
    created: i64,
    modified: i64,
    disconnected: Option<i64>,
}

/// One database has numbers for it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Truth {
    Bool(bool),
    Number(i64),
}

impl Truth {
    const fn holds(&self) -> bool {
        match self {
            Self::Bool(truth) => *truth,
            Self::Number(number) => *number != 0,
        }
    }
}

#[derive(Deserialize)]
struct PushDetail {
    status: String,
    requested: i64,
    completed: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct QuotaDetail {
    limit: u64,
    remaining: u64,
    resets: i64,
}

#[derive(Serialize, Deserialize)]
struct ConsumerDetail {
    id: String,
    url: String,
    why: String,
}

#[derive(Serialize, Deserialize)]
struct ExampleDetail {
    consumer: Option<String>,
    payload: String,
}

fn about(detail: Detail, event: &Event, plain: &dyn Fn(String) -> String) -> Option<About> {
    let (client, id) = (event.client, event.company);
    let company = match (detail.company, id) {
        (Some(detail), Some(id)) => Some(company(detail, client, id, plain)?),
        (_, _) => None,
    };
    let connection = match (detail.connection, id, event.connection) {
        (Some(detail), Some(company), Some(id)) => Some(connection(&detail, client, company, id)?),
        (_, _, _) => None,
    };
    let account = match (detail.account, event.connection, event.account.clone()) {
        (Some(detail), Some(connection), Some(id)) => Some(account(detail, connection, id, plain)?),
        (_, _, _) => None,
    };
    Some(About {
        company,
        connection,
        account,
        push: maybe(detail.push, |push| push_about(&push))?,
        quota: maybe(detail.quota, |quota| quota_about(&quota))?,
        consumer: maybe(detail.consumer, consumer_about)?,
        example: maybe(detail.example, example_about)?,
    })
}

fn moment(micros: i64) -> Option<Timestamp> {
    Timestamp::from_microsecond(micros).ok()
}

/// Nothing for nothing, and the failure of what cannot be read.
#[expect(
    clippy::option_option,
    reason = "absent, unreadable and there are three things, and `?` takes one off"
)]
fn maybe<A, B>(value: Option<A>, read: impl Fn(A) -> Option<B>) -> Option<Option<B>> {
    match value {
        None => Some(None),
        Some(value) => read(value).map(Some),
    }
}

fn company(
    detail: CompanyDetail,
    client: ClientId,
    id: CompanyId,
    plain: &dyn Fn(String) -> String,
) -> Option<Company> {
    let tags: BTreeMap<String, String> = serde_json::from_str(&detail.tags).ok()?;
    Some(Company {
        id,
        client,
        name: CompanyName::clean(&plain(detail.name)).ok()?,
        description: plain(detail.description),
        tags: Tags::new(tags).ok()?,
        created_at: moment(detail.created)?,
        connections: Vec::new(),
    })
}

fn connection(
    detail: &ConnectionDetail,
    client: ClientId,
    company: CompanyId,
    id: ConnectionId,
) -> Option<Connection> {
    Some(Connection {
        id,
        client,
        company,
        platform: platform::find(&detail.platform)?,
        status: ConnectionStatus::parse(&detail.status)?,
        created_at: moment(detail.created)?,
        synced_at: maybe(detail.synced, moment)?,
        trouble: None,
    })
}

fn account(
    detail: AccountDetail,
    connection: ConnectionId,
    id: AccountId,
    plain: &dyn Fn(String) -> String,
) -> Option<SourceAccount> {
    let text = |text: Option<String>| text.map(plain);
    let day = |text: Option<String>| maybe(text, |text| text.parse::<Date>().ok());
    let amount = |text: Option<String>| maybe(text, |text| Amount::parse(&text).ok());
    let routing =
        RoutingInfo { bank_code: text(detail.bank_code), kind: text(detail.bank_code_kind) };
    let info = AccountInfo {
        description: text(detail.description),
        nickname: text(detail.nickname),
        opened_on: day(detail.opened_on)?,
        available_balance: amount(detail.available_balance)?,
    };
    Some(SourceAccount {
        id,
        connection,
        shape: shape(detail.shape)?,
        details: AccountDetails {
            name: text(detail.name),
            number: text(detail.number),
            sort_code: text(detail.sort_code),
            account_type: text(detail.account_type),
            currency: maybe(detail.currency, |text| CurrencyCode::parse(&text).ok())?,
            routing: detail.has_routing.holds().then_some(routing),
            info: detail.has_info.holds().then_some(info),
        },
        balance: amount(detail.balance)?,
        status: AccountStatus::parse(&detail.status)?,
        feed_start: day(detail.feed_start)?,
        public_number: detail.public_number,
        created_at: moment(detail.created)?,
        modified_at: moment(detail.modified)?,
        disconnected_at: maybe(detail.disconnected, moment)?,
    })
}

/// The number that both databases keep.
const fn shape(number: i64) -> Option<Shape> {
    match number {
        1 => Some(Shape::V1),
        2 => Some(Shape::V2),
        _ => None,
    }
}

fn push_about(push: &PushDetail) -> Option<PushAbout> {
    Some(PushAbout {
        status: PushStatus::parse(&push.status)?,
        requested_at: moment(push.requested)?,
        completed_at: maybe(push.completed, moment)?,
    })
}

fn quota_about(quota: &QuotaDetail) -> Option<Quota> {
    let QuotaDetail { limit, remaining, resets } = *quota;
    Some(Quota { limit, remaining, resets_at: moment(resets)? })
}

fn consumer_about(consumer: ConsumerDetail) -> Option<ConsumerAbout> {
    let ConsumerDetail { id, url, why } = consumer;
    Some(ConsumerAbout { id: ConsumerId::parse(&id)?, url, why: DisabledWhy::parse(&why)? })
}

fn example_about(example: ExampleDetail) -> Option<Example> {
    let consumer = maybe(example.consumer, |id| ConsumerId::parse(&id))?;
    Some(Example { consumer, payload: example.payload })
}
