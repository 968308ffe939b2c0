//! The layouts that are compared. Each refuses known ids and can list an account's lines by date.

mod fingerprints;
mod ledger;
mod rows;

use crate::Answer;
use domain::line::Line;
use rusqlite::Connection;

pub(crate) use fingerprints::Fingerprints;
pub(crate) use ledger::Ledger;
pub(crate) use rows::Rows;

/// A way to keep lines.
pub(crate) trait Layout {
    /// Its tables.
    fn schema(&self) -> &'static str;

    /// Keeps a push of lines none of which is known; inside a transaction.
    fn push(&mut self, database: &Connection, account: u64, lines: &[Line]) -> Answer<()>;

    /// Reads the account's newest hundred lines by date; answers how many there were.
    fn read_newest(&mut self, database: &Connection, account: u64) -> Answer<usize>;
}

/// How many lines a list shows.
const PAGE_LINES: usize = 100;

/// Which layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LayoutKind {
    /// A head for each account, and chunks: what Millrace does.
    Ledger,
    /// The same on pages of half the size.
    LedgerSmallPages,
    /// One row for each line.
    Rows,
    /// A segment for each push, and a row for each fingerprint.
    Fingerprints,
}

impl LayoutKind {
    pub(crate) const ALL: [Self; 4] =
        [Self::Ledger, Self::LedgerSmallPages, Self::Rows, Self::Fingerprints];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ledger => "head + chunks",
            Self::LedgerSmallPages => "head + chunks, 4 KiB pages",
            Self::Rows => "row per line",
            Self::Fingerprints => "segment + fingerprint rows",
        }
    }

    pub(crate) const fn page_bytes(self) -> u32 {
        match self {
            Self::LedgerSmallPages => 4_096,
            Self::Ledger | Self::Rows | Self::Fingerprints => 8_192,
        }
    }

    pub(crate) fn make(self, run_cache_bytes: usize) -> Box<dyn Layout> {
        match self {
            Self::Ledger | Self::LedgerSmallPages => Box::new(Ledger::new(run_cache_bytes)),
            Self::Rows => Box::new(Rows),
            Self::Fingerprints => Box::new(Fingerprints),
        }
    }
}
