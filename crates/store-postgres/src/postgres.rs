//! The store itself: the pool of connections, and how transactions run on it.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use store::{Answer, EventSignal, StoreError, WorkSignal};
use tokio::sync::RwLock;

use crate::fault::{Attempt, failed};
use crate::migrate;
use crate::options::{PostgresOptions, Target};
use crate::relay::Relay;
use crate::run_cache::RunCache;
use crate::session::{Begin, Session};
use crate::tls;

/// How long a call may wait for a connection. Longer than any transaction; whoever waits so long is told to come back.
const CONNECTION_WAIT_SECS_MAX: u64 = 5;
/// How long making a connection may take, unless the URL says otherwise.
const CONNECT_SECS_MAX: u64 = 5;
/// How often a transaction is tried that others get in the way of. Locks are taken in one order, so collisions are rare.
const ATTEMPTS_MAX: u32 = 5;

/// A database that other processes may use at the same time.
pub struct PostgresStore {
    pool: Pool,
    /// Every call holds it for reading, closing takes it for writing.
    gate: RwLock<()>,
    relay: Relay,
    pub(crate) runs: RunCache,
    events: EventSignal,
    pub(crate) links: WorkSignal,
}

impl PostgresStore {
    /// Connects, and brings the schema to this version or refuses.
    pub async fn connect(options: PostgresOptions) -> Result<Self, StoreError> {
        let Target { mut config, trust } = Target::parse(&options.url)?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(CONNECT_SECS_MAX));
        }
        let connector = tls::connector(&trust)?;
        migrate::run(&config, connector.clone(), options.migrate).await?;
        let manager = Manager::from_config(
            config.clone(),
            connector.clone(),
            // A connection that the server closed is noticed without asking it.
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let wait = Duration::from_secs(CONNECTION_WAIT_SECS_MAX);
        let pool = Pool::builder(manager)
            .max_size(options.connections_max.max(1))
            .wait_timeout(Some(wait))
            .create_timeout(Some(wait))
            .recycle_timeout(Some(wait))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(failed)?;
        let relay = Relay::start(config, connector);
        Ok(Self {
            pool,
            gate: RwLock::new(()),
            relay,
            runs: RunCache::default(),
            events: EventSignal::default(),
            links: WorkSignal::default(),
        })
    }

    /// Runs `work` as one transaction. It may run more than once, so it does nothing but talk to the database.
    pub(crate) async fn transact<T, F>(&self, work: impl Fn(Arc<Session>) -> F) -> Answer<T>
    where
        F: Future<Output = Attempt<T>>,
    {
        let mut attempt = 1;
        loop {
            match self.attempt(Begin::Write, &work).await {
                Err(fault) if fault.is_collision() && attempt < ATTEMPTS_MAX => {
                    attempt = attempt.saturating_add(1);
                }
                outcome => return Ok(outcome?),
            }
        }
    }

    /// Runs `work`, which reads only, on the database as it is in one moment.
    pub(crate) async fn look<T, F>(&self, work: impl Fn(Arc<Session>) -> F) -> Answer<T>
    where
        F: Future<Output = Attempt<T>>,
    {
        Ok(self.attempt(Begin::Read, &work).await?)
    }

    /// Runs `work`, which is a single statement.
    pub(crate) async fn ask<T, F>(&self, work: impl Fn(Arc<Session>) -> F) -> Answer<T>
    where
        F: Future<Output = Attempt<T>>,
    {
        let _gate = self.gate.read().await;
        let session = self.session().await?;
        Ok(work(session).await?)
    }

    async fn attempt<T, F>(&self, begin: Begin, work: impl Fn(Arc<Session>) -> F) -> Attempt<T>
    where
        F: Future<Output = Attempt<T>>,
    {
        let _gate = self.gate.read().await;
        let session = self.session().await?;
        // Polled in this order: the transaction's first statement is sent right behind its beginning.
        let outcome = tokio::try_join!(biased; session.begin(begin), work(session.clone()));
        match outcome {
            Ok(((), value)) => {
                session.commit().await?;
                if matches!(begin, Begin::Write) {
                    self.events.raise();
                }
                Ok(value)
            }
            Err(fault) => {
                session.roll_back().await;
                Err(fault)
            }
        }
    }

    async fn session(&self) -> Attempt<Arc<Session>> {
        Ok(Arc::new(Session::new(self.pool.get().await?)))
    }

    /// Tells this process, and the others, that there is work.
    pub(crate) fn tell_of_work(&self) {
        self.relay.tell();
    }

    pub(crate) fn events(&self) -> EventSignal {
        self.events.clone()
    }

    pub(crate) fn signal(&self) -> WorkSignal {
        self.relay.signal()
    }

    /// Waits for the calls under way, then lets go.
    pub(crate) async fn shut(&self) {
        let _gate = self.gate.write().await;
        self.pool.close();
        self.relay.stop().await;
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.pool.status();
        write!(f, "PostgresStore {{ connections: {} of {} }}", status.size, status.max_size)
    }
}
