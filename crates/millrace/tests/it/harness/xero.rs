//! A simulated Xero that listens, at a time of its own, and a user who has said yes. Orders and looks go through its
//! control API.

use domain::clock::Clock;
use jiff::Timestamp;
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::sync::Arc;
use testkit::ManualClock;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The app that the simulator knows.
pub(crate) const XERO_CLIENT_ID: &str = "app-id";
pub(crate) const XERO_CLIENT_SECRET: &str = "app-secret";
/// Where browsers come back to. Nobody listens there: the address is read from the answer.
const CALLBACK: &str = "http://localhost:9/callback";
const SCOPE: &str = "offline_access openid bankfeeds accounting.settings.read";

/// The machine's clock, for a simulator that a real server talks with.
#[derive(Debug)]
pub(crate) struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A running simulator; it ends when dropped.
pub(crate) struct XeroSimulator {
    pub(crate) url: String,
    http: Client,
    _serving: JoinSet<()>,
}

/// What opens the demo company.
pub(crate) struct XeroGrant {
    pub(crate) token: String,
    pub(crate) tenant: String,
}

impl XeroSimulator {
    /// One at noon of 29 February 2024, where time goes by only when it is told to.
    pub(crate) async fn open() -> Self {
        Self::open_at(Arc::new(ManualClock::default())).await
    }

    /// One that lives in our time, and whose customer says yes without being asked.
    pub(crate) async fn open_live() -> Self {
        let simulator = Self::open_at(Arc::new(MachineClock)).await;
        let settings = json!({"consent": "allow", "deliverySecs": 0, "feedSecs": 0});
        simulator.control(Method::PATCH, "settings", settings).await;
        simulator
    }

    /// The flags of a server that takes it for Xero.
    pub(crate) fn flags(&self) -> Vec<String> {
        self.flags_with(&[])
    }

    /// The same with some of the settings otherwise.
    pub(crate) fn flags_with(&self, otherwise: &[(&str, &str)]) -> Vec<String> {
        let identity = |page: &str| format!("{}/identity/connect/{page}", self.url);
        let mut settings = vec![
            ("xero.client_id".to_owned(), XERO_CLIENT_ID.to_owned()),
            ("xero.client_secret".to_owned(), XERO_CLIENT_SECRET.to_owned()),
            ("xero.authorize_url".to_owned(), identity("authorize")),
            ("xero.token_url".to_owned(), identity("token")),
            ("xero.revoke_url".to_owned(), identity("revocation")),
            ("xero.api_url".to_owned(), self.url.clone()),
        ];
        for (name, value) in otherwise {
            settings.retain(|(known, _)| known != name);
            settings.push(((*name).to_owned(), (*value).to_owned()));
        }
        let flags = settings.iter().map(|(name, value)| format!("{name}={value}"));
        flags.flat_map(|flag| ["--set".to_owned(), flag]).collect()
    }

    /// One with this clock.
    pub(crate) async fn open_at(clock: Arc<dyn Clock>) -> Self {
        let xero = simulators::Xero::new(clock, XERO_CLIENT_ID, XERO_CLIENT_SECRET);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = simulators::xero::router(xero);
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        let http = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { url, http, _serving: serving }
    }

    /// A call of the control API that must succeed; a body that is null is none.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = self.http.request(method, format!("{}/control/{path}", self.url));
        let answer = request.body(body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The books, an account each.
    pub(crate) async fn ledger(&self) -> Vec<Value> {
        let ledger = self.control(Method::GET, "ledger", Value::Null).await;
        ledger["accounts"].as_array().unwrap().clone()
    }

    /// How often an operation was asked for.
    pub(crate) async fn count(&self, operation: &str) -> usize {
        let calls = self.control(Method::GET, "calls", Value::Null).await;
        let mut calls = calls["calls"].as_array().unwrap().clone();
        calls.retain(|call| call["operation"] == operation);
        calls.len()
    }

    /// The page on which a user says yes or no.
    pub(crate) fn consent_page(&self) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("response_type", "code"),
                ("client_id", XERO_CLIENT_ID),
                ("redirect_uri", CALLBACK),
                ("scope", SCOPE),
                ("state", "s"),
            ])
            .finish();
        format!("{}/identity/connect/authorize?{query}", self.url)
    }

    /// The user of the demo company says yes.
    pub(crate) async fn sign_in(&self) -> XeroGrant {
        let shown = self.control(Method::GET, "organisations", Value::Null).await;
        let tenant = shown["organisations"][0]["tenantId"].as_str().unwrap().to_owned();
        let form = format!("decision=allow&organisation={tenant}");
        let back = self.http.post(self.consent_page()).body(form).send().await.unwrap();
        let back = url::Url::parse(back.headers()[LOCATION].to_str().unwrap()).unwrap();
        let code = back.query_pairs().find(|(name, _)| name == "code").unwrap().1;
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", CALLBACK),
            ])
            .finish();
        let request = self.http.post(format!("{}/identity/connect/token", self.url));
        let request = request.basic_auth(XERO_CLIENT_ID, Some(XERO_CLIENT_SECRET)).body(form);
        let tokens: Value = request.send().await.unwrap().json().await.unwrap();
        XeroGrant { token: tokens["access_token"].as_str().unwrap().to_owned(), tenant }
    }
}
