//! Work that is due: leased by a worker for a while, then settled. Today there is one kind, settling a push.

use crate::ids::LeaseToken;
use crate::push::PushOperation;
use jiff::Timestamp;

/// A piece of work that a worker holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Proves the hold; compared again when the work is settled.
    pub token: LeaseToken,
    /// When the hold ends by itself.
    pub until: Timestamp,
    /// Which attempt this is, from one.
    pub attempt: u32,
    /// The push to bring to its end.
    pub push: PushOperation,
    /// When the account that was pushed to was made; nothing when it is gone. One made later may have its id.
    pub account_made_at: Option<Timestamp>,
}
