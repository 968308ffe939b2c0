//! Verbs about events. Nobody writes one by itself, unless it did not happen: each is written with what caused it.

use crate::{Answer, EventSignal};
use async_trait::async_trait;
use domain::event::{Event, Example, KeptEvent};
use domain::ids::ClientId;

/// Verbs about events.
#[async_trait]
pub trait Events: Send + Sync {
    /// A client's events after `sequence`, in order, at most `count`.
    async fn list_events(
        &self,
        client: ClientId,
        sequence: u64,
        count: u32,
    ) -> Answer<Vec<KeptEvent>>;

    /// The sequence of a client's newest event; 0 without any.
    async fn newest_event(&self, client: ClientId) -> Answer<u64>;

    /// Keeps an event that did not happen; answers its sequence.
    async fn record_example(&self, event: &Event, example: &Example) -> Answer<u64>;

    /// Raised after this process has written something; events may be among it. Those of other processes are found
    /// by looking.
    fn event_signal(&self) -> EventSignal;
}
