//! The workers of one process: one settles pushes, one looks after links, one fetches from the bank, one sends webhooks,
//! one keeps house.

use crate::config::Settings;
use crate::wire_up;
use crate::words::Words;
use api::Messages;
use domain::clock::Clock;
use domain::ids::IdSource;
use jiff::SignedDuration;
use platforms::Platforms;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vault::Vault;
use worker::links::{LinkWorker, LinkWorkerOptions};
use worker::managed_sync::{BankSource, SyncWorker, SyncWorkerOptions};
use worker::webhooks::{WebhookWorker, WebhookWorkerOptions};
use worker::{Desk, Housekeeper, Worker, WorkerOptions};

/// How long nobody waits for what falls due by the clock.
const HOUSEKEEPING_PAUSE: Duration = Duration::from_secs(5);

/// What workers are made from.
pub(crate) struct Workers<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) store: &'a Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) bank: Option<Arc<dyn BankSource>>,
    pub(crate) vault: Vault,
    pub(crate) platforms: Platforms,
    /// Where people reach the server.
    pub(crate) public_url: String,
}

impl Workers<'_> {
    /// Starts all of them; each works until `stop`.
    pub(crate) fn start(self, tasks: &TaskTracker, stop: &CancellationToken) -> anyhow::Result<()> {
        tasks.spawn(self.pushes().run(stop.clone()));
        tasks.spawn(self.links().run(stop.clone()));
        tasks.spawn(self.syncs().run(stop.clone()));
        tasks.spawn(self.housekeeper().run(stop.clone()));
        tasks.spawn(self.webhooks()?.run(stop.clone()));
        Ok(())
    }

    fn pushes(&self) -> Worker {
        let options = WorkerOptions {
            lease: self.settings.worker.lease,
            poll: self.settings.worker.poll,
            ..WorkerOptions::default()
        };
        Worker::new(self.desk(), options)
    }

    fn links(&self) -> LinkWorker {
        let poll = self.settings.worker.poll;
        LinkWorker {
            desk: self.desk(),
            options: LinkWorkerOptions { poll, ..LinkWorkerOptions::default() },
        }
    }

    fn desk(&self) -> Desk {
        Desk {
            store: self.store.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            vault: self.vault.clone(),
            platforms: self.platforms.clone(),
            other: self.settings.xero.other_organisation,
        }
    }

    fn webhooks(&self) -> anyhow::Result<WebhookWorker> {
        let options = WebhookWorkerOptions {
            lease: self.settings.worker.message_lease(),
            poll: self.settings.worker.poll,
            ..WebhookWorkerOptions::default()
        };
        Ok(WebhookWorker {
            store: self.store.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            outbound: wire_up::webhook_client(self.settings)?,
            vault: self.vault.clone(),
            words: Arc::new(Words(Messages { public_url: self.public_url.clone() })),
            options,
        })
    }

    fn housekeeper(&self) -> Housekeeper {
        let (store, clock) = (self.store.clone(), self.clock.clone());
        let days = i64::from(self.settings.webhooks.keep_days);
        Housekeeper {
            store,
            clock,
            limits: self.settings.limits.as_ref().map(|limits| limits.rates),
            keep_deliveries: SignedDuration::from_hours(days.saturating_mul(24)),
            pause: HOUSEKEEPING_PAUSE,
        }
    }

    fn syncs(&self) -> SyncWorker {
        let poll = self.settings.worker.poll;
        SyncWorker {
            store: self.store.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            profiles: Arc::new(wire_up::profiles(self.settings)),
            bank: self.bank.clone(),
            options: SyncWorkerOptions { poll, ..SyncWorkerOptions::default() },
        }
    }
}
