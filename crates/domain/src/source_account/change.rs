//! What a caller may change on an account, and when.

use super::{AccountStatus, SourceAccount};
use crate::money::Amount;
use jiff::Timestamp;
use jiff::civil::Date;
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
            self = self.disconnected(now);
        }
        self.modified_at = now;
        Ok(self)
    }

    /// The account as it is once its lines do not flow any more.
    #[must_use]
    pub fn disconnected(self, now: Timestamp) -> Self {
        let since = self.disconnected_at.unwrap_or(now);
        Self { status: AccountStatus::Disconnected, disconnected_at: Some(since), ..self }
    }

    /// The account as it is once its lines flow, from `feed_start` on.
    #[must_use]
    pub fn connected(self, feed_start: Date) -> Self {
        let feed_start = Some(feed_start);
        Self { status: AccountStatus::Connected, feed_start, disconnected_at: None, ..self }
    }

    /// The account with what the caller now says of it. The balance of a connected one is that of its lines.
    #[must_use]
    pub fn retold(self, said: Self) -> Self {
        let balance = match self.status {
            AccountStatus::Connected => self.balance,
            AccountStatus::Pending | AccountStatus::Connecting | AccountStatus::Disconnected => {
                said.balance.or(self.balance)
            }
        };
        let Self { shape, details, modified_at, .. } = said;
        Self { shape, details, balance, modified_at, ..self }
    }
}
