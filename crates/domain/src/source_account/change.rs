//! What a caller may change on an account, and when.

use super::{AccountStatus, SourceAccount};
use crate::money::Amount;
use jiff::Timestamp;
use thiserror::Error;

/// What to change; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// A new name.
    pub name: Option<String>,
    /// A new balance.
    pub balance: Option<Amount>,
    /// Stop the feed.
    pub disconnect: bool,
}

/// Why a change is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ChangeRefused {
    /// Lines carry the balance of a connected account.
    #[error(
        "balance can only be changed while the account is not connected: push a line with the new balance instead"
    )]
    BalanceOfConnected,
}

impl SourceAccount {
    /// The account as it is after `change`.
    pub fn changed(mut self, change: AccountChange, now: Timestamp) -> Result<Self, ChangeRefused> {
        if let Some(balance) = change.balance {
            if self.status == AccountStatus::Connected {
                return Err(ChangeRefused::BalanceOfConnected);
            }
            self.balance = Some(balance);
        }
        if let Some(name) = change.name {
            self.details.name = Some(name);
        }
        if change.disconnect {
            self.status = AccountStatus::Disconnected;
        }
        self.modified_at = now;
        Ok(self)
    }
}
