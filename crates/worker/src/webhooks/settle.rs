//! Keeps what came of attempts: those that end while one commit is under way go into the next together.

use domain::clock::Clock;
use domain::webhook::Outcome;
use std::sync::Arc;
use store::{DeliverySettled, Store, StoreError};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tracing::{debug, warn};

/// As many as one commit takes.
const TOGETHER_MAX: usize = 256;

type Waiting = (Outcome, oneshot::Sender<DeliverySettled>);

/// Hands outcomes to whoever keeps them.
#[derive(Clone, Debug)]
pub(super) struct Settler(mpsc::Sender<Waiting>);

impl Settler {
    /// Starts one, on a task that ends with the last clone.
    pub(super) fn start(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        tasks: &mut JoinSet<()>,
    ) -> Self {
        let (sender, receiver) = mpsc::channel(TOGETHER_MAX);
        tasks.spawn(keep(store, clock, receiver));
        Self(sender)
    }

    /// What became of an attempt; nothing when it could not be kept.
    pub(super) async fn settle(&self, outcome: Outcome) -> Option<DeliverySettled> {
        let (reply, answer) = oneshot::channel();
        self.0.send((outcome, reply)).await.ok()?;
        answer.await.ok()
    }
}

async fn keep(store: Arc<dyn Store>, clock: Arc<dyn Clock>, mut waiting: mpsc::Receiver<Waiting>) {
    let mut group = Vec::with_capacity(TOGETHER_MAX);
    while waiting.recv_many(&mut group, TOGETHER_MAX).await > 0 {
        let (outcomes, replies): (Vec<_>, Vec<_>) = group.drain(..).unzip();
        let count = outcomes.len();
        match store.settle_deliveries(outcomes, clock.now()).await {
            Ok(settled) => {
                for (reply, settled) in replies.into_iter().zip(settled) {
                    if reply.send(settled).is_err() {
                        debug!("whoever waited for a settlement was ended");
                    }
                }
            }
            // The leases end by themselves, and the messages are sent again.
            Err(error) => tell(&error, count),
        }
    }
}

fn tell(error: &StoreError, attempts: usize) {
    warn!(%error, attempts, "attempts at webhooks could not be kept: they are made again");
}
