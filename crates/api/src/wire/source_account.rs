//! A source account on the wire, in the shape it was made in.

use super::Number;
use crate::surface::formats;
use domain::dates::stamp;
use domain::source_account::{AccountInfo, AccountStatus, RoutingInfo, Shape, SourceAccount};
use schemars::JsonSchema;
use serde::Serialize;

/// The contract's `SourceAccount` or `SourceAccountV2`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SourceAccount")]
pub(crate) struct AccountShape {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// Null rather than absent: version 6 of the Python library fails without it.
    balance: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    routing_info: Option<RoutingShape>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_info: Option<InfoShape>,
    #[schemars(schema_with = "formats::moment")]
    modified_date: String,
    #[schemars(extend("enum" = formats::names(&AccountStatus::ALL, AccountStatus::name)))]
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed_start_date: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "RoutingInfo")]
struct RoutingShape {
    #[serde(skip_serializing_if = "Option::is_none")]
    bank_code: Option<String>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AccountInfo")]
struct InfoShape {
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "formats::date")]
    account_open_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    available_balance: Option<Number>,
}

impl AccountShape {
    /// Shows an account.
    pub(crate) fn show(account: SourceAccount) -> Self {
        let feed_start_date = feed_start(&account);
        let details = account.details;
        Self {
            id: account.id.to_string(),
            account_name: details.name,
            account_type: details.account_type,
            account_number: details.number,
            sort_code: details.sort_code,
            currency: details.currency.map(|currency| currency.to_string()),
            balance: account.balance.map(Number),
            routing_info: details.routing.map(RoutingShape::show),
            account_info: details.info.map(InfoShape::show),
            modified_date: stamp(account.modified_at),
            status: account.status.name(),
            feed_start_date,
        }
    }
}

/// Only connected accounts show one; the first shape writes a date and time, the second a date.
fn feed_start(account: &SourceAccount) -> Option<String> {
    let date = account.feed_start.filter(|_| account.status == AccountStatus::Connected)?;
    Some(match account.shape {
        Shape::V1 => format!("{date}T00:00:00Z"),
        Shape::V2 => date.to_string(),
    })
}

impl RoutingShape {
    fn show(routing: RoutingInfo) -> Self {
        Self { bank_code: routing.bank_code, kind: routing.kind }
    }
}

impl InfoShape {
    fn show(info: AccountInfo) -> Self {
        Self {
            description: info.description,
            nickname: info.nickname,
            account_open_date: info.opened_on.map(|date| date.to_string()),
            available_balance: info.available_balance.map(Number),
        }
    }
}
