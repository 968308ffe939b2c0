//! A simulated Xero that listens, the adapter that calls it, and a user who presses buttons.

use domain::money::{Amount, CurrencyCode};
use jiff::SignedDuration;
use outbound::{Outbound, OutboundOptions};
use platforms::xero::{Xero, XeroOptions, XeroUrls};
use platforms::{
    Access, Authorizes, ConnectsFeeds, Consent, FeedDraft, FeedTarget, LinesToCut, Platform,
    Secret, Statement, TakesStatements, TargetKind, Tokens,
};
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::{ManualClock, SeededIds, a_line, amount};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const CLIENT_ID: &str = "app-id";
const CLIENT_SECRET: &str = "app-secret";
pub(crate) const CALLBACK: &str = "http://localhost:9/callback";

/// A Xero at noon of 29 February 2024, and the adapter to it.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) ids: SeededIds,
    pub(crate) xero: Xero,
    browser: Client,
    _serving: JoinSet<()>,
}

/// A user who has said yes.
pub(crate) struct Session {
    pub(crate) server: Server,
    pub(crate) tokens: Tokens,
    pub(crate) tenant: String,
}

impl Server {
    pub(crate) async fn open() -> Self {
        let clock = Arc::new(ManualClock::default());
        let simulator = simulators::Xero::new(clock.clone(), CLIENT_ID, CLIENT_SECRET);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = simulators::xero::router(simulator);
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        let xero = adapter(&url, &clock, CLIENT_SECRET);
        let browser = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { url, clock, ids: SeededIds::new(7), xero, browser, _serving: serving }
    }

    pub(crate) fn authorization(&self) -> &dyn Authorizes {
        self.xero.authorization().unwrap()
    }

    /// The same Xero, but called with another secret.
    pub(crate) fn adapter_with(&self, secret: &str) -> Xero {
        adapter(&self.url, &self.clock, secret)
    }

    pub(crate) fn consent(&self) -> Consent {
        Consent::begin(&self.ids, CALLBACK)
    }

    /// The user chooses the demo company and presses a button; the query with which the browser comes back.
    pub(crate) async fn press(&self, consent: &Consent, decision: &str) -> String {
        let page = self.authorization().consent_url(consent);
        let shown = self.browser.get(&page).send().await.unwrap();
        assert_eq!(shown.status(), 200);
        let shown = shown.text().await.unwrap();
        let (_, option) = shown.split_once("<option value=\"").unwrap();
        let organisation = option.split('"').next().unwrap();
        let form = format!("decision={decision}&organisation={organisation}");
        let back = self.browser.post(&page).body(form).send().await.unwrap();
        let location = back.headers().get(LOCATION).unwrap().to_str().unwrap().to_owned();
        let (address, query) = location.split_once('?').unwrap();
        assert_eq!(address, CALLBACK);
        query.to_owned()
    }

    pub(crate) async fn sign_in(&self) -> Tokens {
        let consent = self.consent();
        let code = consent.read_callback(&self.press(&consent, "allow").await).unwrap();
        self.authorization().redeem(&consent, &code).await.unwrap()
    }

    /// A call of the control API that must succeed.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = self.browser.request(method, format!("{}/control/{path}", self.url));
        let answer = request.body(body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) async fn order(&self, fault: Value) {
        self.control(Method::POST, "faults", fault).await;
    }

    /// The books of the current account.
    pub(crate) async fn books(&self) -> Value {
        self.control(Method::GET, "ledger", Value::Null).await["accounts"][0].clone()
    }

    /// How often an operation was asked for.
    pub(crate) async fn count(&self, operation: &str) -> usize {
        let calls = self.control(Method::GET, "calls", Value::Null).await;
        let calls = calls["calls"].as_array().unwrap().clone();
        calls.iter().filter(|call| call["operation"] == operation).count()
    }

    pub(crate) fn wait(&self, secs: i64) {
        self.clock.advance(SignedDuration::from_secs(secs));
    }
}

fn adapter(url: &str, clock: &Arc<ManualClock>, secret: &str) -> Xero {
    let options = XeroOptions::new(CLIENT_ID, Secret::new(secret), XeroUrls::simulated(url));
    let outbound = Outbound::new(&OutboundOptions::default()).unwrap();
    Xero::new(options, outbound, clock.clone()).unwrap()
}

impl Session {
    pub(crate) async fn open() -> Self {
        let server = Server::open().await;
        let tokens = server.sign_in().await;
        let organisations = server.xero.organisations().unwrap();
        let found = organisations.list_organisations(&tokens.access).await.unwrap();
        let tenant = found[0].id.clone();
        Self { server, tokens, tenant }
    }

    pub(crate) fn access(&self) -> Access<'_> {
        Access { token: &self.tokens.access, organisation: &self.tenant }
    }

    pub(crate) fn feeds(&self) -> &dyn ConnectsFeeds {
        self.server.xero.feeds().unwrap()
    }

    pub(crate) fn statements(&self) -> &dyn TakesStatements {
        self.server.xero.statements().unwrap()
    }

    /// A feed of the demo company's current account, connected.
    pub(crate) async fn feed(&self) -> String {
        let feed = self.feeds().create_feed(self.access(), &a_feed(), "feed-1").await.unwrap();
        self.server.wait(1);
        feed.id
    }

    /// One statement of lines by id and amount, after this opening balance.
    pub(crate) fn statement(&self, feed: &str, opening: &str, lines: &[(&str, &str)]) -> Statement {
        let lines: Vec<_> = lines
            .iter()
            .map(|(id, value)| domain::line::Line {
                balance: None,
                ..a_line(id, "2024-02-29", value)
            })
            .collect();
        let opening: Option<Amount> = Some(amount(opening));
        let cut = self.statements().cut(LinesToCut { feed, opening, lines: &lines }).unwrap();
        assert_eq!(cut.statements.len(), 1);
        cut.statements[0].clone()
    }
}

/// A feed of the demo company's current account.
pub(crate) fn a_feed() -> FeedDraft {
    FeedDraft {
        token: "token-1".to_owned(),
        target: FeedTarget::Numbered { number: "12345678".to_owned(), name: "Current".to_owned() },
        kind: TargetKind::Bank,
        currency: CurrencyCode::parse("GBP").unwrap(),
    }
}

/// What is ordered for one operation.
pub(crate) fn fault(fault: &str, operation: &str) -> Value {
    json!({ "fault": fault, "operation": operation })
}
