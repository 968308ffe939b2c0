//! The rounds of syncs: begins those that schedules want, leases those that run, and brings each to its end. Any number
//! of workers may run on one database.

use super::gather::gather;
use super::hand_over::{HandOver, gone};
use super::source::{BankRefusal, BankSource};
use crate::trouble::Trouble;
use domain::clock::Clock;
use domain::connection::ConnectionStatus;
use domain::ids::{IdSource, LeaseToken, SyncId, ordered_uuid, random_uuid};
use domain::managed_sync::{
    ManagedSync, SYNC_ATTEMPTS_MAX, SyncAttempted, SyncErrorCode, SyncLease, SyncOutcome,
    SyncSettlement, settle_sync,
};
use domain::platform::Profiles;
use domain::push::PushOperation;
use domain::retry::retry_delay;
use domain::source_account::AccountStatus;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use store::{
    Answer, DueFeed, DueRun, LeaseRequest, Missing, Settled, Store, StoreError, SyncBegun, SyncWish,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

/// How syncs are worked on.
#[derive(Clone, Copy, Debug)]
pub struct SyncWorkerOptions {
    /// How long an attempt may take, with all its pages.
    pub attempt_max: Duration,
    /// How long a worker holds a sync. Longer than an attempt.
    pub lease: SignedDuration,
    /// How many syncs it works on at once: each waits for the bank most of the time.
    pub at_once: usize,
    /// How long it waits before it looks again.
    pub poll: Duration,
}

impl Default for SyncWorkerOptions {
    fn default() -> Self {
        Self {
            attempt_max: Duration::from_mins(4),
            lease: SignedDuration::from_mins(5),
            at_once: 8,
            poll: Duration::from_millis(500),
        }
    }
}

/// Brings syncs to their end.
#[derive(Clone, Debug)]
pub struct SyncWorker {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub ids: Arc<dyn IdSource>,
    /// The rules in force for pushes.
    pub profiles: Arc<Profiles>,
    /// The bank; nothing when none is configured: then every sync fails, and says why.
    pub bank: Option<Arc<dyn BankSource>>,
    /// How it works.
    pub options: SyncWorkerOptions,
}

impl SyncWorker {
    /// Works until `stop`; what it holds then is given back.
    pub async fn run(self, stop: CancellationToken) {
        let mut held = JoinSet::new();
        let mut trouble = Trouble::of("syncs cannot be worked on");
        while !stop.is_cancelled() {
            let mut pause = self.options.poll;
            match self.take_up(self.options.at_once.saturating_sub(held.len())).await {
                Ok(leases) => {
                    trouble.end();
                    for lease in leases {
                        let (worker, stop) = (self.clone(), stop.clone());
                        held.spawn(async move { worker.bring_on(&lease, &stop).await });
                    }
                }
                Err(error) => pause = trouble.go_on(&error, pause),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                // Freed, it may hold another at once.
                Some(_ended) = held.join_next() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        held.join_all().await;
    }

    /// One round: begins what is due, brings on what runs, and waits for all of it. Answers how many syncs it held.
    pub async fn step(&self) -> Answer<usize> {
        let leases = self.take_up(self.options.at_once).await?;
        let never = CancellationToken::new();
        for lease in &leases {
            self.bring_on(lease, &never).await;
        }
        Ok(leases.len())
    }

    async fn take_up(&self, count: usize) -> Answer<Vec<SyncLease>> {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        if count == 0 {
            return Ok(Vec::new());
        }
        let now = self.clock.now();
        // A schedule that cannot be begun holds up no other sync. When the database is away, what follows says so.
        if let Err(error) = self.begin_due(now, count).await
            && !matches!(error, StoreError::Unavailable { .. })
        {
            warn!(%error, "scheduled syncs cannot be begun: it is tried again");
        }
        let token = LeaseToken::new(random_uuid(self.ids.as_ref()));
        let request = LeaseRequest { token, length: self.options.lease, count, now };
        self.store.lease_due_syncs(&request).await
    }

    async fn begin_due(&self, now: Timestamp, count: u32) -> Answer<()> {
        for feed in self.store.list_due_feeds(now, count).await? {
            self.begin(feed).await?;
        }
        Ok(())
    }

    /// Begins the run of a schedule: however many were missed, one.
    async fn begin(&self, feed: DueFeed) -> Answer<()> {
        let now = self.clock.now();
        let wish = SyncWish {
            id: SyncId::new(ordered_uuid(self.ids.as_ref(), now)),
            account: feed.account,
            due: Some(DueRun { at: feed.due_at, next_at: feed.schedule.next_after(now) }),
            profiles: Arc::clone(&self.profiles),
            now,
        };
        match self.store.begin_managed_sync(&wish).await? {
            SyncBegun::Begun(sync) => debug!(sync.id = %sync.id, "a scheduled sync begins"),
            SyncBegun::Running(running) => {
                info!(sync.id = %running, "a scheduled sync is left out: one still runs");
            }
            // Another worker was faster, or somebody changed or deleted it.
            SyncBegun::NotDue | SyncBegun::Missing(_) => {}
        }
        Ok(())
    }

    async fn bring_on(&self, lease: &SyncLease, stop: &CancellationToken) {
        let settled = tokio::select! {
            settled = self.attempt_and_settle(lease) => settled,
            // Given back, so that another process need not wait for the lease's end.
            () = stop.cancelled() => self.settle(lease, &SyncSettlement::Again(self.clock.now())).await,
        };
        if let Err(error) = settled {
            let id = lease.sync.id;
            warn!(sync.id = %id, %error, "a sync could not be settled: it is tried again when its lease has ended");
        }
    }

    async fn attempt_and_settle(&self, lease: &SyncLease) -> Answer<()> {
        let bounded = tokio::time::timeout(self.options.attempt_max, self.attempt(lease)).await;
        let outcome = match bounded {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => {
                warn!(sync.id = %lease.sync.id, %error, "the database stopped a sync: it is tried again");
                return self.settle(lease, &SyncSettlement::Again(self.soon(lease.attempt))).await;
            }
            Err(_elapsed) => too_slow(self.options.attempt_max).into(),
        };
        let pushes = self.pushes(&lease.sync).await?;
        let (attempt, random) = (lease.attempt, self.random());
        let attempted = SyncAttempted { attempt, random, pushes: &pushes };
        let settlement = settle_sync(attempted, outcome, self.clock.now());
        self.settle(lease, &settlement).await
    }

    async fn attempt(&self, lease: &SyncLease) -> Answer<SyncOutcome> {
        let sync = &lease.sync;
        if lease.attempt > SYNC_ATTEMPTS_MAX {
            return Ok(interrupted().into());
        }
        let Some(bank) = &self.bank else { return Ok(not_configured().into()) };
        if let Some(refusal) = self.not_ready(sync).await? {
            return Ok(refusal.into());
        }
        let gathered = match gather(bank.as_ref(), sync).await {
            Ok(gathered) => gathered,
            Err(refusal) => return Ok(refusal.into()),
        };
        let hand_over = HandOver {
            store: self.store.as_ref(),
            ids: self.ids.as_ref(),
            profiles: &self.profiles,
            sync,
            now: self.clock.now(),
        };
        Ok(match hand_over.push_all(&gathered.lines).await? {
            None => SyncOutcome::Taken { fetched_lines: gathered.count },
            Some(fault) => BankRefusal::lasting(fault.code, fault.message).into(),
        })
    }

    /// Why the account could not take lines anyway: then the bank need not be asked.
    async fn not_ready(&self, sync: &ManagedSync) -> Answer<Option<BankRefusal>> {
        let found = (
            self.store.find_connection(&sync.account.connection).await?,
            self.store.find_source_account(&sync.account).await?,
        );
        let (Some(connection), Some(account)) = found else {
            let fault = gone(Missing::Account);
            return Ok(Some(BankRefusal::lasting(fault.code, fault.message)));
        };
        let message = if connection.status != ConnectionStatus::Linked {
            let status = connection.status.name();
            format!(
                "the connection is {status}, not Linked: the customer has to link the accounting software first"
            )
        } else if account.status != AccountStatus::Connected {
            let status = account.status.name();
            format!(
                "the account is {status}, not connected: the customer has to choose it in the accounting software first"
            )
        } else {
            return Ok(None);
        };
        Ok(Some(BankRefusal::lasting(SyncErrorCode::AccountNotConnected, message)))
    }

    /// What all attempts of the sync pushed.
    async fn pushes(&self, sync: &ManagedSync) -> Answer<Vec<PushOperation>> {
        let (client, company) = (sync.account.connection.client, sync.account.connection.company);
        let kept = self.store.find_managed_sync(&sync.account, sync.id).await?;
        let mut pushes = Vec::new();
        for key in kept.map(|kept| kept.pushes).unwrap_or_default() {
            pushes.extend(self.store.find_push(client, company, key).await?);
        }
        Ok(pushes)
    }

    async fn settle(&self, lease: &SyncLease, settlement: &SyncSettlement) -> Answer<()> {
        let (id, attempt) = (lease.sync.id, lease.attempt);
        let settled = self.store.settle_managed_sync(lease, settlement, self.clock.now()).await?;
        match (settled, settlement) {
            (Settled::LeaseLost, _) => {
                info!(sync.id = %id, "the lease had ended: another worker has the sync");
            }
            (Settled::Written, SyncSettlement::Again(at)) => {
                debug!(sync.id = %id, attempt, %at, "a sync is tried again");
            }
            (Settled::Written, SyncSettlement::Finished(end)) => match &end.fault {
                None => info!(sync.id = %id, new_lines = end.new_lines, "sync ended"),
                Some(fault) => warn!(
                    sync.id = %id,
                    status = end.status.name(),
                    code = fault.code.name(),
                    new_lines = end.new_lines,
                    "sync did not bring everything: {}",
                    fault.message
                ),
            },
        }
        Ok(())
    }

    fn soon(&self, attempt: u32) -> Timestamp {
        let now = self.clock.now();
        now.saturating_add(retry_delay(attempt, self.random())).unwrap_or(now)
    }

    fn random(&self) -> u64 {
        let mut bytes = [0; 8];
        self.ids.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}

fn interrupted() -> BankRefusal {
    let message = format!(
        "the sync was begun {SYNC_ATTEMPTS_MAX} times and never came to its end: the log says what stopped the worker"
    );
    BankRefusal::lasting(SyncErrorCode::Interrupted, message)
}

fn not_configured() -> BankRefusal {
    let message = "no bank is configured: set managed_feeds.url";
    BankRefusal::lasting(SyncErrorCode::NotConfigured, message)
}

fn too_slow(bound: Duration) -> BankRefusal {
    let message = format!(
        "the bank did not give all its pages within {} s: have it answer in fewer pages",
        bound.as_secs()
    );
    BankRefusal::passing(SyncErrorCode::BankTimedOut, message)
}
