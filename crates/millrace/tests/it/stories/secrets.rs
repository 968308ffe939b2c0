//! A whole story with every secret that there is in it: none of them stands in clear in the log, in the body of an error,
//! or in the database.

use crate::harness::{
    Caller, Consent, Database, OfxCaller, Reply, Server, ServerOptions, Sink, XERO_CLIENT_SECRET,
    XeroSimulator, a_line, on_both, text, today, wait_for,
};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use reqwest::Client;
use reqwest::header::SET_COOKIE;
use reqwest::redirect::Policy;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use testkit::PostgresCluster;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::form_urlencoded;

on_both! {
    no_secret_stands_anywhere_in_clear;
}

const ENCRYPTION_KEY: &str = "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e";
/// What somebody sends who has no right to.
const WRONG_KEY: &str = "WrongKeyWrongKeyWrongKeyWrongKeyWrongKey";

/// Everything that must not be found, each with a name for whoever reads the failure.
#[derive(Clone, Default)]
struct Secrets(Arc<Mutex<Vec<(String, String)>>>);

impl Secrets {
    fn add(&self, name: &str, value: &str) {
        assert!(value.len() > 8, "{name} {value:?} is no secret");
        self.0.lock().unwrap().push((name.to_owned(), value.to_owned()));
    }

    /// The fields of that name in a form.
    fn add_fields(&self, form: &str, names: &[&str]) {
        for (name, value) in form_urlencoded::parse(form.as_bytes()) {
            if names.contains(&name.as_ref()) {
                self.add(&name, &value);
            }
        }
    }

    fn count(&self, name: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|(known, _)| known == name).count()
    }

    /// None of them stands there, neither as it is nor in hexadecimal, as PostgreSQL shows bytes.
    fn are_not_in(&self, place: &str, content: &[u8]) {
        let content = String::from_utf8_lossy(content);
        for (name, value) in self.0.lock().unwrap().iter() {
            let digits =
                value.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
            assert!(!content.contains(value), "{place} has {name} in clear");
            assert!(!content.contains(&digits), "{place} has {name} in hexadecimal");
        }
    }
}

/// Stands before Xero's token endpoint and writes down every secret that passes.
struct Listener {
    url: String,
    _serving: JoinSet<()>,
}

impl Listener {
    async fn open(token_url: String, secrets: Secrets) -> Self {
        let http = Client::builder().no_proxy().build().unwrap();
        let router =
            Router::new().route("/token", post(pass)).with_state((token_url, http, secrets));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        let mut serving = JoinSet::new();
        serving.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, _serving: serving }
    }
}

async fn pass(
    State((token_url, http, secrets)): State<(String, Client, Secrets)>,
    headers: HeaderMap,
    body: Bytes,
) -> (axum::http::StatusCode, String) {
    let form = String::from_utf8(body.to_vec()).unwrap();
    secrets.add_fields(&form, &["code", "code_verifier", "refresh_token"]);
    let authorization = headers["authorization"].to_str().unwrap();
    secrets.add("authorization", authorization.trim_start_matches("Basic "));
    let request = http.post(token_url).header("authorization", authorization);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(form).send().await.unwrap();
    let status = answer.status();
    let answer = answer.text().await.unwrap();
    let told: Value = serde_json::from_str(&answer).unwrap();
    for name in ["access_token", "refresh_token", "id_token"] {
        if let Some(token) = told[name].as_str() {
            secrets.add(name, token);
        }
    }
    (status, answer)
}

/// A connection of a new company, with an account.
async fn a_connection(caller: &Caller, platform: &str) -> (String, String) {
    let company = caller.post("/companies", json!({"name": "Flour & Salt"})).await.expect(200);
    let company = text(&company.json()["id"]);
    let connections = format!("/companies/{company}/connections");
    let made = caller.post(&connections, json!({"platformKey": platform})).await.expect(200);
    let path = format!("{connections}/{}", text(&made.json()["id"]));
    let account = json!({"id": "acc", "accountName": "Till", "currency": "GBP", "balance": 1});
    let accounts = format!("{path}/connectionInfo/bankFeedAccounts");
    caller.post(&accounts, account).await.expect(200);
    (company, path)
}

async fn push(caller: &Caller, company: &str, path: &str) {
    let body = json!({"accountId": "acc", "transactions": [a_line("a", today(), 1.0)]});
    let path = format!("{path}/push/bankAccounts/acc/bankTransactions");
    let pushed = caller.post(&path, body).await.expect(200).json();
    let ended = caller.ended_push(company, &text(&pushed["pushOperationKey"])).await;
    assert_eq!(ended["status"], "Success", "{ended}");
}

