//! Verbs about what was sent of pushes.

use crate::{Answer, Settled};
use async_trait::async_trait;
use domain::delivery::SentStatement;
use domain::ids::{ClientId, PushKey};
use domain::money::Amount;
use domain::work::Lease;

/// What was sent of a push, and what its next statement continues.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SentSoFar {
    /// The push's statements, in their order.
    pub statements: Vec<SentStatement>,
    /// The closing balance of the newest statement of an earlier push of the account that is in the books.
    pub closing: Option<Amount>,
}

/// Verbs about what was sent of pushes.
#[async_trait]
pub trait Deliveries: Send + Sync {
    /// What was sent of the push that is held, and what was delivered to this feed before.
    async fn sent_so_far(&self, lease: &Lease, feed: &str) -> Answer<SentSoFar>;

    /// Keeps a statement of the push as it stands now, if the lease still holds. One that is being sent makes it hold for
    /// [`domain::delivery::SENDING_HOLD`] from then.
    async fn keep_statement(&self, lease: &Lease, statement: &SentStatement) -> Answer<Settled>;

    /// The platform's ids of other statements of the same feed that look just like this one.
    async fn look_alikes(&self, lease: &Lease, statement: &SentStatement) -> Answer<Vec<String>>;

    /// A push's statements, in their order.
    async fn list_statements(&self, client: ClientId, push: PushKey) -> Answer<Vec<SentStatement>>;
}
