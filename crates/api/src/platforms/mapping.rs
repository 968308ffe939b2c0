//! Which account of the books a source account feeds. QuickBooks and Sage ask their own users, so here they only tell
//! how far that is.

use super::not_in_this_version;
use crate::envelope::{Answer, ApiError};
use crate::json::{Faults, Fields, JsonBody, Place, Seed, parse_object};
use crate::locate::ConnectionAt;
use crate::nouns::{load_accounts, load_connection};
use crate::state::Shared;
use crate::surface::{Area, Operation, Surface, formats};
use crate::wire::Number;
use axum::Json;
use axum::extract::State;
use domain::dates::LineDate;
use domain::platform::AccountMapping;
use domain::source_account::{AccountId, AccountStatus, SourceAccount};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

pub(super) fn surface() -> Surface {
    const MAPPING: &str =
        "/companies/{companyId}/connections/{connectionId}/bankFeedAccounts/mapping";
    Surface::of(Area::AccountMapping)
        .serve(
            Operation::get(
                MAPPING,
                "get-bank-account-mapping",
                "The source accounts, and which accounts of the books they may feed",
            )
            .answers::<Vec<MappingShape>>()
            .open_to_tokens(),
            get_mapping,
        )
        .serve(
            Operation::post(
                MAPPING,
                "create-bank-account-mapping",
                "Has a source account feed an account of the books",
            )
            .body(wish_schema)
            .answers::<MappedShape>()
            .open_to_tokens(),
            create_mapping,
        )
}

const VALIDATOR: &str = "BankFeedAccountMapping";
const FIELDS: &[&str] = &["sourceAccountId", "targetAccountId", "feedStartDate"];
/// As long as an account's id may be.
const TEXT_CHARS_MAX: usize = 500;

fn wish_schema(_schemas: &mut SchemaGenerator) -> Schema {
    json_schema!({
        "type": "object",
        "required": ["sourceAccountId"],
        "properties": {
            "sourceAccountId": {"type": "string", "maxLength": TEXT_CHARS_MAX},
            "targetAccountId": {"type": ["string", "null"], "maxLength": TEXT_CHARS_MAX},
            "feedStartDate": {"type": ["string", "null"]},
        },
    })
}

/// The contract's `BankFeedMapping`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "BankFeedMapping")]
struct MappingShape {
    source_account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_account_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_account_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_balance: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_currency: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_account_name: Option<String>,
    #[schemars(extend("enum" = formats::names(&AccountStatus::ALL, AccountStatus::name)))]
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_account_options: Option<Vec<TargetShape>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed_start_date: Option<String>,
}

/// An account of the books that may be fed.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TargetAccountOption")]
struct TargetShape {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_number: Option<String>,
}

/// The contract's `BankFeedAccountMappingResponse`.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "BankFeedAccountMappingResponse")]
struct MappedShape {
    source_account_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_account_id: Option<String>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl MappingShape {
    fn show(account: SourceAccount) -> Self {
        let feed_start = account.feed_start.filter(|_| account.status == AccountStatus::Connected);
        Self {
            source_account_id: account.id.to_string(),
            source_account_name: account.details.name,
            source_account_number: account.details.number,
            source_balance: account.balance.map(Number),
            source_currency: account.details.currency.map(|currency| currency.to_string()),
            target_account_id: None,
            target_account_name: None,
            status: account.status.name(),
            target_account_options: None,
            feed_start_date: feed_start.map(|date| format!("{date}T00:00:00")),
        }
    }
}

async fn get_mapping(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
) -> Answer<Json<Vec<MappingShape>>> {
    let accounts = load_accounts(&state, &path).await?;
    Ok(Json(accounts.into_iter().map(MappingShape::show).collect()))
}

async fn create_mapping(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
    JsonBody(body): JsonBody,
) -> Answer<Json<MappedShape>> {
    let source = read_wish(&body)?;
    let platform = load_connection(&state, &path).await?.platform;
    let accounts = load_accounts(&state, &path).await?;
    if !accounts.iter().any(|account| account.id == source) {
        let message = format_args!("is refused: the connection has no source account {source}");
        let place = Place::Field(&Place::Body, "sourceAccountId");
        return Err(Faults::of(VALIDATOR).refuse(place, message));
    }
    Err(match platform.mapping {
        AccountMapping::Inside => ApiError::refused(format!(
            "{} maps accounts in its own pages: its user chooses there which account is fed",
            platform.name
        )),
        AccountMapping::ByApi { .. } => not_in_this_version(platform, "map accounts of"),
    })
}

/// Reads a wish whole, so that every fault is told; answers whose it is.
fn read_wish(body: &[u8]) -> Answer<AccountId> {
    let mut faults = Faults::of(VALIDATOR);
    let object = parse_object(body, Seed::object(FIELDS), VALIDATOR)?;
    let mut fields = Fields::new(&object, Place::Body, &mut faults);
    fields.require("sourceAccountId");
    let source = fields.parsed("sourceAccountId", TEXT_CHARS_MAX, AccountId::parse);
    let _target = fields.text("targetAccountId", TEXT_CHARS_MAX);
    let _feed_start = fields.parsed("feedStartDate", TEXT_CHARS_MAX, LineDate::parse);
    match source {
        Some(source) if faults.is_empty() => Ok(source),
        Some(_) | None => Err(faults.into_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_names_all_its_faults() {
        let body =
            br#"{"sourceAccountId":"a","targetAccountId":null,"feedStartDate":"2024-05-01"}"#;
        assert_eq!(read_wish(body).unwrap().as_str(), "a");
        let body = br#"{"targetAccountId":7,"feedStartDate":"soon"}"#;
        let faults = read_wish(body).unwrap_err().into_faults();
        let paths: Vec<_> = faults.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(paths, ["sourceAccountId", "targetAccountId", "feedStartDate"]);
    }
}
