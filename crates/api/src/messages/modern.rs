//! Events as the contract has them.

use crate::compat::Viewer;
use crate::surface::formats;
use crate::wire::{AccountShape, ConnectionShape};
use domain::company::Company;
use domain::dates::stamp;
use domain::event::{ConsumerAbout, Event, EventKind, KeptEvent};
use domain::push::PushStatus;
use domain::webhook::event_id;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The contract's envelope.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Event")]
pub(crate) struct EventShape {
    #[schemars(schema_with = "formats::uuid")]
    id: String,
    event_type: &'static str,
    #[schemars(schema_with = "formats::moment")]
    generated_date: String,
    #[schemars(with = "BTreeMap<String, serde_json::Value>")]
    payload: Payload,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Payload {
    Company(CompanyPayload),
    Connection(Box<ConnectionPayload>),
    Account(Box<AccountPayload>),
    Write(WritePayload),
    Quota(QuotaPayload),
    Consumer(ConsumerPayload),
    Example(Box<RawValue>),
    /// Of an event that an early version kept, and whose things nobody knows any more.
    Bare(BTreeMap<&'static str, String>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CompanyPayload {
    id: String,
    name: String,
    description: String,
    platform: &'static str,
    redirect: String,
    created: String,
    products: [&'static str; 1],
    tags: BTreeMap<String, String>,
}

/// The contract's `CompanyReference`.
#[derive(Debug, Serialize)]
struct ReferenceShape {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    tags: BTreeMap<String, String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ConnectionPayload {
    reference_company: ReferenceShape,
    connection: ConnectionShape,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountPayload {
    reference_company: ReferenceShape,
    connection_id: String,
    source_account: AccountShape,
    company_id: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WritePayload {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    reference_company: ReferenceShape,
    connection_id: String,
    requested_on_date: Option<String>,
    completed_on_date: Option<String>,
    status: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct QuotaPayload {
    daily_quota: u64,
    quota_remaining: u64,
    expiry_date: String,
}

#[derive(Debug, Serialize)]
struct ConsumerPayload {
    id: String,
    url: String,
    reason: &'static str,
}

impl EventShape {
    /// Shows an event.
    pub(crate) fn show(kept: &KeptEvent, public_url: &str) -> Self {
        let event = &kept.event;
        Self {
            id: event_id(event.client, kept.sequence).to_string(),
            event_type: event.kind.name(),
            generated_date: stamp(event.at),
            payload: payload(kept, public_url).unwrap_or_else(|| bare(event)),
        }
    }
}

/// Nothing when what the event is about is not known.
fn payload(kept: &KeptEvent, public_url: &str) -> Option<Payload> {
    let (event, about) = (&kept.event, &kept.about);
    if let Some(example) = &about.example {
        return RawValue::from_string(example.payload.clone()).ok().map(Payload::Example);
    }
    Some(match event.kind {
        EventKind::CompanyCreated | EventKind::CompanyDeleted => {
            Payload::Company(company(about.company.as_ref()?, public_url))
        }
        EventKind::ConnectionCreated
        | EventKind::ConnectionConnected
        | EventKind::ConnectionDisconnected
        | EventKind::ConnectionReconnected
        | EventKind::ConnectionDeleted => {
            let connection = about.connection.as_ref()?;
            // Without a password: whoever is told can ask for a fresh link.
            let link = format!(
                "{public_url}/companies/{}/connections/{}/start",
                connection.company, connection.id
            );
            Payload::Connection(Box::new(ConnectionPayload {
                reference_company: reference(kept),
                connection: ConnectionShape::with_link(connection, link, Viewer::default()),
            }))
        }
        EventKind::AccountConnected | EventKind::AccountDisconnected => {
            Payload::Account(Box::new(AccountPayload {
                reference_company: reference(kept),
                connection_id: about.account.as_ref()?.connection.to_string(),
                source_account: AccountShape::show(about.account.clone()?),
                company_id: event.company?.to_string(),
            }))
        }
        EventKind::WriteSuccessful | EventKind::WriteUnsuccessful => Payload::Write(write(kept)?),
        EventKind::RateLimitReached | EventKind::RateLimitReset => {
            let quota = about.quota?;
            Payload::Quota(QuotaPayload {
                daily_quota: quota.limit,
                quota_remaining: quota.remaining,
                expiry_date: stamp(quota.resets_at),
            })
        }
        EventKind::ConsumerDisabled => {
            let ConsumerAbout { id, url, why } = about.consumer.as_ref()?;
            let (id, url) = (id.to_string(), url.clone());
            Payload::Consumer(ConsumerPayload { id, url, reason: why.name() })
        }
    })
}

fn company(company: &Company, public_url: &str) -> CompanyPayload {
    CompanyPayload {
        id: company.id.to_string(),
        name: company.name.as_str().to_owned(),
        description: company.description.clone(),
        platform: "",
        redirect: format!("{public_url}/company/{}", company.id),
        created: stamp(company.created_at),
        products: crate::wire::PRODUCTS,
        tags: company.tags.all().clone(),
    }
}

fn reference(kept: &KeptEvent) -> ReferenceShape {
    let company = kept.about.company.as_ref();
    ReferenceShape {
        id: kept.event.company.map(|id| id.to_string()).unwrap_or_default(),
        name: company.map(|company| company.name.as_str().to_owned()),
        description: company.map(|company| company.description.clone()),
        tags: company.map(|company| company.tags.all().clone()).unwrap_or_default(),
    }
}

fn write(kept: &KeptEvent) -> Option<WritePayload> {
    let event = &kept.event;
    let push = kept.about.push;
    let is_success = event.kind == EventKind::WriteSuccessful;
    let told = if is_success { PushStatus::Success } else { PushStatus::Failed };
    Some(WritePayload {
        id: event.push?.to_string(),
        kind: "Create",
        reference_company: reference(kept),
        connection_id: event.connection?.to_string(),
        requested_on_date: push.map(|push| stamp(push.requested_at)),
        completed_on_date: push.and_then(|push| push.completed_at).map(stamp),
        status: push.map_or(told, |push| push.status).name(),
    })
}

fn bare(event: &Event) -> Payload {
    let named = [
        ("companyId", event.company.map(|id| id.to_string())),
        ("connectionId", event.connection.map(|id| id.to_string())),
        ("accountId", event.account.as_ref().map(ToString::to_string)),
        ("id", event.push.map(|key| key.to_string())),
    ];
    Payload::Bare(named.into_iter().filter_map(|(name, id)| Some((name, id?))).collect())
}
