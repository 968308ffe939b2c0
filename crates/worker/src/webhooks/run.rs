//! The rounds of a worker. Any number of workers may run on one database: what one holds, another leaves alone.

use super::WriteMessage;
use super::follow::follow;
use super::send::Sender;
use super::settle::Settler;
use crate::trouble::Trouble;
use domain::clock::Clock;
use domain::ids::{ConsumerId, IdSource, LeaseToken, random_uuid};
use domain::webhook::{DeliveryLease, DeliveryStatus, MessageId, Outcome, Verdict};
use jiff::SignedDuration;
use outbound::Outbound;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::{Answer, DeliveryRequest, DeliverySettled, LeaseRequest, Store};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};
use vault::Vault;

/// How a worker works.
#[derive(Clone, Copy, Debug)]
pub struct WebhookWorkerOptions {
    /// How long it holds what it leased: longer than an attempt may take.
    pub lease: SignedDuration,
    /// How many messages it has in hand at a time.
    pub at_once: u32,
    /// How many of them for one consumer: a slow one leaves room for the others. So few that all are sent within the
    /// lease even if each takes all the time that it may.
    pub per_consumer: u32,
    /// How many of these are sent to it at the same time; the others are next.
    pub calls_per_consumer: usize,
    /// How long it waits before it looks again by itself: for what other processes wrote, and for retries.
    pub poll: Duration,
    /// How long it waits for more when it hears of something new.
    pub gather: Duration,
}

impl Default for WebhookWorkerOptions {
    fn default() -> Self {
        Self {
            lease: SignedDuration::from_secs(60),
            at_once: 768,
            per_consumer: 192,
            calls_per_consumer: 64,
            poll: Duration::from_millis(500),
            gather: Duration::from_millis(2),
        }
    }
}

/// Brings events to consumers.
#[derive(Clone, Debug)]
pub struct WebhookWorker {
    /// The database.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes tokens and spreads retries.
    pub ids: Arc<dyn IdSource>,
    /// Sends; it reaches only what callers may name.
    pub outbound: Outbound,
    /// Opens consumers' secrets.
    pub vault: Vault,
    /// Writes the words.
    pub words: Arc<dyn WriteMessage>,
    /// How it works.
    pub options: WebhookWorkerOptions,
}

/// What a round looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// Events, and what is due.
    AtAll,
    /// Only what is due: there is room for more of it.
    AtWhatIsDue,
    /// Nothing: there is no more to do than before.
    Away,
}

/// What every message passes.
#[derive(Clone, Debug)]
struct Desk {
    sender: Sender,
    settler: Settler,
}

/// What is being sent.
#[derive(Debug, Default)]
struct UnderWay {
    tasks: JoinSet<ConsumerId>,
    per_consumer: HashMap<ConsumerId, InHand>,
}

/// What is in hand for one consumer.
#[derive(Debug)]
struct InHand {
    count: u32,
    calls: Arc<Semaphore>,
}

impl UnderWay {
    fn count(&self) -> u32 {
        u32::try_from(self.tasks.len()).unwrap_or(u32::MAX)
    }

    fn begin(&mut self, worker: &WebhookWorker, desk: &Desk, lease: DeliveryLease) {
        let calls = worker.options.calls_per_consumer;
        let in_hand = self.per_consumer.entry(lease.consumer.id);
        let in_hand =
            in_hand.or_insert_with(|| InHand { count: 0, calls: Arc::new(Semaphore::new(calls)) });
        in_hand.count = in_hand.count.saturating_add(1);
        let calls = in_hand.calls.clone();
        let (worker, desk) = (worker.clone(), desk.clone());
        let consumer = lease.consumer.id;
        self.tasks.spawn(async move {
            // Nobody closes it.
            if let Ok(turn) = calls.acquire_owned().await {
                worker.bring(lease, &desk, turn).await;
            }
            consumer
        });
    }

    /// Waits until one has ended; for ever when there is none. Whether there is room again for what there was none.
    async fn some_ended(&mut self, options: &WebhookWorkerOptions) -> bool {
        let before = self.saturated(options).len();
        let was_full = self.is_full(options);
        match self.tasks.join_next().await {
            Some(ended) => self.ended(ended.ok()),
            None => std::future::pending().await,
        }
        // Whatever has ended by now is counted in one go.
        while let Some(ended) = self.tasks.try_join_next() {
            self.ended(ended.ok());
        }
        self.saturated(options).len() < before || (was_full && !self.is_full(options))
    }

    /// More are leased in armfuls: a lease for every message that ends would be a commit for each.
    fn is_full(&self, options: &WebhookWorkerOptions) -> bool {
        self.count() > options.at_once.div_ceil(2)
    }

    fn ended(&mut self, consumer: Option<ConsumerId>) {
        match consumer {
            Some(consumer) => {
                if let Some(in_hand) = self.per_consumer.get_mut(&consumer) {
                    in_hand.count = in_hand.count.saturating_sub(1);
                    if in_hand.count == 0 {
                        self.per_consumer.remove(&consumer);
                    }
                }
            }
            // Whose it was is not known: counted anew when nothing is under way.
            None if self.tasks.is_empty() => self.per_consumer.clear(),
            None => {}
        }
    }

    /// Consumers for which more than half of what may be is in hand.
    fn saturated(&self, options: &WebhookWorkerOptions) -> Vec<ConsumerId> {
        let half = options.per_consumer.div_ceil(2);
        let busy = self.per_consumer.iter().filter(|(_, in_hand)| in_hand.count >= half);
        busy.map(|(consumer, _)| *consumer).collect()
    }
}

