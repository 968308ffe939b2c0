//! Xero as those see it who are not its callers: whoever makes it fail, its customers' browsers, and whoever reads the
//! books.

use super::net::{Outside, XERO_URL, browse};
use super::setting::Setting;
use axum::http::header::LOCATION;
use domain::platform::Delivery;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use testkit::{Dice, xero_weather};

pub(crate) const CALLBACK: &str = "http://localhost:9/callback";

/// What a link on a page begins with that leads back.
const CONTINUE: &str = "id=\"continue\" href=\"";
/// So often of a hundred changes something is wrong that does not pass by itself.
const STUBBORN: u64 = 20;

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

/// The weather changes. What passes by itself is drawn from `dice`, the rest apart.
pub(crate) async fn change_weather(setting: Arc<Setting>, dice: Arc<Dice>, rare: Arc<Dice>) {
    let outside = setting.world.ground.outside.clone();
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
    if rare.percent(STUBBORN) {
        order_stubborn_fault(&setting, &rare).await;
    }
}

/// One of all faults, for the next calls.
pub(crate) async fn order_fault(setting: &Setting, dice: &Dice) {
    if dice.percent(STUBBORN) {
        return order_stubborn_fault(setting, dice).await;
    }
    let outside = &setting.world.ground.outside;
    control(outside, "POST", "faults", &xero_weather::fault(dice)).await;
}

/// One that does not pass by itself.
async fn order_stubborn_fault(setting: &Setting, dice: &Dice) {
    let (fault, parts) = xero_weather::stubborn_fault(dice);
    let sent_to = setting.accounts.iter().filter(|one| one.platform.delivery == Delivery::Sent);
    if parts {
        sent_to.for_each(|account| account.parted.may_be_stuck());
    }
    control(&setting.world.ground.outside, "POST", "faults", &fault).await;
}

/// Nothing goes wrong any more.
pub(crate) async fn clear_up(outside: &Outside) {
    control(outside, "DELETE", "faults", &Value::Null).await;
    let settings = json!({"deliverySecs": 1, "feedSecs": 1, "duplicates": "immediate"});
    control(outside, "PATCH", "settings", &settings).await;
}

/// The faults that calls have met.
pub(crate) async fn faults_met(outside: &Outside) -> Vec<String> {
    let shown = control(outside, "GET", "calls", &Value::Null).await;
    let calls = shown["calls"].as_array().unwrap().iter();
    calls.filter_map(|call| call["fault"].as_str().map(str::to_owned)).collect()
}

/// How a browser comes back from the consent page.
#[derive(Debug)]
pub(crate) enum Back {
    /// With this query.
    Now(String),
    /// With this query, when its user has found the link.
    Later(String),
    Never,
}

/// The user of an organisation says yes on the consent page.
pub(crate) async fn allow(outside: &Outside, page: &str, tenant: &Tenant) -> Back {
    let form = format!("decision=allow&organisation={}", tenant.id);
    let path = page.strip_prefix(XERO_URL).unwrap();
    let (_, headers, page) = browse(&outside.xero, "POST", path, form).await;
    if let Some(location) = headers.get(LOCATION) {
        return Back::Now(query_of(location.to_str().unwrap()));
    }
    let page = page.unwrap_or_default();
    let link = page.split_once(CONTINUE).and_then(|(_, link)| link.split_once('"'));
    link.map_or(Back::Never, |(link, _)| Back::Later(query_of(&link.replace("&amp;", "&"))))
}

fn query_of(location: &str) -> String {
    let (address, query) = location.split_once('?').unwrap();
    assert_eq!(address, CALLBACK);
    query.to_owned()
}

/// The books of every account, by the platform's ids.
pub(crate) async fn ledger(outside: &Outside) -> BTreeMap<String, Value> {
    let shown = control(outside, "GET", "ledger", &Value::Null).await;
    let accounts = shown["accounts"].as_array().unwrap().iter();
    accounts.map(|one| (one["accountId"].as_str().unwrap().to_owned(), one.clone())).collect()
}
