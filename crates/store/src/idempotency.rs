//! Verbs about requests that are done once.

use crate::Answer;
use async_trait::async_trait;
use domain::idempotency::{Claim, Claimed, KeptAnswer};
use jiff::Timestamp;

/// Verbs about requests that are done once.
#[async_trait]
pub trait Idempotency: Send + Sync {
    /// Claims a key for a request. A claim that was neither answered nor released ends by itself after
    /// [`domain::idempotency::CLAIM_LIFE`]. A few keys that have ended are forgotten at the same time.
    async fn claim_key(&self, claim: &Claim) -> Answer<Claimed>;

    /// Keeps the answer to a claimed request until `ends_at`, unless the claim has passed to another.
    async fn keep_answer(
        &self,
        claim: &Claim,
        answer: &KeptAnswer,
        ends_at: Timestamp,
    ) -> Answer<()>;

    /// Gives a claim back: the request may be sent again under the key.
    async fn release_key(&self, claim: &Claim) -> Answer<()>;
}
