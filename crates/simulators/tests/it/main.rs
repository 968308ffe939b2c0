//! The simulator from outside: against a bank that keeps what it was asked, and through its control API.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a surprise fails the test")]
#![expect(
    clippy::disallowed_methods,
    reason = "the bank's engineer has an HTTP client of their own"
)]

mod bank;
mod control;
mod fetching;
mod xero;

use simulators::QuickBooks;
use simulators::quickbooks::{Choice, Chosen};
use std::path::PathBuf;
use std::sync::Arc;
use testkit::ManualClock;

/// A simulator at noon of 29 February 2024.
fn a_simulator(bank: &bank::Bank, state_file: Option<PathBuf>) -> Arc<QuickBooks> {
    Arc::new(QuickBooks::open(&bank.url, state_file, Arc::new(ManualClock::default())).unwrap())
}

/// All accounts from that day on.
fn all_from(start: &str) -> Choice {
    Choice {
        accounts: Chosen::All,
        start: Some(start.parse().unwrap()),
        source_ids: [("MR-1".to_owned(), "acc-1".to_owned())].into(),
    }
}
