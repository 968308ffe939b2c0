//! The accounts of the books themselves, for platforms that tell them: those to which lines can go.

use crate::books::{load_books, no_books};
use crate::envelope::{Answer, ApiError};
use crate::json::{Faults, Fields, JsonBody, Place, Seed, parse_object};
use crate::locate::ConnectionAt;
use crate::nouns::load_connection;
use crate::paging::{Listed, PageShape, read_list_request};
use crate::query::Parameters;
use crate::state::Shared;
use crate::surface::{Area, LISTING, Operation, Surface, formats};
use crate::wire::{Number, OperationShape};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::dates::stamp;
use domain::link::{ListedTarget, TARGET_PROPERTIES, TARGET_STATUS};
use domain::money::CurrencyCode;
use domain::platform::{AccountMapping, Platform};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use store::listing;

pub(super) fn surface() -> Surface {
    const LIST: &str = "/companies/{companyId}/connections/{connectionId}/data/bankAccounts";
    const CREATE: &str = "/companies/{companyId}/connections/{connectionId}/push/bankAccounts";
    Surface::of(Area::BankAccounts)
        .serve(
            Operation::get(LIST, "list-bank-accounts", "The bank accounts in the books")
                .paged()
                .takes(LISTING)
                .answers::<PageShape<BankAccountShape>>()
                .refuses(StatusCode::CONFLICT),
            list_bank_accounts,
        )
        .serve(
            Operation::post(CREATE, "create-bank-account", "Makes a bank account in the books")
                .body(account_schema)
                .answers::<OperationShape>(),
            create_bank_account,
        )
}

const LISTED: Listed = Listed { type_name: "BankAccount", properties: TARGET_PROPERTIES };
const VALIDATOR: &str = "BankAccounts";
const FIELDS: &[&str] =
    &["accountName", "accountType", "accountNumber", "sortCode", "currency", "balance"];
const TEXT_CHARS_MAX: usize = 500;

fn account_schema(_schemas: &mut SchemaGenerator) -> Schema {
    let text = || serde_json::json!({"type": ["string", "null"], "maxLength": TEXT_CHARS_MAX});
    json_schema!({
        "type": "object",
        "properties": {
            "accountName": text(),
            "accountType": {"type": "string", "enum": ["Unknown", "Credit", "Debit"]},
            "accountNumber": text(),
            "sortCode": text(),
            "currency": {"type": ["string", "null"], "pattern": "^[A-Z]{3}$"},
            "balance": {"type": ["number", "null"]},
        },
    })
}

/// The contract's bank account. What no platform of this version tells is never there. Nulls stand where version 6 of the Python library needs the field.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "BankAccount")]
struct BankAccountShape {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_name: Option<String>,
    #[schemars(extend("enum" = ["Unknown", "Credit", "Debit"]))]
    account_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    nominal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sort_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_number: Option<String>,
    #[serde(rename = "iBan", skip_serializing_if = "Option::is_none")]
    iban: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    balance: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    institution: Option<String>,
    available_balance: Option<Number>,
    overdraft_limit: Option<Number>,
    #[schemars(extend("enum" = ["Unknown", "Active", "Archived", "Pending"]))]
    status: &'static str,
    /// When it was read from the books: platforms do not tell when it was changed.
    #[schemars(schema_with = "formats::moment")]
    modified_date: String,
}

impl BankAccountShape {
    fn show(listed: ListedTarget) -> Self {
        let ListedTarget { account, read_at } = listed;
        Self {
            id: account.id,
            account_name: Some(account.name),
            account_type: account.kind.account_type(),
            nominal_code: account.code,
            sort_code: None,
            account_number: account.number,
            iban: None,
            currency: Some(account.currency.to_string()),
            balance: None,
            institution: None,
            available_balance: None,
            overdraft_limit: None,
            status: TARGET_STATUS,
            modified_date: stamp(read_at),
        }
    }
}

async fn list_bank_accounts(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
    parameters: Parameters,
) -> Answer<Json<PageShape<BankAccountShape>>> {
    let request = read_list_request(&parameters, LISTED)?;
    let connection = load_connection(&state, &path).await?;
    if connection.platform.mapping == AccountMapping::Inside {
        return Err(tells_nothing(connection.platform));
    }
    // What was read of a connection that is not linked any more can still be read here.
    let books = load_books(&state, &connection).await?.and_then(|link| link.books);
    let books = books.ok_or_else(|| no_books(&connection))?;
    let page = listing::select(books.listed(), &request);
    Ok(Json(PageShape::show(page, request.page, &parameters, BankAccountShape::show)))
}

async fn create_bank_account(
    State(state): State<Shared>,
    ConnectionAt(path): ConnectionAt,
    JsonBody(body): JsonBody,
) -> Answer<Json<OperationShape>> {
    check_account(&body)?;
    let platform = load_connection(&state, &path).await?.platform;
    Err(match platform.mapping {
        AccountMapping::Inside => tells_nothing(platform),
        AccountMapping::ByApi { .. } => opens_none(platform),
    })
}

/// A feed needs no permission to make accounts, so nobody is asked for it.
fn opens_none(platform: &Platform) -> ApiError {
    let name = platform.name;
    ApiError::refused(format!(
        "{name} lets bank feeds open no account on its own: map the source account without a targetAccountId, and {name} \
         opens one for it"
    ))
}

fn tells_nothing(platform: &Platform) -> ApiError {
    ApiError::refused(format!(
        "{} keeps the accounts of its books to itself: its user chooses there which account is fed",
        platform.name
    ))
}

fn check_account(body: &[u8]) -> Answer<()> {
    let mut faults = Faults::of(VALIDATOR);
    let object = parse_object(body, Seed::object(FIELDS), VALIDATOR)?;
    let mut fields = Fields::new(&object, Place::Body, &mut faults);
    for name in ["accountName", "accountNumber", "sortCode"] {
        let _checked = fields.text(name, TEXT_CHARS_MAX);
    }
    let _balance = fields.amount("balance");
    let _currency = fields.parsed("currency", TEXT_CHARS_MAX, CurrencyCode::parse);
    let _kind = fields.parsed("accountType", TEXT_CHARS_MAX, |kind| match kind {
        "Unknown" | "Credit" | "Debit" => Ok(()),
        _ => Err(format!("{kind:?} is not one of Unknown, Credit, Debit")),
    });
    faults.check()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn an_account_of_the_books_shows_what_was_read_of_it() {
        let listed = sample::link().books.unwrap().listed();
        let shown: Vec<_> = listed.into_iter().take(2).map(BankAccountShape::show).collect();
        insta::assert_snapshot!(serde_json::to_string_pretty(&shown).unwrap());
    }
}
