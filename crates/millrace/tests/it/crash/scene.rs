//! Everybody else: customers with their books at QuickBooks and at Xero, and an endpoint that hears of events. All of them
//! outlive the server.

use super::bank::{Account, Bank, Side};
use super::teller::pause;
use crate::harness::{
    Caller, Consent, MachineClock, Sink, XeroSimulator, days_ago, text, wait_for,
};
use domain::webhook::EVENT_TYPES;
use reqwest::Method;
use serde_json::{Value, json};
use simulators::QuickBooks;
use simulators::quickbooks::{Choice, Chosen};
use std::sync::Arc;
use testkit::Dice;
use tokio_util::sync::CancellationToken;

/// Customers of each side, and the accounts of each.
const CUSTOMERS: usize = 2;
const ACCOUNTS: usize = 3;
const POLL_PAUSE_MILLIS: (u64, u64) = (50, 300);

/// The others.
pub(super) struct Scene {
    pub(super) simulator: XeroSimulator,
    pub(super) quickbooks: Arc<QuickBooks>,
    pub(super) sink: Sink,
    /// What messages are signed with.
    pub(super) secret: String,
    pub(super) bank: Arc<Bank>,
}

/// A Xero that takes as much as there is: limits are another story.
pub(super) async fn open_xero() -> XeroSimulator {
    let simulator = XeroSimulator::open_live().await;
    let limits = json!({"concurrent": 1_000, "minute": 1_000_000, "day": 10_000_000, "appMinute": 1_000_000});
    simulator.control(Method::PATCH, "settings", json!({"limits": limits, "consent": "ask"})).await;
    simulator
}

/// The flags of servers that know these others.
pub(super) fn flags(simulator: &XeroSimulator) -> Vec<String> {
    simulator.flags_with(&[
        ("xero.calls_at_once", "1000"),
        ("xero.calls_per_minute", "1000000"),
        ("xero.calls_per_day", "1000000"),
        // What a dead process held is soon taken up by another.
        ("worker.lease_secs", "1"),
        ("worker.poll_ms", "50"),
        ("quickbooks.test_transactions", "off"),
        ("webhooks.allowed_subnets", "127.0.0.0/8"),
    ])
}

impl Scene {
    /// Customers who have linked everything; from the first event on there is somebody who hears.
    pub(super) async fn open(simulator: XeroSimulator, caller: &Caller) -> Self {
        let sink = Sink::open().await;
        let consumer = json!({"url": sink.url, "eventTypes": EVENT_TYPES});
        let consumer = caller.post("/webhooks", consumer).await.expect(201).json();
        let target = format!("{}/ofx", caller.url);
        let quickbooks = QuickBooks::open(&target, None, Arc::new(MachineClock)).unwrap();
        let mut accounts = Vec::new();
        for customer in 0..CUSTOMERS {
            accounts.extend(link_quickbooks(caller, &quickbooks, customer).await);
            accounts.extend(link_xero(caller, &simulator, customer).await);
        }
        // Moments at which an answer is under way are what a crash has to meet.
        for (fault, percent, millis) in [("latency", 25, 60), ("slow-drip", 33, 15)] {
            let order = json!({
                "fault": fault, "operation": "create-statements", "secs": 86_400, "percent": percent,
                "millis": millis,
            });
            simulator.control(Method::POST, "faults", order).await;
        }
        Self {
            simulator,
            quickbooks: Arc::new(quickbooks),
            sink,
            secret: text(&consumer["secret"]),
            bank: Arc::new(Bank::new(accounts)),
        }
    }

    /// QuickBooks fetches again and again until `stop`; answers how many statements it got.
    pub(super) async fn poll(
        quickbooks: Arc<QuickBooks>,
        dice: Dice,
        stop: CancellationToken,
    ) -> usize {
        let mut fetched = 0;
        while !stop.is_cancelled() {
            let polls = quickbooks.poll().await.unwrap();
            fetched += polls.iter().filter(|poll| poll.error.is_none()).count();
            pause(&dice, POLL_PAUSE_MILLIS).await;
        }
        fetched
    }
}

/// A company with a connection and accounts that lead nowhere yet.
async fn customer(caller: &Caller, side: Side, number: usize) -> Vec<Account> {
    let (platform, currency) = match side {
        Side::QuickBooks => ("hcws", "USD"),
        Side::Xero => ("gbol", "GBP"),
    };
    let name = format!("{side:?} customer {number}");
    let company = caller.post("/companies", json!({"name": name})).await.expect(200).json();
    let company = text(&company["id"]);
    let connections = format!("/companies/{company}/connections");
    let connection = caller.post(&connections, json!({"platformKey": platform})).await;
    let connection = text(&connection.expect(200).json()["id"]);
    let mut accounts = Vec::new();
    for place in 0..ACCOUNTS {
        let id = format!("{side:?}-{number}-{place}").to_lowercase();
        let account = Account::new(side, &company, &connection, id.clone());
        let details = json!({
            "id": id, "accountName": id, "accountType": "Debit", "currency": currency,
            "accountNumber": format!("7700{number}{place}00"), "balance": 0,
        });
        let path = account.at("connectionInfo/bankFeedAccounts");
        caller.post(&path, details).await.expect(200);
        accounts.push(account);
    }
    accounts
}

async fn link_quickbooks(caller: &Caller, quickbooks: &QuickBooks, number: usize) -> Vec<Account> {
    let accounts = customer(caller, Side::QuickBooks, number).await;
    let path = accounts[0].at("connectionInfo/bankFeedAccounts/credentials");
    let credentials = caller.post(&path, "\"{}\"").await.expect(200).json();
    let [username, password] = ["username", "password"].map(|name| text(&credentials[name]));
    let connection = &accounts[0].connection;
    let signed_in = quickbooks.link(connection, &username, &password).await.unwrap();
    let ids = accounts.iter().map(|account| &account.id);
    let number = |id: &String| {
        let offer = signed_in.offered.iter().find(|offer| offer.name.starts_with(id)).unwrap();
        (offer.number.clone(), id.clone())
    };
    let choice = Choice {
        accounts: Chosen::All,
        start: Some(days_ago(3)),
        source_ids: ids.map(number).collect(),
    };
    let chosen = quickbooks.choose(connection, &choice).await.unwrap();
    assert_eq!(chosen.len(), accounts.len(), "{chosen:?}");
    accounts
}

async fn link_xero(caller: &Caller, simulator: &XeroSimulator, number: usize) -> Vec<Account> {
    let accounts = customer(caller, Side::Xero, number).await;
    let user = format!("user{number}@example.com");
    let organisation = json!({"name": format!("Organisation {number}"), "user": user});
    let made = simulator.control(Method::POST, "organisations", organisation).await;
    let connection = accounts[0].at("");
    let connection = connection.trim_end_matches('/');
    let visit = Consent::open(caller, connection).await;
    let seen = visit.choose(&text(&made["tenantId"])).await;
    assert_eq!(seen.status, 303, "{}", seen.body);
    let mappings = accounts[0].at("bankFeedAccounts/mapping");
    for account in &accounts {
        caller.post(&mappings, json!({"sourceAccountId": account.id})).await.expect(200);
    }
    wait_for("the accounts to be connected", || async {
        let all = caller.get(&mappings).await.expect(200).json();
        let is_connected = |entry: &Value| entry["status"] == "connected";
        all.as_array().unwrap().iter().all(is_connected).then_some(())
    })
    .await;
    accounts
}
