//! A client with a consumer, an endpoint, and a worker that goes step by step.

use crate::harness::{Database, Sink, open_store};
use crate::words::Words;
use api::Messages;
use domain::client_settings::WebUrl;
use domain::ids::ClientId;
use domain::page::{ListRequest, PageRequest};
use domain::sealed::Sealed;
use domain::webhook::{Attempt, Consumer, Delivery, EventType, SigningKey};
use jiff::Timestamp;
use outbound::{Outbound, OutboundOptions, Reach, Subnet};
use std::sync::Arc;
use store::{ConsumerSecrets, SECRETS_COLUMN, SECRETS_TABLE, Store, secrets_row};
use tempfile::TempDir;
use testkit::{ManualClock, SeededIds, a_client, a_company, a_consumer};
use vault::{Binding, Vault, VaultKey};
use worker::webhooks::{WebhookWorker, WebhookWorkerOptions};

pub(super) struct Scene {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) client: ClientId,
    pub(super) key: SigningKey,
    worker: WebhookWorker,
    vault: Vault,
    _folder: TempDir,
}

impl Scene {
    /// At noon, with a client that has nothing.
    pub(super) async fn open(database: Database) -> Self {
        let folder = TempDir::new().unwrap();
        let store = open_store(database, folder.path()).await;
        let client = a_client();
        store.create_client(&client).await.unwrap();
        let (clock, ids) = (Arc::new(ManualClock::default()), Arc::new(SeededIds::new(7)));
        let vault = Vault::new(VaultKey::new([7; 32]), Vec::new());
        let reach = Reach::Public { also: Subnet::loopback().into() };
        let outbound = Outbound::new(&OutboundOptions { reach, ..OutboundOptions::default() });
        let words = Words(Messages { public_url: "https://feeds.bank.example".to_owned() });
        let worker = WebhookWorker {
            store: store.clone(),
            clock: clock.clone(),
            ids: ids.clone(),
            outbound: outbound.unwrap(),
            vault: vault.clone(),
            words: Arc::new(words),
            options: WebhookWorkerOptions::default(),
        };
        let key = SigningKey::generate(ids.as_ref());
        Self { store, clock, client: client.id, key, worker, vault, _folder: folder }
    }

    /// A consumer that hears of companies.
    pub(super) async fn consumer(
        &self,
        sink: &Sink,
        change: impl Fn(Consumer) -> Consumer,
    ) -> Consumer {
        let made = a_consumer(self.client);
        let row = secrets_row(made.client, made.id);
        let binding = Binding { table: SECRETS_TABLE, column: SECRETS_COLUMN, row: &row };
        let secrets = ConsumerSecrets::new(self.key.clone()).write().unwrap();
        let types = ["company.created", "company.deleted", "webhook.consumer.disabled"];
        let made = change(Consumer {
            url: WebUrl::parse(&sink.url).unwrap(),
            event_types: types.map(|name| EventType::parse(name).unwrap()).into(),
            secrets: Some(Sealed(self.vault.seal(&binding, &secrets, [9; 24]))),
            ..made
        });
        self.store.create_consumer(&made).await.unwrap();
        made
    }

    /// Things happen: companies are made.
    pub(super) async fn happen(&self, count: usize) {
        for _ in 0..count {
            self.store.create_company(&a_company(self.client)).await.unwrap();
        }
    }

    /// Rounds until nothing is left to do at this moment.
    pub(super) async fn work(&self) {
        while self.worker.step().await.unwrap() > 0 {}
    }

    /// What there is for a consumer, oldest first.
    pub(super) async fn deliveries(&self, consumer: &Consumer) -> Vec<Delivery> {
        let request =
            ListRequest { page: PageRequest::new(1, 5_000).unwrap(), ..ListRequest::default() };
        let page = self.store.list_deliveries(self.client, consumer.id, &request).await.unwrap();
        let mut items = page.unwrap().items;
        items.reverse();
        items
    }

    pub(super) async fn attempts(&self, delivery: &Delivery) -> Vec<Attempt> {
        let sequence = delivery.message.sequence;
        self.store.list_attempts(self.client, delivery.consumer, sequence).await.unwrap()
    }

    /// Moves the clock to when something is due next, if it is before `end`; otherwise there.
    pub(super) async fn pass_until_due(&self, consumer: &Consumer, end: Timestamp) -> bool {
        let deliveries = self.deliveries(consumer).await;
        let due = deliveries.iter().filter_map(|delivery| delivery.due_at).min();
        let due = due.filter(|due| *due < end);
        self.clock.set(due.unwrap_or(end));
        due.is_some()
    }
}
