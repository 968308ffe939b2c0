//! Whether a customer who signed on may have an account's lines.

use super::{AccountStatus, SourceAccount};
use jiff::Timestamp;

/// What an account is for a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedDoor {
    /// Its lines flow already.
    Open,
    /// Its first statement connects it.
    Opens,
    /// It was disconnected: a client that goes on asking must not connect it again.
    Closed,
}

impl SourceAccount {
    /// For a customer whose credentials were made at the given instant. Credentials that are newer than the account's
    /// disconnection are a new permission: whoever got them may choose the account again.
    pub fn feed_door(&self, credentials_made_at: Timestamp) -> FeedDoor {
        match self.status {
            AccountStatus::Connected => FeedDoor::Open,
            AccountStatus::Pending | AccountStatus::Connecting => FeedDoor::Opens,
            AccountStatus::Disconnected => {
                let is_newer = self.disconnected_at.is_none_or(|at| credentials_made_at > at);
                if is_newer { FeedDoor::Opens } else { FeedDoor::Closed }
            }
        }
    }
}
