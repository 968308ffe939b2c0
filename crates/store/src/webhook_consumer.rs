//! Verbs about webhook consumers.

use crate::Answer;
use async_trait::async_trait;
use domain::ids::{ClientId, ConsumerId};
use domain::webhook::Consumer;

/// What became of a new consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsumerKept {
    /// It is kept.
    Kept,
    /// The client has as many as it may; nothing was written.
    TooMany,
}

/// Verbs about webhook consumers.
#[async_trait]
pub trait WebhookConsumers: Send + Sync {
    /// Keeps a new consumer, unless its client has [`domain::webhook::CONSUMERS_MAX`].
    async fn create_consumer(&self, consumer: &Consumer) -> Answer<ConsumerKept>;

    /// One consumer.
    async fn find_consumer(&self, client: ClientId, id: ConsumerId) -> Answer<Option<Consumer>>;

    /// A client's consumers, oldest first.
    async fn list_consumers(&self, client: ClientId) -> Answer<Vec<Consumer>>;

    /// Forgets a consumer with what was still to be sent to it; whether there was one.
    async fn delete_consumer(&self, client: ClientId, id: ConsumerId) -> Answer<bool>;
}
