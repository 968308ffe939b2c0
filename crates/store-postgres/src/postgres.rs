//! The store itself: the pool of connections, and how transactions run on it.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{
    Manager, ManagerConfig, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType,
};
use store::{Answer, EventSignal, StoreError, WorkSignal};
use tokio::sync::RwLock;

use crate::fault::{Attempt, Fault, failed};
use crate::migrate;
use crate::options::{PostgresOptions, Target};
use crate::presence::Presence;
use crate::relay::Relay;
use crate::run_cache::RunCache;
use crate::session::{Begin, Session};
use crate::tls;

/// How long a call may wait for a connection. Longer than most transactions; whoever waits so long is told to come back.
const CONNECTION_WAIT_SECS_MAX: u64 = 3;
/// How long making a connection may take, unless the URL says otherwise.
const CONNECT_SECS_MAX: u64 = 3;
/// A call that takes longer asks whether the server is there at all: one that was frozen or cut off sends no word. A call
/// that is only slow, because of a lock or of much to delete, goes on.
const SILENCE_SECS_MAX: u64 = 4;
/// How long bytes may be under way unacknowledged, unless the URL says otherwise: a machine that is gone says nothing.
const UNACKNOWLEDGED_SECS_MAX: u64 = 10;
/// How often a transaction is tried that others get in the way of. Locks are taken in one order, so collisions are rare.
const ATTEMPTS_MAX: u32 = 5;

/// A database that other processes may use at the same time.
pub struct PostgresStore {
    pool: Pool,
    presence: Presence,
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
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(Duration::from_secs(UNACKNOWLEDGED_SECS_MAX));
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
        let presence = Presence::new(config.clone(), connector.clone());
        let relay = Relay::start(config, connector);
        Ok(Self {
            pool,
            presence,
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
        Ok(self.unless_silent(&session, Box::pin(work(session.clone()))).await?)
    }

    async fn attempt<T, F>(&self, begin: Begin, work: impl Fn(Arc<Session>) -> F) -> Attempt<T>
    where
        F: Future<Output = Attempt<T>>,
    {
        let _gate = self.gate.read().await;
        let session = self.session().await?;
        let whole = Box::pin(async {
            // Polled in this order: the transaction's first statement is sent right behind its beginning.
            let ((), value) =
                tokio::try_join!(biased; session.begin(begin), work(session.clone()))?;
            session.commit().await?;
            Ok(value)
        });
        match self.unless_silent(&session, whole).await {
            Ok(value) => {
                if matches!(begin, Begin::Write) {
                    self.events.raise();
                }
                Ok(value)
            }
            Err(Fault::Silent) => Err(Fault::Silent),
            Err(fault) => {
                session.roll_back().await;
                Err(fault)
            }
        }
    }

    /// Waits for `call` as long as the server is there. A connection that is given up is not used again.
    async fn unless_silent<T>(
        &self,
        session: &Session,
        mut call: impl Future<Output = Attempt<T>> + Unpin,
    ) -> Attempt<T> {
        loop {
            let wait = Duration::from_secs(SILENCE_SECS_MAX);
            if let Ok(outcome) = tokio::time::timeout(wait, &mut call).await {
                return outcome;
            }
            // Meanwhile the call may be answered after all.
            tokio::select! {
                outcome = &mut call => return outcome,
                is_there = self.presence.is_there() => if !is_there {
                    session.give_up();
                    return Err(Fault::Silent);
                },
            }
        }
    }

    async fn session(&self) -> Attempt<Arc<Session>> {
        match self.pool.get().await {
            Ok(object) => Ok(Arc::new(Session::new(object))),
            // Either there is much to do, or nobody there to do it.
            Err(error @ PoolError::Timeout(TimeoutType::Wait)) => {
                if self.presence.is_there().await { Err(error.into()) } else { Err(Fault::Silent) }
            }
            Err(error) => Err(error.into()),
        }
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
