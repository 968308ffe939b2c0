//! Verbs about webhook consumers.

use crate::Answer;
use async_trait::async_trait;
use domain::ids::{ClientId, ConsumerId};
use domain::webhook::{Consumer, ConsumerChange};
use jiff::Timestamp;

/// What became of a new consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsumerKept {
    /// It is kept.
    Kept,
    /// The client has as many as it may.
    TooMany,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsumerChanged {
    /// The consumer as it stands now.
    Changed(Box<Consumer>),
    /// There is none.
    Unknown,
    /// Its secrets are no longer those that the change was made from: look again.
    Outdated,
}

/// Verbs about webhook consumers.
#[async_trait]
pub trait WebhookConsumers: Send + Sync {
    /// Keeps a consumer. It hears of events from now on.
    async fn create_consumer(&self, consumer: &Consumer) -> Answer<ConsumerKept>;

    /// One consumer.
    async fn find_consumer(&self, client: ClientId, id: ConsumerId) -> Answer<Option<Consumer>>;

    /// A client's consumers, oldest first.
    async fn list_consumers(&self, client: ClientId) -> Answer<Vec<Consumer>>;

    /// Changes a consumer. While it is disabled, nothing is due for it, and nothing is forgotten.
    async fn change_consumer(
        &self,
        client: ClientId,
        id: ConsumerId,
        change: &ConsumerChange,
        now: Timestamp,
    ) -> Answer<ConsumerChanged>;

    /// Deletes a consumer with what was on its way to it; whether there was one.
    async fn delete_consumer(&self, client: ClientId, id: ConsumerId) -> Answer<bool>;

    /// Consumers of all clients behind a place in the order of their ids: for whoever seals their secrets anew.
    async fn list_all_consumers(
        &self,
        after: Option<(ClientId, ConsumerId)>,
        count: u32,
    ) -> Answer<Vec<Consumer>>;
}
