//! What a sync asks of a bank.

use async_trait::async_trait;
use domain::managed_sync::{Again, Period, SyncErrorCode, SyncFault, SyncOutcome};
use domain::push::DraftLine;
use domain::source_account::AccountPath;
use std::fmt;

/// Asks for one page of an account's lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankRequest {
    /// Whose lines.
    pub account: AccountPath,
    /// Which lines: those that the bank recorded in it.
    pub period: Period,
    /// Where the page before this one ended, in the bank's own words; nothing for the first.
    pub cursor: Option<String>,
}

/// One page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BankPage {
    /// The lines, in the bank's order.
    pub lines: Vec<DraftLine>,
    /// Where the next page begins; nothing after the last.
    pub next: Option<String>,
}

/// Why there is no page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankRefusal {
    /// For the operator.
    pub fault: SyncFault,
    /// For the worker.
    pub again: Again,
}

impl BankRefusal {
    /// Somebody has to do something first.
    pub fn lasting(code: SyncErrorCode, message: impl Into<String>) -> Self {
        Self { fault: SyncFault::new(code, message), again: Again::Useless }
    }

    /// It may pass by itself.
    pub fn passing(code: SyncErrorCode, message: impl Into<String>) -> Self {
        Self { fault: SyncFault::new(code, message), again: Again::Later(None) }
    }
}

impl From<BankRefusal> for SyncOutcome {
    fn from(refusal: BankRefusal) -> Self {
        Self::Stopped(refusal.fault, refusal.again)
    }
}

/// A bank that can be asked.
#[async_trait]
pub trait BankSource: Send + Sync + fmt::Debug {
    /// One page. Asking twice for the same does no harm.
    async fn fetch(&self, request: &BankRequest) -> Result<BankPage, BankRefusal>;
}
