//! The list of accounts that the credentials may see.

use crate::account::AccountFrom;
use crate::datetime::OfxDateTime;

/// `ACCTINFORS`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountInfo {
    /// When the list last changed.
    pub dt_acct_up: OfxDateTime,
    /// The accounts.
    pub accounts: Vec<AccountEntry>,
}

/// `ACCTINFO`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountEntry {
    /// What people call it; at most 80 characters are sent.
    pub description: Option<String>,
    /// The account.
    pub account: AccountFrom,
    /// Whether it can be downloaded.
    pub service: ServiceStatus,
}

/// `SVCSTATUS`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ServiceStatus {
    /// It could be.
    Available,
    /// It soon can be.
    Pending,
    /// It can be.
    Active,
}

impl ServiceStatus {
    /// Every status there is.
    pub const ALL: [Self; 3] = [Self::Available, Self::Pending, Self::Active];

    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Available => "AVAIL",
            Self::Pending => "PEND",
            Self::Active => "ACTIVE",
        }
    }

    /// The status of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}
