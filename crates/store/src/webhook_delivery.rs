//! Verbs about bringing events to consumers. A consumer follows its client's events at its own pace: it keeps the place
//! up to which they were looked at for it, so writing an event costs nothing for those who listen, and nothing is missed.

use crate::{Answer, LeaseRequest};
use async_trait::async_trait;
use domain::client::ClientName;
use domain::ids::{ClientId, ConsumerId};
use domain::page::{ListRequest, Page};
use domain::webhook::{Attempt, Consumer, Delivery, DeliveryLease, NewDelivery, Outcome, Verdict};
use jiff::Timestamp;

/// A consumer for which there are events to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    /// Who.
    pub consumer: Consumer,
    /// The name of its client.
    pub client_name: ClientName,
    /// The last event that was looked at for it.
    pub seen: u64,
}

/// Events that were looked at for a consumer.
#[derive(Clone, Debug)]
pub struct FanOut {
    /// The tenant.
    pub client: ClientId,
    /// For whom.
    pub consumer: ConsumerId,
    /// The place from which they were looked at. Compared again: another worker may have done the same.
    pub from: u64,
    /// The last of them.
    pub to: u64,
    /// Those that it wants, in order.
    pub wanted: Vec<NewDelivery>,
    /// Now.
    pub now: Timestamp,
}

/// A worker asks for messages to send.
#[derive(Clone, Debug)]
pub struct DeliveryRequest {
    /// How many, how long.
    pub lease: LeaseRequest,
    /// At most so many for one consumer.
    pub per_consumer: u32,
    /// Consumers that this worker is busy with already.
    pub saturated: Vec<ConsumerId>,
}

/// What became of a settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliverySettled {
    /// It is written, and means this.
    Written(Verdict),
    /// The lease had ended, or the message is no longer wanted; nothing was written.
    LeaseLost,
}

/// Verbs about deliveries; those without a client serve all of them.
#[async_trait]
pub trait WebhookDeliveries: Send + Sync {
    /// Enabled consumers that have not seen their client's newest event.
    async fn list_behind(&self, count: u32) -> Answer<Vec<Behind>>;

    /// Moves a consumer's place on and keeps what it wants; whether its place was still `from`. A message that it has
    /// already is not kept twice.
    async fn fan_out(&self, fan_out: &FanOut) -> Answer<bool>;

    /// Whether a message is due.
    async fn is_delivery_due(&self, now: Timestamp) -> Answer<bool>;

    /// Leases messages that are due, of each consumer oldest first, within its messages a second. In a consumer that
    /// wants an order, of each company only the first that has not ended is ever due.
    async fn lease_due_deliveries(&self, request: &DeliveryRequest) -> Answer<Vec<DeliveryLease>>;

    /// Keeps attempts and what they mean, each if its lease still holds, all in one transaction. A consumer that is to
    /// be disabled is, with an event. Answers for each what became of it, in their order.
    async fn settle_deliveries(
        &self,
        outcomes: Vec<Outcome>,
        now: Timestamp,
    ) -> Answer<Vec<DeliverySettled>>;

    /// A consumer's deliveries, newest event first; nothing without the consumer.
    async fn list_deliveries(
        &self,
        client: ClientId,
        consumer: ConsumerId,
        request: &ListRequest,
    ) -> Answer<Option<Page<Delivery>>>;

    /// The delivery of one event.
    async fn find_delivery(
        &self,
        client: ClientId,
        consumer: ConsumerId,
        sequence: u64,
    ) -> Answer<Option<Delivery>>;

    /// Its attempts, oldest first.
    async fn list_attempts(
        &self,
        client: ClientId,
        consumer: ConsumerId,
        sequence: u64,
    ) -> Answer<Vec<Attempt>>;

    /// Sends a message again, whatever became of it; whether there is one.
    async fn resend_delivery(
        &self,
        client: ClientId,
        consumer: ConsumerId,
        sequence: u64,
        now: Timestamp,
    ) -> Answer<bool>;

    /// Sends again what was made since a moment and given up; how many, or nothing without the consumer.
    async fn recover_deliveries(
        &self,
        client: ClientId,
        consumer: ConsumerId,
        since: Timestamp,
        now: Timestamp,
    ) -> Answer<Option<u64>>;

    /// Looks again at the events since a moment: what the consumer wants of them and was never sent is sent. Answers how
    /// many events are looked at, or nothing without the consumer.
    async fn replay_events(
        &self,
        client: ClientId,
        consumer: ConsumerId,
        since: Timestamp,
    ) -> Answer<Option<u64>>;

    /// Forgets deliveries that ended and were made before a moment, with their attempts, at most `count`; how many.
    async fn forget_deliveries(&self, before: Timestamp, count: u32) -> Answer<u64>;
}
