//! Work that is due: leased by a worker for a while, then settled. Today there is one kind, settling a push.

use crate::ids::LeaseToken;
use crate::platform::Platform;
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
    /// Where it goes, as it was when it was leased; nothing when the account that was pushed to is gone.
    pub destination: Option<Destination>,
}

/// Where a push goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The connection's.
    pub platform: &'static Platform,
    /// When the account was made that was pushed to: one made later may have its id.
    pub account_made_at: Timestamp,
}