impl WebhookWorker {
    /// Works until `stop`; what it is sending then it finishes.
    pub async fn run(self, stop: CancellationToken) {
        let mut news = self.store.event_signal().listen();
        let mut under_way = UnderWay::default();
        let mut tasks = JoinSet::new();
        let desk = self.desk(&mut tasks);
        let mut look = Look::AtAll;
        let mut trouble = Trouble::of("webhooks cannot be sent");
        // Set by news, which come with every commit: they are looked at together.
        let mut look_at: Option<Instant> = None;
        while !stop.is_cancelled() {
            let pause = match self.round(look, &desk, &mut under_way).await {
                Ok(count) => {
                    trouble.end();
                    // There may be more of it.
                    if count > 0 {
                        continue;
                    }
                    self.options.poll
                }
                Err(error) => trouble.go_on(&error, self.options.poll),
            };
            look = tokio::select! {
                () = stop.cancelled() => Look::Away,
                has_room = under_way.some_ended(&self.options) => {
                    if has_room { Look::AtWhatIsDue } else { Look::Away }
                }
                () = news.raised(), if look_at.is_none() => {
                    look_at = Some(Instant::now() + self.options.gather);
                    Look::Away
                }
                () = tokio::time::sleep_until(look_at.unwrap_or_else(Instant::now)), if look_at.is_some() => {
                    look_at = None;
                    Look::AtAll
                }
                () = tokio::time::sleep(pause) => Look::AtAll,
            };
        }
        while under_way.tasks.join_next().await.is_some() {}
        drop(desk);
        tasks.join_all().await;
    }

    /// One round to its end: looks at events, and sends what is due. Answers how many events and messages it had.
    pub async fn step(&self) -> Answer<usize> {
        let mut under_way = UnderWay::default();
        let seen = follow(self.store.as_ref(), self.words.as_ref(), self.clock.now()).await?;
        let mut tasks = JoinSet::new();
        let desk = self.desk(&mut tasks);
        let sent = self.begin_due(&desk, &mut under_way).await?;
        while under_way.tasks.join_next().await.is_some() {}
        drop(desk);
        tasks.join_all().await;
        Ok(seen.saturating_add(sent))
    }

    /// Answers how many events it looked at and how many messages it began to send.
    async fn round(&self, look: Look, desk: &Desk, under_way: &mut UnderWay) -> Answer<usize> {
        let seen = match look {
            Look::AtAll => {
                follow(self.store.as_ref(), self.words.as_ref(), self.clock.now()).await?
            }
            Look::AtWhatIsDue | Look::Away => 0,
        };
        if matches!(look, Look::Away) || under_way.is_full(&self.options) {
            return Ok(seen);
        }
        Ok(seen.saturating_add(self.begin_due(desk, under_way).await?))
    }

    async fn begin_due(&self, desk: &Desk, under_way: &mut UnderWay) -> Answer<usize> {
        let now = self.clock.now();
        // Reading is cheap, and a lease is a commit.
        if !self.store.is_delivery_due(now).await? {
            return Ok(0);
        }
        let request = DeliveryRequest {
            lease: LeaseRequest {
                token: LeaseToken::new(random_uuid(self.ids.as_ref())),
                length: self.options.lease,
                count: self.options.at_once.saturating_sub(under_way.count()),
                now,
            },
            // On top of what is less than half.
            per_consumer: self.options.per_consumer.div_ceil(2),
            saturated: under_way.saturated(&self.options),
        };
        let leases = self.store.lease_due_deliveries(&request).await?;
        let count = leases.len();
        for lease in leases {
            under_way.begin(self, desk, lease);
        }
        Ok(count)
    }

    fn desk(&self, tasks: &mut JoinSet<()>) -> Desk {
        let settler = Settler::start(self.store.clone(), self.clock.clone(), tasks);
        Desk { sender: self.sender(), settler }
    }

    fn sender(&self) -> Sender {
        Sender {
            outbound: self.outbound.clone(),
            vault: self.vault.clone(),
            clock: self.clock.clone(),
            opened: Arc::default(),
        }
    }

    async fn bring(&self, mut lease: DeliveryLease, desk: &Desk, turn: OwnedSemaphorePermit) {
        let sent = desk.sender.send(&mut lease).await;
        // The next call need not wait until this one is kept.
        drop(turn);
        let mut random = [0; 8];
        self.ids.fill(&mut random);
        let (message, consumer) = (lease.delivery.message_id(), lease.consumer.id);
        let error = sent.error.clone().unwrap_or_default();
        let outcome = Outcome { lease, sent, random: u64::from_le_bytes(random) };
        match desk.settler.settle(outcome).await {
            Some(DeliverySettled::Written(verdict)) => tell(&message, consumer, &verdict, &error),
            Some(DeliverySettled::LeaseLost) => {
                info!(message.id = %message, "the message is no longer this worker's");
            }
            None => {}
        }
    }
}

fn tell(message: &MessageId, consumer: ConsumerId, verdict: &Verdict, error: &str) {
    if let Some(why) = verdict.disable {
        let why = why.name();
        warn!(consumer.id = %consumer, why, error, "a webhook consumer is disabled: nothing is sent to it");
    }
    match verdict.status {
        DeliveryStatus::Success => {
            debug!(message.id = %message, consumer.id = %consumer, "a message arrived");
        }
        DeliveryStatus::Failure => {
            warn!(message.id = %message, consumer.id = %consumer, error, "a message is given up: recover it when the consumer is back");
        }
        DeliveryStatus::Sending | DeliveryStatus::Attempting => {
            let due_at = verdict.due_at.map(|at| at.to_string()).unwrap_or_default();
            info!(message.id = %message, consumer.id = %consumer, error, due_at, "a message did not arrive: it is sent again");
        }
    }
}
