//! A connection to Xero, and the worker's part in it.

use crate::harness::{Caller, Database, Server, ServerOptions, open_store_of, text};
use domain::client::{CLIENT_NAME_DEFAULT, ClientName};
use domain::connection::ConnectionStatus;
use domain::ids::{CompanyId, ConnectionId, ConnectionPath};
use domain::link::{
    Books, Company, Effects, FedTarget, Link, Organisation, TargetAccount, TargetKind,
};
use domain::money::CurrencyCode;
use domain::platform::XERO;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;
use store::{LinkChange, LinkChanged, Store};

/// A server that nobody works for, and a connection with two accounts in pounds and a card.
pub(crate) struct Scene {
    pub(crate) server: Server,
    pub(crate) caller: Caller,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) path: ConnectionPath,
}

impl Scene {
    /// One whose connection nobody has linked.
    pub(crate) async fn open(database: Database) -> Self {
        let flags = ServerOptions::flags(&["--set", "worker.enabled=false"]);
        let server = Server::start_with(database, &flags).await;
        let caller = server.caller();
        let store = open_store_of(&server.home).await;
        let name = ClientName::parse(CLIENT_NAME_DEFAULT).unwrap();
        let client = store.find_client(&name).await.unwrap().unwrap().id;
        let company = caller.post("/companies", json!({"name": "Elaborate Events, Inc"})).await;
        let company = text(&company.expect(200).json()["id"]);
        let connections = format!("/companies/{company}/connections");
        let connection = caller.post(&connections, json!({"platformKey": XERO.key})).await;
        let connection = text(&connection.expect(200).json()["id"]);
        let path = ConnectionPath {
            client,
            company: CompanyId::parse(&company).unwrap(),
            connection: ConnectionId::parse(&connection).unwrap(),
        };
        let scene = Self { server, caller, store, path };
        for (id, kind) in [("a", "Debit"), ("b", "Debit"), ("visa", "creditCard")] {
            scene.add_account(id, kind).await;
        }
        scene
    }

    /// One that is linked, with books that were read just now.
    pub(crate) async fn linked(database: Database) -> Self {
        let scene = Self::open(database).await;
        scene.link(Some(books_read_at(Timestamp::now()))).await;
        scene
    }

    pub(crate) async fn add_account(&self, id: &str, kind: &str) {
        let account = json!({"id": id, "accountName": format!("Account {id}"), "accountType": kind, "currency": "GBP"});
        let accounts = self.at("connectionInfo/bankFeedAccounts");
        self.caller.post(&accounts, account).await.expect(200);
    }

    /// A path below the connection's.
    pub(crate) fn at(&self, rest: &str) -> String {
        let ConnectionPath { company, connection, .. } = self.path;
        format!("/companies/{company}/connections/{connection}/{rest}")
    }

    /// Where mappings are.
    pub(crate) fn mappings(&self) -> String {
        self.at("bankFeedAccounts/mapping")
    }

    /// The mapping of an account, as it is listed.
    pub(crate) async fn mapping(&self, id: &str) -> Value {
        let all = self.caller.get(&self.mappings()).await.expect(200).json();
        let found = all.as_array().unwrap().iter().find(|entry| entry["sourceAccountId"] == id);
        found.unwrap().clone()
    }

    /// The ids of the accounts of the books that an account may lead to.
    pub(crate) async fn options(&self, id: &str) -> Vec<String> {
        let mapping = self.mapping(id).await;
        let options = mapping["targetAccountOptions"].as_array().unwrap().iter();
        options.map(|option| text(&option["id"])).collect()
    }

    /// The link as it is kept.
    pub(crate) async fn kept(&self) -> Link {
        self.store.find_link(&self.path).await.unwrap().unwrap()
    }

    /// The customer says yes, and the worker links the connection.
    pub(crate) async fn link(&self, books: Option<Books>) {
        let organisation =
            Organisation { id: "o-1".into(), connection: "c-1".into(), name: "Demo".into() };
        let link = Link {
            organisation: Some(organisation),
            access_ends_at: Some(Timestamp::now() + SignedDuration::from_mins(30)),
            books,
            ..Link::new(self.path, &XERO)
        };
        let linked = Effects { connection: Some(ConnectionStatus::Linked), ..Effects::default() };
        let change = LinkChange { link, effects: linked, held_by: None, now: Timestamp::now() };
        assert_eq!(self.store.change_link(&change).await.unwrap(), LinkChanged::Changed);
    }

    /// The worker's part: changes the link from how it stands.
    pub(crate) async fn play(&self, mut part: impl FnMut(&mut Link) -> Effects) {
        loop {
            let mut link = self.kept().await;
            let effects = part(&mut link);
            let change = LinkChange { link, effects, held_by: None, now: Timestamp::now() };
            match self.store.change_link(&change).await.unwrap() {
                LinkChanged::Changed => return,
                LinkChanged::Outdated => {}
                other @ (LinkChanged::LeaseLost | LinkChanged::Gone) => panic!("{other:?}"),
            }
        }
    }
}

/// Books with two bank accounts, a card and an account in euros, and one that a stranger feeds.
pub(crate) fn books_read_at(read_at: Timestamp) -> Books {
    let target = |id: &str, kind, currency: &str| TargetAccount {
        id: id.into(),
        name: format!("The {id}"),
        code: Some("090".into()),
        number: Some("20-30-40 1234567".into()),
        kind,
        currency: CurrencyCode::parse(currency).unwrap(),
    };
    Books {
        read_at,
        company: Company {
            name: "Demo Company (UK)".into(),
            base_currency: CurrencyCode::parse("GBP").ok(),
            country: Some("GB".into()),
            is_demo: true,
        },
        targets: vec![
            target("current", TargetKind::Bank, "GBP"),
            target("savings", TargetKind::Bank, "GBP"),
            target("card", TargetKind::CreditCard, "GBP"),
            target("euros", TargetKind::Bank, "EUR"),
            target("theirs", TargetKind::Bank, "GBP"),
        ],
        fed: vec![FedTarget {
            target: "theirs".into(),
            feed: "feed-of-a-stranger".into(),
            token: None,
        }],
    }
}
