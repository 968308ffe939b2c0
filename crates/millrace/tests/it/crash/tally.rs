//! What all worlds together have seen, for the closing line.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counters.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(super) rounds: Counter,
    pub(super) kills: Counter,
    /// Acknowledged.
    pub(super) pushes: Counter,
    /// Kept, each once.
    pub(super) lines: Counter,
    /// Statements that were fetched.
    pub(super) polls: Counter,
    /// Statements that were sent and delivered.
    pub(super) deliveries: Counter,
    pub(super) events: Counter,
    /// Messages that reached the sink, the same ones included.
    pub(super) messages: Counter,
}

/// A number that many count on.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, many: usize) {
        self.0.fetch_add(u64::try_from(many).unwrap(), Ordering::Relaxed);
    }
}

impl fmt::Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.load(Ordering::Relaxed).fmt(f)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rounds, kills, pushes, lines, polls, deliveries, events, messages } = self;
        write!(
            f,
            "{rounds} rounds, {kills} kills, {pushes} pushes acknowledged, {lines} lines, {polls} polls, \
             {deliveries} deliveries, {events} events in {messages} messages"
        )
    }
}