/// A customer opens both links of a company and its connection.
async fn open_links(caller: &Caller, company: &str, path: &str, secrets: &Secrets) {
    let http = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
    let redirect = text(&caller.get(&format!("/companies/{company}")).await.json()["redirect"]);
    let link = text(&caller.get(path).await.json()["linkUrl"]);
    for link in [redirect, link] {
        let (_, otp) = link.split_once("otp=").unwrap();
        secrets.add("link password", otp);
        let opened = http.get(&link).send().await.unwrap();
        assert_eq!(opened.status(), 303);
        let cookie = opened.headers()[SET_COOKIE].to_str().unwrap();
        let (_, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        secrets.add("visit", value);
        let again = http.get(&link).send().await.unwrap();
        assert_eq!(again.status(), 401);
        secrets.are_not_in("a page that refuses", &again.bytes().await.unwrap());
    }
}

/// QuickBooks signs on with the right password and with a wrong one.
async fn sign_on(caller: &Caller, path: &str, secrets: &Secrets) {
    let made = format!("{path}/connectionInfo/bankFeedAccounts/credentials");
    let made = caller.post(&made, "").await.expect(200).json();
    let (username, password) = (text(&made["username"]), text(&made["password"]));
    secrets.add("QuickBooks' password", &password);
    let quickbooks = OfxCaller::new(caller, &username, &password);
    let number = quickbooks.numbers().await.remove(0);
    let window = format!("<DTSTART>{}", today().strftime("%Y%m%d"));
    quickbooks.statement(&number, &window).await;
    let wrong = format!("{password}x");
    secrets.add("a wrong password", &wrong);
    let refused = OfxCaller::new(caller, &username, &wrong).accounts().await;
    assert!(refused.contains("15500"));
    secrets.are_not_in("an OFX refusal", refused.as_bytes());
}

/// Whoever comes with a wrong secret, or a right one in the wrong place, is told so without it.
async fn go_wrong(caller: &Caller, company: &str, secrets: &Secrets) {
    secrets.add("a wrong key", WRONG_KEY);
    let path = format!("/companies/{company}");
    let token = caller.get(&format!("{path}/accessToken")).await.expect(200).json();
    let token = text(&token["accessToken"]);
    secrets.add("company token", &token);
    let stranger = Caller::new(&caller.url, WRONG_KEY);
    let mut refusals = vec![stranger.get(&path).await.expect(401)];
    for token in [format!("{token}x"), token] {
        let request = Client::builder().no_proxy().build().unwrap();
        let request = request.get(format!("{}/companies", caller.url)).bearer_auth(token);
        let refused = Caller::send(request).await;
        assert!([401, 403].contains(&refused.status), "{}", refused.text);
        refusals.push(refused);
    }
    let body = json!({"url": "https://bank.example", "secret": secrets.0.lock().unwrap()[0].1});
    refusals.push(caller.post("/webhooks", body).await.expect(400));
    for Reply { text, .. } in refusals {
        secrets.are_not_in("an error", text.as_bytes());
    }
}

/// All that is kept, as bytes.
fn kept(server: &Server) -> Vec<u8> {
    let mut all = Vec::new();
    for file in std::fs::read_dir(server.home.folder()).unwrap().map(Result::unwrap) {
        if file.metadata().unwrap().is_file() {
            all.extend(std::fs::read(file.path()).unwrap());
        }
    }
    if let Some(url) = server.home.url() {
        let cluster = PostgresCluster::shared();
        let sql = "select table_name from information_schema.tables where table_schema = 'public'";
        let tables = cluster.sql_at(url, sql);
        assert!(tables.lines().count() > 20, "{tables}");
        for table in tables.lines() {
            let rows = format!("select \"{table}\"::text from \"{table}\"");
            all.extend(cluster.sql_at(url, &rows).into_bytes());
        }
    }
    all
}

async fn no_secret_stands_anywhere_in_clear(database: Database) {
    let secrets = Secrets::default();
    let simulator = XeroSimulator::open_live().await;
    let token_url = format!("{}/identity/connect/token", simulator.url);
    let listener = Listener::open(token_url, secrets.clone()).await;
    let mut flags = simulator.flags_with(&[("xero.token_url", &listener.url)]);
    for setting in ["log.filter=trace".to_owned(), format!("encryption.key={ENCRYPTION_KEY}")] {
        flags.extend(["--set".to_owned(), setting]);
    }
    secrets.add("encryption key", ENCRYPTION_KEY);
    secrets.add("Xero's client secret", XERO_CLIENT_SECRET);
    let server =
        Server::start_with(database, &ServerOptions { flags, ..ServerOptions::default() }).await;
    let caller = server.caller();
    secrets.add("API key", &caller.key);
    let sink = Sink::open().await;
    let hook = json!({"url": format!("{}/hooks", sink.url), "eventTypes": ["company.created"]});
    let hook = caller.post("/webhooks", hook).await.expect(201).json();
    secrets.add("webhook secret", text(&hook["secret"]).trim_start_matches("whsec_"));

    let (company, quickbooks) = a_connection(&caller, "hcws").await;
    open_links(&caller, &company, &quickbooks, &secrets).await;
    sign_on(&caller, &quickbooks, &secrets).await;
    push(&caller, &company, &quickbooks).await;
    let (company, xero) = a_connection(&caller, "gbol").await;
    let seen = Consent::open(&caller, &xero).await.go().await;
    assert_eq!(seen.status, 303, "{}", seen.body);
    let mapping = format!("{xero}/bankFeedAccounts/mapping");
    caller.post(&mapping, json!({"sourceAccountId": "acc"})).await.expect(200);
    wait_for("the account to be connected", || async {
        let all = caller.get(&mapping).await.expect(200).json();
        (all[0]["status"] == "connected").then_some(())
    })
    .await;
    push(&caller, &company, &xero).await;
    go_wrong(&caller, &company, &secrets).await;

    for name in ["code", "code_verifier", "access_token", "refresh_token"] {
        assert!(secrets.count(name) > 0, "no {name} has passed");
    }
    let database = kept(&server);
    assert!(String::from_utf8_lossy(&database).contains("Flour & Salt"), "it is read in clear");
    secrets.are_not_in("the database", &database);
    let log = server.log().join("\n");
    assert!(log.contains("a link was opened") && log.len() > 10_000, "the log tells everything");
    secrets.are_not_in("the log", log.as_bytes());
}
