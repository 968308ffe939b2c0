//! What bringing an event costs beside the bare POST: signing, keeping the attempt, settling. Both send the same bodies to
//! the same endpoint. The worker runs in this process, on each of the databases.

use crate::figures::Figures;
use crate::figures::Goal::{AtLeast, None as Told};
use crate::options::Options;
use crate::words::Words;
use api::Messages;
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use domain::client_settings::WebUrl;
use domain::clock::Clock;
use domain::sealed::Sealed;
use domain::webhook::{Consumer, SigningKey};
use jiff::Timestamp;
use outbound::{Outbound, OutboundOptions, Reach, Subnet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use store::migration::Migrate;
use store::{ConsumerSecrets, SECRETS_COLUMN, SECRETS_TABLE, Store, secrets_row};
use store_postgres::{PostgresOptions, PostgresStore};
use store_sqlite::{SqliteOptions, SqliteStore};
use testkit::{PostgresCluster, SeededIds, a_client, a_company, a_consumer};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vault::{Binding, Vault, VaultKey};
use worker::webhooks::{WebhookWorker, WebhookWorkerOptions};

/// Brought in one measurement.
const EVENTS: usize = 10_000;
/// As long as a message of ours.
const BODY_BYTES: usize = 450;

/// Events brought beside bare POSTs.
pub(crate) async fn run(options: &Options, figures: &mut Figures) {
    let cluster = PostgresCluster::durable();
    let at_once = WebhookWorkerOptions::default().calls_per_consumer;
    let body = "x".repeat(BODY_BYTES);
    for round in 1..=options.rounds {
        let looped = post(EVENTS, &body, 1).await;
        let together = post(EVENTS, &body, at_once).await;
        for (name, database) in
            [("SQLite", Database::Sqlite), ("PostgreSQL", Database::Postgres(&cluster))]
        {
            let brought = Scene::open(database, EVENTS).await.deliver(EVENTS).await;
            figures.add(
                &format!("webhooks, {name}: events/s ÷ POSTs one by one"),
                AtLeast(0.5),
                brought / looped,
            );
            figures.add(&format!("… {name}: ÷ {at_once} POSTs at once"), Told, brought / together);
        }
        println!("webhooks: round {round} of {} done", options.rounds);
    }
}

#[derive(Debug)]
struct RealClock;

impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap()
    }
}

/// An endpoint that counts, on threads of its own.
struct Sink {
    url: String,
    count: Arc<AtomicUsize>,
}

impl Sink {
    fn open() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let count = Arc::new(AtomicUsize::new(0));
        let heard = Arc::clone(&count);
        std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let answer = move |body: Bytes| {
                    assert!(!body.is_empty());
                    heard.fetch_add(1, Ordering::Relaxed);
                    std::future::ready(StatusCode::NO_CONTENT)
                };
                axum::serve(listener, Router::new().fallback(answer)).await
            })
        });
        Self { url, count }
    }

    async fn wait_for(&self, count: usize) {
        while self.count.load(Ordering::Relaxed) < count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

/// Where events are kept.
#[derive(Clone, Copy)]
enum Database<'a> {
    Sqlite,
    Postgres(&'a PostgresCluster),
}

/// A client with its events, and a consumer that has seen none of them.
struct Scene {
    store: Arc<dyn Store>,
    vault: Vault,
    sink: Sink,
    _folder: tempfile::TempDir,
}

impl Scene {
    async fn open(database: Database<'_>, events: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = match database {
            Database::Sqlite => {
                let path = folder.path().join("millrace.db");
                let opened_at = RealClock.now();
                let options = SqliteOptions { path, migrate: Migrate::Apply, opened_at };
                Arc::new(SqliteStore::open(options).unwrap())
            }
            Database::Postgres(cluster) => {
                let options = PostgresOptions::new(&cluster.database());
                Arc::new(PostgresStore::connect(options).await.unwrap())
            }
        };
        let (vault, sink) = (Vault::new(VaultKey::new([7; 32]), Vec::new()), Sink::open());
        let client = a_client();
        store.create_client(&client).await.unwrap();
        let made = a_consumer(client.id);
        let row = secrets_row(client.id, made.id);
        let binding = Binding { table: SECRETS_TABLE, column: SECRETS_COLUMN, row: &row };
        let key = SigningKey::generate(&SeededIds::new(7));
        let secrets = vault.seal(&binding, &ConsumerSecrets::new(key).write().unwrap(), [9; 24]);
        let url = WebUrl::parse(&sink.url).unwrap();
        let consumer = Consumer { url, secrets: Some(Sealed(secrets)), ..made };
        store.create_consumer(&consumer).await.unwrap();
        let mut tasks = JoinSet::new();
        for _ in 0..events {
            let (store, company) = (Arc::clone(&store), a_company(client.id));
            tasks.spawn(async move { store.create_company(&company).await.unwrap() });
            if tasks.len() > 200 {
                tasks.join_next().await.unwrap().unwrap();
            }
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap();
        }
        Self { store, vault, sink, _folder: folder }
    }

    fn worker(&self) -> WebhookWorker {
        let reach = Reach::Public { also: Subnet::loopback().into() };
        let options = OutboundOptions { reach, ..OutboundOptions::default() };
        let messages = Messages { public_url: "https://feeds.bank.example".to_owned() };
        WebhookWorker {
            store: self.store.clone(),
            clock: Arc::new(RealClock),
            ids: Arc::new(SeededIds::new(7)),
            outbound: Outbound::new(&options).unwrap(),
            vault: self.vault.clone(),
            words: Arc::new(Words(messages)),
            options: WebhookWorkerOptions::default(),
        }
    }

    /// Events a second, from the first look at them until the last is settled.
    async fn deliver(&self, events: usize) -> f64 {
        let stop = CancellationToken::new();
        let began = Instant::now();
        let working = tokio::spawn(self.worker().run(stop.clone()));
        self.sink.wait_for(events).await;
        // It settles what it holds before it ends.
        stop.cancel();
        working.await.unwrap();
        events as f64 / began.elapsed().as_secs_f64()
    }
}

/// POSTs a second of the same size, so many at a time.
async fn post(events: usize, body: &str, at_once: usize) -> f64 {
    let sink = Sink::open();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    let next = Arc::new(AtomicUsize::new(0));
    for _ in 0..at_once {
        let (http, next) = (http.clone(), Arc::clone(&next));
        let (url, body) = (sink.url.clone(), body.to_owned());
        tasks.spawn(async move {
            while next.fetch_add(1, Ordering::Relaxed) < events {
                let request = http.post(&url).header("content-type", "application/json");
                let answer = request.body(body.clone()).send().await.unwrap();
                assert_eq!(answer.status(), 204);
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    assert_eq!(sink.count.load(Ordering::Relaxed), events);
    events as f64 / began.elapsed().as_secs_f64()
}
