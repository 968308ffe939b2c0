//! Verbs about events. Nobody writes one by itself: each is written with what caused it.

use crate::Answer;
use async_trait::async_trait;
use domain::event::KeptEvent;
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
}
