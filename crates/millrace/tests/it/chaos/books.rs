//! The other side: a simulated Xero on a port of its own, with somebody at its door who counts, and its control API.

use super::fuse::Fuse;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use domain::clock::Clock as _;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use testkit::ManualClock;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

pub(super) const CLIENT_ID: &str = "app-id";
pub(super) const CLIENT_SECRET: &str = "app-secret";
pub(super) const CALLBACK: &str = "http://localhost:9/callback";

/// Xero's limits of one organisation.
const AT_ONCE_MAX: usize = 5;
const MINUTE_MAX: usize = 60;
const DAY_MAX: usize = 5_000;

/// A running Xero.
pub(super) struct Books {
    pub(super) url: String,
    door: Door,
    browser: Client,
    _serving: JoinSet<()>,
}

/// An organisation with a user of its own.
#[derive(Clone, Debug)]
pub(super) struct Tenant {
    pub(super) id: String,
    /// Bank accounts that it has from the start, by the platform's ids.
    pub(super) accounts: Vec<String>,
}

/// What the one at the door knows.
#[derive(Clone)]
struct Door {
    clock: Arc<ManualClock>,
    fuse: Arc<Fuse>,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    /// When each organisation was called.
    calls: BTreeMap<String, Vec<Timestamp>>,
    /// How many calls of each are inside, and how many were at the most.
    inside: BTreeMap<String, (usize, usize)>,
    /// Calls of all sorts that are inside.
    all_inside: usize,
    /// How often Xero itself said that it was too much.
    refused: usize,
}

/// A call that is inside.
struct Inside {
    door: Door,
    tenant: Option<String>,
}

impl Inside {
    fn enter(door: &Door, tenant: Option<String>) -> Self {
        let mut seen = door.seen.lock().unwrap();
        seen.all_inside += 1;
        if let Some(tenant) = &tenant {
            let now = door.clock.now();
            seen.calls.entry(tenant.clone()).or_default().push(now);
            let (inside, most) = seen.inside.entry(tenant.clone()).or_default();
            *inside += 1;
            *most = (*most).max(*inside);
        }
        drop(seen);
        Self { door: door.clone(), tenant }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let mut seen = self.door.seen.lock().unwrap();
        seen.all_inside -= 1;
        if let Some((inside, _)) = self.tenant.as_ref().and_then(|id| seen.inside.get_mut(id)) {
            *inside -= 1;
        }
    }
}

async fn watch(State(door): State<Door>, request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/control") {
        return next.run(request).await;
    }
    let tenant = request.headers().get("xero-tenant-id");
    let tenant = tenant.map(|id| id.to_str().unwrap().to_owned());
    let inside = Inside::enter(&door, tenant);
    door.fuse.burn();
    let answer = next.run(request).await;
    door.fuse.burn();
    // Only a limit of its own says with it what is left.
    let is_own = answer.headers().contains_key("x-appminlimit-remaining");
    if answer.status() == 429 && is_own {
        door.seen.lock().unwrap().refused += 1;
    }
    drop(inside);
    answer
}

impl Books {
    pub(super) async fn open(clock: &Arc<ManualClock>, fuse: &Arc<Fuse>) -> Self {
        let simulator = simulators::Xero::new(clock.clone(), CLIENT_ID, CLIENT_SECRET);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let door = Door { clock: clock.clone(), fuse: fuse.clone(), seen: Arc::default() };
        let watched = from_fn_with_state(door.clone(), watch);
        let router = simulators::xero::router(simulator).layer(watched);
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        let browser = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { url, door, browser, _serving: serving }
    }

    /// A call of the control API that must succeed.
    async fn control(&self, method: Method, path: &str, body: &Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = self.browser.request(method, format!("{}/control/{path}", self.url));
        let answer = request.body(body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub(super) async fn set(&self, settings: Value) {
        self.control(Method::PATCH, "settings", &settings).await;
    }

    pub(super) async fn order(&self, fault: Value) {
        self.control(Method::POST, "faults", &fault).await;
    }

    pub(super) async fn forget_orders(&self) {
        self.control(Method::DELETE, "faults", &Value::Null).await;
    }

    /// All access tokens end.
    pub(super) async fn expire_tokens(&self) {
        self.control(Method::POST, "tokens/expire", &Value::Null).await;
    }

    /// All tokens of all users are taken back.
    pub(super) async fn revoke_tokens(&self) {
        self.control(Method::POST, "tokens/revoke", &Value::Null).await;
    }

    pub(super) async fn add_tenant(&self, name: &str, accounts: &[(&str, &str)]) -> Tenant {
        let listed: Vec<_> =
            accounts.iter().map(|(name, number)| json!({"name": name, "number": number})).collect();
        let user = format!("{}@example.com", name.to_lowercase());
        let body = json!({"name": name, "user": user, "accounts": listed});
        let shown = self.control(Method::POST, "organisations", &body).await;
        let accounts = shown["accounts"].as_array().unwrap();
        let ids = accounts.iter().map(|account| text(&account["accountId"]));
        Tenant { id: text(&shown["tenantId"]), accounts: ids.collect() }
    }

    /// The user of an organisation says yes on the consent page; the query with which the browser comes back, if it does.
    pub(super) async fn allow(&self, page: &str, tenant: &Tenant) -> Option<String> {
        let form = format!("decision=allow&organisation={}", tenant.id);
        let back = self.browser.post(page).body(form).send().await.ok()?;
        let location = back.headers().get(LOCATION)?.to_str().unwrap().to_owned();
        let (address, query) = location.split_once('?').unwrap();
        assert_eq!(address, CALLBACK);
        Some(query.to_owned())
    }

    /// The books of every account, by the platform's ids.
    pub(super) async fn ledger(&self) -> BTreeMap<String, Value> {
        let shown = self.control(Method::GET, "ledger", &Value::Null).await;
        let accounts = shown["accounts"].as_array().unwrap();
        accounts.iter().map(|account| (text(&account["accountId"]), account.clone())).collect()
    }

    /// Whether no call is inside.
    pub(super) fn is_quiet(&self) -> bool {
        self.door.seen.lock().unwrap().all_inside == 0
    }

    /// Xero was never asked more than it allows, and never said so.
    pub(super) fn assert_limits_kept(&self) {
        let seen = self.door.seen.lock().unwrap();
        assert_eq!(seen.refused, 0, "Xero's own limits were hit");
        for (tenant, calls) in &seen.calls {
            let (_, most) = seen.inside[tenant];
            assert!(most <= AT_ONCE_MAX, "{tenant}: {most} at once");
            for (length, calls_max) in [
                (SignedDuration::from_mins(1), MINUTE_MAX),
                (SignedDuration::from_hours(24), DAY_MAX),
            ] {
                let in_time =
                    |pair: &[Timestamp]| pair.last().unwrap().duration_since(pair[0]) >= length;
                let mut windows = calls.windows(calls_max + 1);
                assert!(windows.all(in_time), "{tenant}: more than {calls_max} in {length:#}");
            }
        }
    }
}

/// The text of a value.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
