//! Verbs about how much is asked for.

use crate::Answer;
use async_trait::async_trait;
use domain::ids::{ClientId, RequestId};
use domain::rate_limit::{Admission, CallerAddress, Knock, RateLimits};
use jiff::Timestamp;

/// Verbs about how much is asked for. All of them count for every process on the database.
#[async_trait]
pub trait RateLimiting: Send + Sync {
    /// Counts a request and lets it in, or refuses it. The first refusal of a day for want of its share is an event. A
    /// request that is let in is under way until it is ended, or for [`domain::rate_limit::REQUEST_LIFE`].
    async fn admit_request(&self, knock: &Knock) -> Answer<Admission>;

    /// Ends a request that was let in.
    async fn end_request(&self, client: ClientId, id: RequestId) -> Answer<()>;

    /// Counts a request from an address; answers how many have come in the minute of `at`, this one included. A few
    /// minutes that are over are forgotten at the same time.
    async fn count_address(&self, address: CallerAddress, at: Timestamp) -> Answer<u64>;

    /// Begins the new day of clients that had used up an earlier one, each with its event. Answers how many.
    async fn begin_day(&self, limits: &RateLimits, now: Timestamp) -> Answer<u64>;
}
