//! A fetch: one statement that a platform took from us. What it covers proves which lines have left the house.

use crate::ids::{CredentialId, FetchId};
use crate::line::KeptLine;
use crate::source_account::AccountPath;
use jiff::Timestamp;
use jiff::civil::Date;

/// One statement that was served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// Never changes.
    pub id: FetchId,
    /// Whose lines.
    pub account: AccountPath,
    /// Who signed on.
    pub credential: CredentialId,
    /// When.
    pub at: Timestamp,
    /// The first day served.
    pub from: Date,
    /// The last day served; nothing when the window had no end.
    pub to: Option<Date>,
    /// How many lines the account had then: a later line cannot have been in it.
    pub watermark: u64,
    /// How many lines were in it.
    pub lines: u32,
    /// How many bytes the whole answer had.
    pub bytes: u64,
    /// What the client called itself.
    pub user_agent: String,
}

impl Fetch {
    /// Whether `line` was in the statement.
    pub fn covers(&self, line: &KeptLine) -> bool {
        let date = line.line.date.date();
        line.position < self.watermark && self.from <= date && self.to.is_none_or(|to| date <= to)
    }
}
