//! A bank with a name of its own, and a connection that its customer is to link.

use super::browser::Browser;
use crate::harness::{Caller, Server, text};
use serde_json::{Value, json};

/// A connection that nobody has linked yet.
pub(super) struct Scene {
    pub(super) caller: Caller,
    pub(super) company: String,
    pub(super) connection: String,
}

impl Scene {
    /// A new company of `caller` with a connection to the platform of that key and one account.
    pub(super) async fn on(caller: &Caller, platform: &str) -> Self {
        let company = caller.post("/companies", json!({"name": "Elaborate Events, Inc"})).await;
        let company = text(&company.expect(200).json()["id"]);
        let connections = format!("/companies/{company}/connections");
        let connection = caller.post(&connections, json!({"platformKey": platform})).await;
        let connection = text(&connection.expect(200).json()["id"]);
        let scene = Self { caller: caller.clone(), company, connection };
        let account = json!({"id": "acc-1", "accountName": "Current", "accountType": "Debit", "currency": "USD", "balance": 100.5});
        let accounts = format!("{}/connectionInfo/bankFeedAccounts", scene.path());
        scene.caller.post(&accounts, account).await.expect(200);
        scene
    }

    /// A server's default client, which calls itself Sunrise Bank, and a connection to QuickBooks.
    pub(super) async fn with_quickbooks(server: &Server) -> Self {
        let caller = server.caller();
        set_profile(&caller, json!({"name": "Sunrise Bank", "redirectUrl": ""})).await;
        Self::on(&caller, "hcws").await
    }

    /// The same at another server on its database.
    pub(super) fn at(&self, server: &Server) -> Self {
        let (company, connection) = (self.company.clone(), self.connection.clone());
        Self { caller: self.caller.at(&server.url), company, connection }
    }

    /// The path of the connection.
    pub(super) fn path(&self) -> String {
        format!("/companies/{}/connections/{}", self.company, self.connection)
    }

    /// Where its pages begin.
    pub(super) fn home(&self) -> String {
        format!("/link/{}", self.connection)
    }

    /// A fresh link.
    pub(super) async fn link(&self) -> String {
        text(&self.connection().await["linkUrl"])
    }

    /// The connection as the API shows it.
    pub(super) async fn connection(&self) -> Value {
        self.caller.get(&self.path()).await.expect(200).json()
    }

    /// A fresh link of the company.
    pub(super) async fn company_link(&self) -> String {
        let company = self.caller.get(&format!("/companies/{}", self.company)).await;
        text(&company.expect(200).json()["redirect"])
    }

    /// Where the company's pages begin.
    pub(super) fn company_home(&self) -> String {
        format!("/link/company/{}", self.company)
    }

    /// The keys of the company's connections, in the order they were made.
    pub(super) async fn platforms(&self) -> Vec<String> {
        let path = format!("/companies/{}/connections", self.company);
        let listed = self.caller.get(&path).await.expect(200).json();
        let found = listed["results"].as_array().unwrap().iter();
        found.map(|connection| text(&connection["integrationKey"])).collect()
    }

    /// A browser that has opened a fresh link.
    pub(super) async fn visitor(&self) -> Browser {
        let mut browser = Browser::new(&self.caller.url);
        browser.get(&self.link().await).await.expect(303);
        browser
    }
}

/// Sets how a client shows itself.
pub(super) async fn set_profile(caller: &Caller, profile: Value) {
    caller.put("/profile", profile).await.expect(200);
}
