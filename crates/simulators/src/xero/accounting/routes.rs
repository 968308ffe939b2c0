//! `GET /Accounts`, `GET /Organisation`.

use super::date::json_date;
use super::filter::Filter;
use super::xml::xml;
use crate::xero::Xero;
use crate::xero::door::Caller;
use crate::xero::organisation::{Account, Organisation};
use axum::extract::{RawQuery, State};
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use url::form_urlencoded;

/// The accounts, or those for which `where` holds.
pub(crate) async fn list_accounts(
    State(xero): State<Xero>,
    Extension(caller): Extension<Caller>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let query = query.unwrap_or_default();
    let mut fields = form_urlencoded::parse(query.as_bytes());
    let condition = fields.find(|(name, _)| name == "where").map(|(_, value)| value.into_owned());
    let filter = match Filter::parse(&condition.unwrap_or_default()) {
        Ok(filter) => filter,
        Err(words) => {
            let error = json!({"ErrorNumber": 16, "Type": "QueryParseException", "Message": words});
            return (StatusCode::BAD_REQUEST, answer(&headers, &error)).into_response();
        }
    };
    let body = xero.change(|world, now| {
        let accounts = world.organisation(caller.tenant).map(|one| one.accounts.as_slice());
        let accounts = accounts.unwrap_or_default().iter().map(|account| shown(account, now));
        let accounts: Vec<_> = accounts.filter(|account| filter.holds(account)).collect();
        wrapped(&xero, now, "Accounts", &json!(accounts))
    });
    answer(&headers, &body)
}

/// The caller's organisation.
pub(crate) async fn get_organisation(
    State(xero): State<Xero>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Response {
    let body = xero.change(|world, now| {
        let shown = world.organisation(caller.tenant).map(|one| organisation(one, now));
        wrapped(&xero, now, "Organisations", &json!(shown.as_slice()))
    });
    answer(&headers, &body)
}

fn wrapped(xero: &Xero, now: Timestamp, name: &str, list: &Value) -> Value {
    json!({
        "Status": "OK",
        "ProviderName": xero.app().client_id,
        "DateTimeUTC": json_date(now),
        name: list,
    })
}

fn shown(account: &Account, now: Timestamp) -> Map<String, Value> {
    let mut shown = Map::new();
    let mut set = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    set("AccountID", json!(account.id));
    set("Code", json!(account.code));
    set("Name", json!(account.name));
    set("Status", json!(if account.is_active { "ACTIVE" } else { "ARCHIVED" }));
    set("UpdatedDateUTC", json!(json_date(now)));
    let Some(bank) = &account.bank else {
        set("Type", json!("REVENUE"));
        set("Class", json!("REVENUE"));
        set("BankAccountType", json!(""));
        return shown;
    };
    set("Type", json!("BANK"));
    set("Class", json!("ASSET"));
    set("BankAccountNumber", json!(bank.number));
    set("BankAccountType", json!(bank.kind.name()));
    set("CurrencyCode", json!(bank.currency));
    shown
}

fn organisation(organisation: &Organisation, now: Timestamp) -> Value {
    json!({
        "OrganisationID": organisation.id,
        "Name": organisation.name,
        "LegalName": organisation.name,
        "BaseCurrency": organisation.base_currency,
        "CountryCode": organisation.country,
        "Timezone": "GMTSTANDARDTIME",
        "OrganisationStatus": "ACTIVE",
        "OrganisationType": "COMPANY",
        "IsDemoCompany": true,
        "CreatedDateUTC": json_date(now),
        "ShortCode": format!("!{}", organisation.id.digits().get(..5).unwrap_or("demo")),
    })
}

/// In JSON for those who ask for it, in XML for all others.
fn answer(headers: &HeaderMap, body: &Value) -> Response {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    if accept.contains("application/json") {
        return Json(body).into_response();
    }
    ([(CONTENT_TYPE, "text/xml; charset=utf-8")], xml(body)).into_response()
}
