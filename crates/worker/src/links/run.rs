//! The rounds.

use crate::desk::{Desk, DeskError};
use crate::rounds::go_round;
use domain::ids::{LeaseToken, random_uuid};
use domain::link::HeldLink;
use jiff::SignedDuration;
use std::time::Duration;
use store::{Answer, LeaseRequest};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// More errands than a link has at a time: whoever holds it longer lets others wait.
const ERRANDS_MAX: usize = 64;

/// How a worker works.
#[derive(Clone, Copy, Debug)]
pub struct LinkWorkerOptions {
    /// How long it holds a link. Longer than a few calls may take.
    pub lease: SignedDuration,
    /// How many it holds at a time.
    pub batch: u32,
    /// How long it waits before it looks again by itself.
    pub poll: Duration,
}

impl Default for LinkWorkerOptions {
    fn default() -> Self {
        Self { lease: SignedDuration::from_mins(2), batch: 16, poll: Duration::from_millis(500) }
    }
}

/// Does what is to be done for links.
#[derive(Clone, Debug)]
pub struct LinkWorker {
    /// Calls platforms.
    pub desk: Desk,
    /// See [`LinkWorkerOptions`].
    pub options: LinkWorkerOptions,
}

impl LinkWorker {
    /// Works until `stop`; what it holds then it finishes.
    pub async fn run(self, stop: CancellationToken) {
        let signal = self.desk.store.link_signal();
        let worker = &self;
        go_round("the worker cannot look after links", self.options.poll, (signal, stop), || {
            worker.step()
        })
        .await;
    }

    /// One round: holds links with something due, and does it. Answers how many it held.
    pub async fn step(&self) -> Answer<usize> {
        let request = LeaseRequest {
            token: LeaseToken::new(random_uuid(self.desk.ids.as_ref())),
            length: self.options.lease,
            count: self.options.batch,
            now: self.desk.now(),
        };
        let held = self.desk.store.lease_due_links(&request).await?;
        let count = held.len();
        let mut tasks = JoinSet::new();
        for held in held {
            let desk = self.desk.clone();
            tasks.spawn(async move { look_after(&desk, held).await });
        }
        while let Some(ended) = tasks.join_next().await {
            if let Ok(Err(error)) = ended {
                // The hold ends by itself, and another round goes on.
                warn!(%error, "a link could not be looked after: it is tried again when its hold has ended");
            }
        }
        Ok(count)
    }
}

/// Does what is due for a link, then lets go of it.
async fn look_after(desk: &Desk, held: HeldLink) -> Result<(), DeskError> {
    let path = held.link.path;
    for _ in 0..ERRANDS_MAX {
        let Some(link) = desk.store.find_link(&path).await? else { return Ok(()) };
        let Some(errand) = link.next_errand(desk.now()) else { break };
        super::errand::run(desk, &HeldLink { link, token: held.token }, errand).await?;
    }
    desk.store.release_link(&path, held.token).await?;
    Ok(())
}
