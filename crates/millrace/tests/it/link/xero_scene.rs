//! A connection to the Xero that the server itself simulates, with what its customer sees and what Xero can be told.

use super::browser::{Browser, Page};
use super::scene::{Scene, set_profile};
use crate::harness::{Database, Server, text};
use serde_json::{Value, json};

/// A server of Sunrise Bank's, and a connection to Xero that nobody has linked yet.
pub(super) struct XeroScene {
    pub(super) server: Server,
    pub(super) scene: Scene,
}

impl XeroScene {
    /// One with a current account in dollars.
    pub(super) async fn open(database: Database) -> Self {
        let server = Server::start(database).await;
        let caller = server.caller();
        set_profile(&caller, json!({"name": "Sunrise Bank", "redirectUrl": ""})).await;
        let scene = Scene::on(&caller, "gbol").await;
        Self { server, scene }
    }

    /// Another source account.
    pub(super) async fn add_account(&self, account: Value) {
        let path = format!("{}/connectionInfo/bankFeedAccounts", self.scene.path());
        self.scene.caller.post(&path, account).await.expect(200);
    }

    /// A source account as the API shows it.
    pub(super) async fn account(&self, id: &str) -> Value {
        let path = format!("{}/connectionInfo/bankFeedAccounts", self.scene.path());
        let all = self.scene.caller.get(&path).await.expect(200).json();
        let found = all.as_array().unwrap().iter().find(|account| account["id"] == id);
        found.unwrap().clone()
    }

    /// Tells Xero something.
    pub(super) async fn tell(&self, path: &str, body: Value) -> Value {
        let path = format!("/simulators/xero/control/{path}");
        self.scene.caller.post(&path, body).await.expect(200).json()
    }

    /// Changes how Xero behaves.
    pub(super) async fn set(&self, settings: Value) {
        let path = "/simulators/xero/control/settings";
        self.scene.caller.patch(path, settings).await.expect(200);
    }

    /// The demo company as Xero's control shows it.
    pub(super) async fn organisation(&self) -> Value {
        let shown = self.scene.caller.get("/simulators/xero/control/organisations").await;
        shown.expect(200).json()["organisations"][0].clone()
    }

    /// An account that its user opens in Xero; its id.
    pub(super) async fn add_target(&self, account: Value) -> String {
        let tenant = text(&self.organisation().await["tenantId"]);
        let added = self.tell(&format!("organisations/{tenant}/accounts"), account).await;
        text(&added["accountId"])
    }

    /// The id of an account in Xero.
    pub(super) async fn target(&self, name: &str) -> String {
        let organisation = self.organisation().await;
        let accounts = organisation["accounts"].as_array().unwrap();
        let found = accounts.iter().find(|account| account["name"] == name);
        text(&found.unwrap_or_else(|| panic!("no {name} in {organisation}"))["accountId"])
    }

    /// How many feeds Xero has, those among them that it is still removing.
    pub(super) async fn feeds(&self) -> usize {
        let organisation = self.organisation().await;
        let feeds = organisation["feeds"].as_array().unwrap().iter();
        feeds.filter(|feed| feed["stage"] == "connected" || feed["stage"] == "leaving").count()
    }

    /// A browser whose user has let the bank into Xero, and the page that is shown then.
    pub(super) async fn linked(&self) -> (Browser, Page) {
        self.set(json!({"consent": "allow"})).await;
        let mut browser = self.scene.visitor().await;
        let review = browser.open(&self.scene.home()).await.expect(200);
        let page = browser.submit(&review, "authorize").await.expect(200);
        (browser, page)
    }
}
