//! Xero as those see it who are not its callers: whoever makes it fail, its customers' browsers, and whoever reads the
//! books.

use super::net::{Outside, XERO_URL, browse};
use axum::http::header::LOCATION;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::Dice;

pub(crate) const CALLBACK: &str = "http://localhost:9/callback";

/// What sending lines asks for, the most important most often.
const SENDING: &[&str] = &[
    "create-statements",
    "create-statements",
    "create-statements",
    "get-statement",
    "list-statements",
    "token",
];
const OPENED: &[&str] =
    &["create-statements", "get-statement", "list-statements", "get-organisation", "get-feed"];
const LINKING: &[&str] = &[
    "token",
    "list-connections",
    "list-accounts",
    "get-organisation",
    "list-feeds",
    "create-feeds",
    "get-feed",
];
const CREATING: &[&str] = &["create-statements", "create-statements", "create-feeds"];
const STATEMENTS: &[&str] = &["create-statements"];
const FEEDS: &[&str] = &["create-feeds"];
const TOKENS: &[&str] = &["token"];
const ANY: &[&str] = &[];

/// How often of all, what, and where; anywhere that is asked for, without a place.
const FAULTS: &[(u64, &str, &[&str])] = &[
    (4, "latency", ANY),
    (8, "reset-before", ANY),
    (14, "reset-after", ANY),
    (8, "truncated-body", ANY),
    (2, "slow-drip", ANY),
    (6, "too-many-requests", ANY),
    (6, "too-many-requests-bare", ANY),
    (5, "internal-error", ANY),
    (8, "internal-error-after", ANY),
    (4, "internal-error-kept", CREATING),
    (3, "organisation-offline", OPENED),
    (3, "maintenance", ANY),
    (3, "extra-fields", ANY),
    (3, "strings-for-numbers", ANY),
    (6, "token-expired", OPENED),
    (2, "tokens-revoked", OPENED),
    (1, "user-disconnects", OPENED),
    (1, "permission-lost", OPENED),
    (1, "refresh-token-reused", TOKENS),
    (5, "rejected-late", STATEMENTS),
    (4, "some-rejected", STATEMENTS),
    (2, "rejected-late", FEEDS),
    (1, "some-rejected", FEEDS),
    (1, "feed-connected-elsewhere", FEEDS),
];
/// Why statements are rejected. Not for being duplicates: that would be a lie that nobody could see through.
const PROBLEMS: &[&str] =
    &["invalid-end-balance", "invalid-request", "invalid-start-date", "internal-error"];

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
    let duplicates = if dice.percent(50) { "immediate" } else { "late" };
    let delivery = *dice.pick(&[0, 1, 2, 5, 20, 90]);
    let feed = *dice.pick(&[0, 1, 3, 10]);
    let settings = json!({"deliverySecs": delivery, "feedSecs": feed, "duplicates": duplicates});
    control(&outside, "PATCH", "settings", &settings).await;
    for _ in 0..dice.between(0, 3) {
        control(&outside, "POST", "faults", &fault(&dice)).await;
    }
    if dice.percent(15) {
        control(&outside, "POST", "tokens/expire", &Value::Null).await;
    }
    if dice.percent(5) {
        control(&outside, "POST", "tokens/revoke", &Value::Null).await;
    }
}

fn fault(dice: &Dice) -> Value {
    let all = FAULTS.iter().map(|(weight, ..)| weight).sum();
    let mut drawn = dice.between(1, all);
    let found = FAULTS.iter().find(|(weight, ..)| {
        let is_this = drawn <= *weight;
        drawn = drawn.saturating_sub(*weight);
        is_this
    });
    let (_, fault, places) = found.unwrap();
    let usual = if dice.percent(70) { SENDING } else { LINKING };
    let place = *dice.pick(if places.is_empty() { usual } else { places });
    let problem = if place == "create-feeds" { "account-not-valid" } else { dice.pick(PROBLEMS) };
    json!({
        "fault": fault,
        "operation": place,
        "calls": dice.between(1, 3),
        "millis": dice.between(1, 15),
        "retryAfterSecs": dice.between(5, 90),
        "problem": problem,
    })
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
