//! A simulated Xero that listens, and the little of a client that these tests need.

use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use simulators::Xero;
use std::sync::Arc;
use testkit::ManualClock;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

pub(crate) const CLIENT_ID: &str = "app-id";
pub(crate) const CLIENT_SECRET: &str = "app-secret";
pub(crate) const CALLBACK: &str = "http://localhost:9/callback";
pub(crate) const SCOPE: &str = "offline_access openid bankfeeds accounting.settings.read";

/// A Xero at noon of 29 February 2024.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) http: Client,
    pub(crate) clock: Arc<ManualClock>,
    _serving: JoinSet<()>,
}

/// A user who has said yes.
pub(crate) struct Session {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) tenant: String,
}

/// What came back.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The `type` of the error in it, wherever it stands.
    pub(crate) fn problem(&self) -> String {
        let json = self.json();
        let places = ["/type", "/items/0/error/type", "/items/0/errors/0/type"];
        let found = places.iter().find_map(|place| json.pointer(place)?.as_str());
        found.unwrap_or_default().to_owned()
    }
}

pub(crate) async fn read(answer: Response) -> Answer {
    let header = |name: &str| {
        let value = answer.headers().get(name);
        value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    };
    let (status, kind) = (answer.status().as_u16(), header("content-type"));
    Answer { status, kind, text: answer.text().await.unwrap() }
}

impl Server {
    pub(crate) async fn open() -> Self {
        let clock = Arc::new(ManualClock::default());
        let xero = Xero::new(clock.clone(), CLIENT_ID, CLIENT_SECRET);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = simulators::xero::router(xero);
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        let http = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { url, http, clock, _serving: serving }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    /// A call of the control API that must succeed.
    pub(crate) async fn control(&self, method: Method, path: &str, body: Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = self.request(method, &format!("/control/{path}")).body(body);
        let answer = read(request.send().await.unwrap()).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.json()
    }

    pub(crate) async fn order(&self, fault: Value) {
        self.control(Method::POST, "faults", fault).await;
    }

    /// Returns once such a call has come, be it unanswered.
    pub(crate) async fn until_seen(&self, operation: &str) {
        loop {
            let calls = self.control(Method::GET, "calls", Value::Null).await;
            let mut seen = calls["calls"].as_array().unwrap().iter();
            if seen.any(|call| call["operation"] == operation) {
                return;
            }
        }
    }

    pub(crate) async fn ledger(&self) -> Vec<Value> {
        let ledger = self.control(Method::GET, "ledger", Value::Null).await;
        ledger["accounts"].as_array().unwrap().clone()
    }

    pub(crate) async fn demo_tenant(&self) -> String {
        let shown = self.control(Method::GET, "organisations", Value::Null).await;
        shown["organisations"][0]["tenantId"].as_str().unwrap().to_owned()
    }

    /// The address of the consent page.
    pub(crate) fn consent_page(&self, changes: &[(&str, &str)]) -> String {
        let mut url = Url::parse(&format!("{}/identity/connect/authorize", self.url)).unwrap();
        let usual = [
            ("response_type", "code"),
            ("client_id", CLIENT_ID),
            ("redirect_uri", CALLBACK),
            ("scope", SCOPE),
            ("state", "s t"),
        ];
        let kept = usual.iter().filter(|(name, _)| !changes.iter().any(|(one, _)| one == name));
        url.query_pairs_mut().extend_pairs(kept).extend_pairs(changes);
        url.into()
    }

    /// Presses a button on the page.
    pub(crate) async fn press(&self, page: &str, decision: &str, tenant: &str) -> Response {
        let form = format!("decision={decision}&organisation={tenant}");
        self.http.post(page).body(form).send().await.unwrap()
    }

    /// A form at the token endpoint, from the app.
    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> Answer {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.request(Method::POST, "/identity/connect/token");
        let request = request.basic_auth(CLIENT_ID, Some(CLIENT_SECRET)).body(form);
        read(request.send().await.unwrap()).await
    }

    pub(crate) async fn redeem(&self, code: &str) -> Answer {
        let form =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", CALLBACK)];
        self.token(&form).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// A user says yes for this organisation.
    pub(crate) async fn sign_in(&self, tenant: &str) -> Session {
        let back = self.press(&self.consent_page(&[]), "allow", tenant).await;
        let tokens = self.redeem(&query(&back, "code").unwrap()).await.json();
        let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
        let (access, refresh) = (text("access_token"), text("refresh_token"));
        Session { access, refresh, tenant: tenant.to_owned() }
    }

    pub(crate) async fn demo_session(&self) -> Session {
        self.sign_in(&self.demo_tenant().await).await
    }
}

impl Session {
    pub(crate) fn request(&self, server: &Server, method: Method, path: &str) -> RequestBuilder {
        let request = server.request(method, path).bearer_auth(&self.access);
        request.header("Xero-Tenant-Id", &self.tenant).header("Accept", "application/json")
    }

    pub(crate) async fn get(&self, server: &Server, path: &str) -> Answer {
        read(self.request(server, Method::GET, path).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, server: &Server, path: &str, body: &Value) -> Answer {
        let request = self.request(server, Method::POST, path).body(body.to_string());
        read(request.send().await.unwrap()).await
    }

    /// A feed of the demo company's current account, connected.
    pub(crate) async fn feed(&self, server: &Server) -> String {
        let answer = self.post(server, FEEDS, &json!({ "items": [a_feed()] })).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
        wait(server, 1);
        answer.json()["items"][0]["id"].as_str().unwrap().to_owned()
    }
}

pub(crate) const FEEDS: &str = "/bankfeeds.xro/1.0/FeedConnections";
pub(crate) const STATEMENTS: &str = "/bankfeeds.xro/1.0/Statements";

/// Time goes by.
pub(crate) fn wait(server: &Server, secs: i64) {
    server.clock.advance(jiff::SignedDuration::from_secs(secs));
}

/// A field of the address to which an answer sends the browser.
pub(crate) fn query(answer: &Response, name: &str) -> Option<String> {
    let url = Url::parse(answer.headers().get(LOCATION)?.to_str().unwrap()).unwrap();
    let mut pairs = url.query_pairs();
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// A feed of the demo company's current account.
pub(crate) fn a_feed() -> Value {
    json!({"accountToken": "token-1", "accountNumber": "12345678", "accountName": "Current",
        "accountType": "BANK", "currency": "GBP"})
}

/// A statement with one line, of so much money out of 100.
pub(crate) fn a_statement(feed: &str, id: &str, spent: &str, left: &str) -> Value {
    json!({"feedConnectionId": feed, "startDate": "2024-02-28", "endDate": "2024-02-29",
        "startBalance": {"amount": "100", "creditDebitIndicator": "CREDIT"},
        "endBalance": {"amount": left, "creditDebitIndicator": "CREDIT"},
        "statementLines": [{"postedDate": "2024-02-29", "description": "Coffee", "amount": spent,
            "creditDebitIndicator": "DEBIT", "transactionId": id, "payeeName": "Corner Cafe"}]})
}
