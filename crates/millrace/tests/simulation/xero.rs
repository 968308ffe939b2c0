//! Xero as those see it who are not its callers: whoever makes it fail, its customers' browsers, and whoever reads the
//! books.

use super::net::{Outside, XERO_URL, browse};
use axum::http::header::LOCATION;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::{Dice, xero_weather};

pub(crate) const CALLBACK: &str = "http://localhost:9/callback";

/// An organisation with a user of its own.
#[derive(Clone, Debug)]
pub(crate) struct Tenant {
    pub(crate) id: String,
    /// A bank account that it has from the start.
    pub(crate) existing: String,
}

async fn control(outside: &Outside, method: &str, path: &str, body: &Value) -> Value {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let (status, _, text) = browse(&outside.xero, method, &format!("/control/{path}"), body).await;
    let text = text.unwrap();
    assert_eq!(status, 200, "{path}: {text}");
    serde_json::from_str(&text).unwrap()
}

pub(crate) async fn add_tenant(outside: &Outside, name: &str) -> Tenant {
    let accounts = json!([{"name": "Current", "number": "55500001"}]);
    let user = format!("{}@example.com", name.to_lowercase());
    let body = json!({"name": name, "user": user, "accounts": accounts});
    let shown = control(outside, "POST", "organisations", &body).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let existing = text(&shown["accounts"][0]["accountId"]);
    Tenant { id: text(&shown["tenantId"]), existing }
}

/// The weather changes.
pub(crate) async fn change_weather(outside: Arc<Outside>, dice: Arc<Dice>) {
    control(&outside, "PATCH", "settings", &xero_weather::settings(&dice)).await;
    for _ in 0..dice.between(0, 3) {
        control(&outside, "POST", "faults", &xero_weather::fault(&dice)).await;
    }
    if dice.percent(15) {
        control(&outside, "POST", "tokens/expire", &Value::Null).await;
    }
    if dice.percent(5) {
        control(&outside, "POST", "tokens/revoke", &Value::Null).await;
    }
}

/// Nothing goes wrong any more.
pub(crate) async fn clear_up(outside: &Outside) {
    control(outside, "DELETE", "faults", &Value::Null).await;
    let settings = json!({"deliverySecs": 1, "feedSecs": 1, "duplicates": "immediate"});
    control(outside, "PATCH", "settings", &settings).await;
}

/// The user of an organisation says yes on the consent page; the query with which the browser comes back, if it does.
pub(crate) async fn allow(outside: &Outside, page: &str, tenant: &Tenant) -> Option<String> {
    let form = format!("decision=allow&organisation={}", tenant.id);
    let path = page.strip_prefix(XERO_URL).unwrap();
    let (_, headers, _) = browse(&outside.xero, "POST", path, form).await;
    let location = headers.get(LOCATION)?.to_str().unwrap().to_owned();
    let (address, query) = location.split_once('?').unwrap();
    assert_eq!(address, CALLBACK);
    Some(query.to_owned())
}

/// The books of every account, by the platform's ids.
pub(crate) async fn ledger(outside: &Outside) -> BTreeMap<String, Value> {
    let shown = control(outside, "GET", "ledger", &Value::Null).await;
    let accounts = shown["accounts"].as_array().unwrap().iter();
    accounts.map(|one| (one["accountId"].as_str().unwrap().to_owned(), one.clone())).collect()
}
