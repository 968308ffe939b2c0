//! A whole story with every secret that there is in it: none of them stands in clear in the log, in the body of an error,
//! or in the database.

use super::search::Secrets;
use super::token_door::Listener;
use crate::harness::{
    BANK_AUTHORIZATION, Bank, Caller, Consent, Database, Home, OfxCaller, Reply, Server,
    ServerOptions, Sink, XERO_CLIENT_SECRET, XeroSimulator, a_line, on_both, text, today, wait_for,
};
use domain::ids::ConnectionId;
use domain::link_otp::OtpSigner;
use jiff::Timestamp;
use reqwest::header::SET_COOKIE;
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use testkit::PostgresCluster;
use uuid::Uuid;
use vault::{Vault, VaultKey};

on_both! {
    no_secret_stands_anywhere_in_clear;
}

const ENCRYPTION_KEY: &str = "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e";
/// What somebody sends who has no right to.
const WRONG_KEY: &str = "WrongKeyWrongKeyWrongKeyWrongKeyWrongKey";

/// Of a consumer's own headers: one as it is, one that a form would escape.
const HEADERS: [(&str, &str); 2] =
    [("Authorization", "Bearer Kopf-geheim-9"), ("X-Team-Key", "Gruppe & geheim=4")];

/// Sends a request twice under one key: what is kept for the second must hold no secret.
async fn once(caller: &Caller, path: &str, body: Value) -> Reply {
    static KEYS: AtomicU64 = AtomicU64::new(1);
    let key = Uuid::from_u128(KEYS.fetch_add(1, Ordering::Relaxed).into()).to_string();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let send = || {
        let request = caller.request(Method::POST, path).header("Idempotency-Key", &key);
        let request = request.header("Content-Type", "application/json").body(body.clone());
        caller.exchange(request)
    };
    let first = send().await;
    let again = send().await;
    assert!(again.text == first.text || again.status == 409, "{}", again.text);
    first
}

/// A consumer of webhooks with headers of its own, whose secret is made anew once.
async fn listen(caller: &Caller, sink: &Sink, secrets: &Secrets) {
    let add = |made: &Value| {
        secrets.add("webhook secret", text(&made["secret"]).trim_start_matches("whsec_"));
    };
    let hook = json!({"url": format!("{}/hooks", sink.url), "eventTypes": ["company.created"]});
    let hook = once(caller, "/webhooks", hook).await.expect(201).json();
    add(&hook);
    let ours = format!("/ext/v1/webhooks/{}", text(&hook["id"]));
    for (_, value) in HEADERS {
        secrets.add("a webhook's header", value.trim_start_matches("Bearer "));
    }
    let headers: serde_json::Map<_, _> =
        HEADERS.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    caller.patch(&ours, json!({"headers": headers})).await.expect(200);
    add(&once(caller, &format!("{ours}/secret"), Value::Null).await.expect(200).json());
    assert_eq!(secrets.count("webhook secret"), 2);
}

/// The bank hands over a line, and then will not.
async fn sync(caller: &Caller, path: &str, bank: &Bank, secrets: &Secrets) {
    secrets.add("the bank's key", BANK_AUTHORIZATION.trim_start_matches("Bearer "));
    let syncs = format!("{path}/bankFeedAccounts/acc/managedBankFeeds/syncs");
    bank.gives(&[a_line("b", today(), 2.0)], None);
    bank.answers(403, "");
    for status in ["SuccessDataPushed", "Failed"] {
        let begun = caller.post(&syncs, "").await.expect(201).json();
        let sync = format!("{syncs}/{}", text(&begun["syncId"]));
        let ended = wait_for("the sync to end", || async {
            let sync = caller.get(&sync).await.expect(200).json();
            (sync["status"] != "Started").then_some(sync)
        })
        .await;
        assert_eq!(ended["status"], status, "{ended}");
        secrets.are_not_in("a sync", ended.to_string().as_bytes());
    }
}

/// A connection of a new company, with an account.
async fn a_connection(caller: &Caller, platform: &str) -> (String, String) {
    let company = once(caller, "/companies", json!({"name": "Flour & Salt"})).await.expect(200);
    let company = text(&company.json()["id"]);
    let connections = format!("/companies/{company}/connections");
    let made = once(caller, &connections, json!({"platformKey": platform})).await.expect(200);
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
        secrets.add_passwords(&link);
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
    let made = once(caller, &made, Value::Null).await.expect(200).json();
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
    let body = json!({"url": "https://bank.example", "secret": ENCRYPTION_KEY});
    refusals.push(once(caller, "/webhooks", body).await.expect(400));
    for Reply { text, .. } in refusals {
        secrets.are_not_in("an error", text.as_bytes());
    }
}

