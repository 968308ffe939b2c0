//! A server that takes a simulator for Xero, a bank's company on it, and what both say.

use crate::harness::{
    Caller, Consent, Database, Server, ServerOptions, XeroSimulator, a_line, text, today, wait_for,
};
use reqwest::Method;
use serde_json::{Value, json};

pub(super) struct Scene {
    pub(super) simulator: XeroSimulator,
    pub(super) server: Server,
    pub(super) caller: Caller,
    pub(super) company: String,
    pub(super) connection: String,
}

impl Scene {
    /// Nobody has linked anything yet; there are two accounts.
    pub(super) async fn open(database: Database) -> Self {
        let simulator = XeroSimulator::open_live().await;
        let flags = simulator.flags();
        Self::with(simulator, database, flags).await
    }

    /// The same with a server of these flags.
    pub(super) async fn with(
        simulator: XeroSimulator,
        database: Database,
        flags: Vec<String>,
    ) -> Self {
        let options = ServerOptions { flags, ..ServerOptions::default() };
        let server = Server::start_with(database, &options).await;
        let caller = server.caller();
        let company = caller.post("/companies", json!({"name": "Flour & Salt"})).await.expect(200);
        let company = text(&company.json()["id"]);
        let connections = format!("/companies/{company}/connections");
        let connection = caller.post(&connections, json!({"platformKey": "gbol"})).await;
        let connection = text(&connection.expect(200).json()["id"]);
        let scene = Self { simulator, server, caller, company, connection };
        let current = json!({"id": "current", "accountName": "Current", "accountType": "Debit",
            "accountNumber": "87654321", "currency": "GBP", "balance": 100});
        let card = json!({"id": "card", "accountName": "Card", "accountType": "Credit",
            "accountNumber": "5544333322221111", "currency": "GBP", "balance": 0});
        for account in [current, card] {
            let path = scene.path("/connectionInfo/bankFeedAccounts");
            scene.caller.post(&path, account).await.expect(200);
        }
        scene
    }

    /// Linked, with these accounts mapped to new ones in the books.
    pub(super) async fn linked(database: Database, accounts: &[&str]) -> Self {
        let scene = Self::open(database).await;
        scene.link().await;
        for account in accounts {
            scene.map(account).await;
        }
        scene
    }

    pub(super) fn path(&self, rest: &str) -> String {
        format!("/companies/{}/connections/{}{rest}", self.company, self.connection)
    }

    pub(super) async fn link(&self) {
        let seen = Consent::open(&self.caller, &self.path("")).await.go().await;
        assert_eq!(seen.status, 303, "{}", seen.body);
        assert_eq!(self.status().await, "Linked");
    }

    pub(super) async fn shown(&self) -> Value {
        self.caller.get(&self.path("")).await.expect(200).json()
    }

    pub(super) async fn status(&self) -> String {
        text(&self.shown().await["status"])
    }

    /// Waits until the connection has this status.
    pub(super) async fn until(&self, status: &str) -> Value {
        wait_for(status, || async {
            let shown = self.shown().await;
            (shown["status"] == status).then_some(shown)
        })
        .await
    }

    pub(super) async fn wish(&self, account: &str) -> Value {
        let wish = json!({"sourceAccountId": account});
        let path = self.path("/bankFeedAccounts/mapping");
        self.caller.post(&path, wish).await.expect(200).json()
    }

    /// An account's entry once it is no longer connecting.
    pub(super) async fn mapped(&self, account: &str) -> Value {
        wait_for("the mapping to settle", || async {
            let all = self.caller.get(&self.path("/bankFeedAccounts/mapping")).await.expect(200);
            let all = all.json();
            let mut entries = all.as_array().unwrap().iter();
            let entry = entries.find(|entry| entry["sourceAccountId"] == account).unwrap().clone();
            (entry["status"] != "connecting").then_some(entry)
        })
        .await
    }

    pub(super) async fn map(&self, account: &str) {
        assert_eq!(self.wish(account).await["status"], "connecting");
        assert_eq!(self.mapped(account).await["status"], "connected");
    }

    /// Pushes a line for each id and amount; the operation's key.
    pub(super) async fn push(&self, account: &str, lines: &[(&str, f64)]) -> String {
        self.push_within(account, lines, "").await
    }

    pub(super) async fn push_within(
        &self,
        account: &str,
        lines: &[(&str, f64)],
        query: &str,
    ) -> String {
        let path = self.path(&format!("/push/bankAccounts/{account}/bankTransactions{query}"));
        let lines: Vec<_> = lines.iter().map(|(id, amount)| a_line(id, today(), *amount)).collect();
        let body = json!({"accountId": account, "transactions": lines});
        let pushed = self.caller.post(&path, body).await.expect(200).json();
        text(&pushed["pushOperationKey"])
    }

    pub(super) async fn ended(&self, push: &str) -> Value {
        self.caller.ended_push(&self.company, push).await
    }

    /// Pushes, and waits for its success.
    pub(super) async fn deliver(&self, account: &str, lines: &[(&str, f64)]) {
        let ended = self.ended(&self.push(account, lines).await).await;
        assert_eq!(ended["status"], "Success", "{ended}");
    }

    /// The ids in the book that was made for an account, in their order. Whatever happened, no line is there twice.
    pub(super) async fn ids(&self, account: &str) -> Vec<String> {
        let name = if account == "current" { "Current" } else { "Card" };
        let mut ids = Vec::new();
        for book in self.simulator.ledger().await {
            assert_eq!(book["repeated"], 0, "{book}");
            if book["name"] == name {
                let lines = book["lines"].as_array().unwrap();
                ids.extend(lines.iter().map(|line| text(&line["transactionId"])));
            }
        }
        ids
    }

    /// Every statement begins where the one before it ended.
    pub(super) async fn expect_continuous(&self) {
        for book in self.simulator.ledger().await {
            assert_eq!(book["isContinuous"], true, "{book}");
        }
    }

    pub(super) async fn order(&self, fault: Value) {
        self.simulator.control(Method::POST, "faults", fault).await;
    }

    pub(super) async fn set(&self, settings: Value) {
        self.simulator.control(Method::PATCH, "settings", settings).await;
    }

    /// The kinds of all events so far.
    pub(super) async fn events(&self) -> Vec<String> {
        let events = self.caller.get("/ext/v1/events").await.expect(200).json();
        let events = events["results"].as_array().unwrap();
        events.iter().map(|kept| text(&kept["event"]["eventType"])).collect()
    }
}
