//! Verbs about due work.

use crate::Answer;
use async_trait::async_trait;
use domain::ids::LeaseToken;
use domain::push::{PushOperation, Settlement};
use domain::work::Lease;
use jiff::{SignedDuration, Timestamp};

/// A worker asks for work.
#[derive(Clone, Copy, Debug)]
pub struct LeaseRequest {
    /// Made for this request; every lease of it carries it.
    pub token: LeaseToken,
    /// How long the worker may take.
    pub length: SignedDuration,
    /// How many pieces at most.
    pub count: u32,
    /// Now.
    pub now: Timestamp,
}

/// What became of a settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It is written.
    Written,
    /// The lease had ended and another worker has the push, or it has been settled; nothing was written.
    LeaseLost,
}

/// Verbs about due work, of whatever client: a worker serves them all.
#[async_trait]
pub trait WorkQueue: Send + Sync {
    /// Leases what is due and not held, oldest first. Of one account only the oldest push that pends is leased, so an
    /// account's pushes are settled in order. A lease that ended is as if it had never been.
    async fn lease_due_work(&self, request: &LeaseRequest) -> Answer<Vec<Lease>>;

    /// Ends a push, or makes it due again, if the lease still holds: the operation, its event, and for one that timed
    /// out before any statement showed its lines, the withdrawal of these. A finished push gives up its work.
    async fn settle_push(
        &self,
        lease: &Lease,
        settlement: &Settlement,
        now: Timestamp,
    ) -> Answer<Settled>;

    /// Ends pushes as successes of which there is nothing to tell, together: as [`settle_push`](Self::settle_push) would
    /// one by one, with as many commits.
    async fn finish_pushes(&self, leases: &[Lease], now: Timestamp) -> Answer<Vec<Settled>>;

    /// Gives a lease back unsettled, so that another worker need not wait for its end.
    async fn release_work(&self, lease: &Lease) -> Answer<()>;

    /// Pushes that pend and were asked for before `before`, the oldest first, at most `count`. Those are left out that
    /// wait for a customer who has shut us out: whoever sends it to the link again knows of them.
    async fn list_waiting(&self, before: Timestamp, count: u32) -> Answer<Vec<PushOperation>>;
}
