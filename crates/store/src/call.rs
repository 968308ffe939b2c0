//! Verbs about calls of platforms, which are counted for every process on the database.

use crate::Answer;
use async_trait::async_trait;
use domain::call_budget::{CallLimits, CallTurn};
use domain::ids::CallId;
use jiff::Timestamp;

/// Verbs about calls of platforms. `organisation` names whom a platform counts for; it belongs to no client, because the
/// same organisation may be fed by several.
#[async_trait]
pub trait Calls: Send + Sync {
    /// Counts a call of an organisation, or says when to come again.
    async fn begin_call(
        &self,
        organisation: &str,
        call: CallId,
        limits: CallLimits,
        now: Timestamp,
    ) -> Answer<CallTurn>;

    /// Ends a call that was counted; the platform may have asked for silence.
    async fn end_call(
        &self,
        organisation: &str,
        call: CallId,
        silent_until: Option<Timestamp>,
    ) -> Answer<()>;
}