/// What the database holds of the key that signs links' passwords: that is no secret, for it signs nothing alone.
fn otp_salt(home: &Home) -> Vec<u8> {
    let Some(url) = home.url() else {
        let database = rusqlite::Connection::open(home.folder().join("millrace.db")).unwrap();
        return database
            .query_row("select otp_key from installation", [], |row| row.get(0))
            .unwrap();
    };
    let sql = "select encode(otp_key, 'hex') from installation";
    let digits = PostgresCluster::shared().sql_at(url, sql);
    let pairs = digits.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// The keys that the server derives and never shows; one of its links proves that it is this one.
async fn add_keys(server: &Server, caller: &Caller, path: &str, secrets: &Secrets) {
    let key = VaultKey::parse(ENCRYPTION_KEY).unwrap();
    secrets.add("encryption key", ENCRYPTION_KEY);
    secrets.add("encryption key", [0x5e; 32]);
    let keys = Vault::new(key, Vec::new());
    let keys = keys.derive_keys("one-time passwords of links", &otp_salt(&server.home));
    let connection = caller.get(path).await.expect(200).json();
    let id = ConnectionId::new(text(&connection["id"]).parse().unwrap());
    let link = text(&connection["linkUrl"]);
    let (_, otp) = link.split_once("otp=").unwrap();
    let signer = OtpSigner::new(&keys.current);
    assert!(signer.check(otp, id, Timestamp::UNIX_EPOCH).is_some(), "the key signs {link}");
    secrets.add("the key of links", keys.current.as_slice());
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

/// A server that logs all it can, with what it talks to.
struct Scene {
    server: Server,
    sink: Sink,
    bank: Bank,
    _xero: (XeroSimulator, Listener),
}

impl Scene {
    async fn open(database: Database, secrets: &Secrets) -> Self {
        let xero = XeroSimulator::open_live().await;
        let token_url = format!("{}/identity/connect/token", xero.url);
        let listener = Listener::open(token_url, secrets.clone()).await;
        let bank = Bank::open().await;
        let mut flags = xero.flags_with(&[("xero.token_url", &listener.url)]);
        flags.extend(bank.flags());
        for setting in ["log.filter=trace".to_owned(), format!("encryption.key={ENCRYPTION_KEY}")] {
            flags.extend(["--set".to_owned(), setting]);
        }
        secrets.add("Xero's client secret", XERO_CLIENT_SECRET);
        let options = ServerOptions { flags, ..ServerOptions::default() };
        let server = Server::start_with(database, &options).await;
        Self { server, sink: Sink::open().await, bank, _xero: (xero, listener) }
    }
}

/// A consent to Xero, and a push that arrives there; the connection.
async fn link_xero(caller: &Caller) -> (String, String) {
    let (company, xero) = a_connection(caller, "gbol").await;
    let seen = Consent::open(caller, &xero).await.go().await;
    assert_eq!(seen.status, 303, "{}", seen.body);
    let mapping = format!("{xero}/bankFeedAccounts/mapping");
    caller.post(&mapping, json!({"sourceAccountId": "acc"})).await.expect(200);
    wait_for("the account to be connected", || async {
        let all = caller.get(&mapping).await.expect(200).json();
        (all[0]["status"] == "connected").then_some(())
    })
    .await;
    push(caller, &company, &xero).await;
    (company, xero)
}

async fn no_secret_stands_anywhere_in_clear(database: Database) {
    let secrets = Secrets::default();
    let scene = Scene::open(database, &secrets).await;
    let (server, sink) = (&scene.server, &scene.sink);
    let caller = server.caller().keeping_answers();
    secrets.add("API key", &caller.key);
    let another = once(&caller, "/apiKeys", json!({"name": "another"})).await.expect(201).json();
    secrets.add("API key", text(&another["apiKey"]));
    listen(&caller, sink, &secrets).await;

    let (company, quickbooks) = a_connection(&caller, "hcws").await;
    open_links(&caller, &company, &quickbooks, &secrets).await;
    sign_on(&caller, &quickbooks, &secrets).await;
    push(&caller, &company, &quickbooks).await;
    sync(&caller, &quickbooks, &scene.bank, &secrets).await;
    let (company, xero) = link_xero(&caller).await;
    go_wrong(&caller, &company, &secrets).await;
    let heard = sink.hears(2).await;
    assert!(HEADERS.iter().all(|(name, value)| heard[1].header(name) == *value));
    add_keys(server, &caller, &xero, &secrets).await;
    for answer in caller.answers() {
        secrets.add_passwords(&answer);
    }

    for name in ["code", "code_verifier", "access_token", "refresh_token"] {
        assert!(secrets.count(name) > 0, "no {name} has passed");
    }
    assert!(secrets.count("link password") >= 8, "each answer with a link has its own");
    for message in heard {
        secrets.are_not_in("a webhook", &message.body);
    }
    let database = kept(server);
    assert!(String::from_utf8_lossy(&database).contains("Flour & Salt"), "it is read in clear");
    let log = server.log().join("\n");
    assert!(log.contains("a link was opened") && log.len() > 10_000, "the log tells everything");
    let places = [("the database", database), ("the log", log.into_bytes())];
    let found = places.iter().flat_map(|(place, content)| secrets.found_in(place, content));
    let found = found.collect::<Vec<_>>();
    assert!(found.is_empty(), "{found:#?}");
}
