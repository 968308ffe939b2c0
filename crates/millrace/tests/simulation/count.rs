//! How often what happened in worlds: one in which nothing goes wrong proves nothing.

use super::stage::DENIED;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use testkit::xero_weather;

/// What a thousand worlds cannot be without.
const NEVER_MISSING: &[&str] = &[
    "account gone for good",
    "account of which something may be missing",
    "account whole again",
    "answer to QuickBooks lost",
    "browser back from an earlier consent",
    "clock set ahead",
    "clock set back",
    "clock wrong to the end",
    "commit on a broken disk",
    "commit on a full disk",
    DENIED,
    "endpoint Away",
    "endpoint Busy",
    "endpoint Failing",
    "endpoint Gone",
    "endpoint Silent",
    "endpoint Slow",
    "endpoint Well",
    "endpoint that heard in order",
    "file torn by a power cut",
    "line fetched by QuickBooks",
    "line sent to Xero",
    "machine started anew",
    "message heard",
    "message heard again",
    "network Late",
    "network LostAfter",
    "network LostBefore",
    "network Truncated",
    "network Unanswered",
    "parting AccountDeleted",
    "parting AccountDisconnected",
    "parting AccountMade",
    "parting ConnectionDeleted",
    "parting ConnectionUnlinked",
    "poll of QuickBooks",
    "poll of QuickBooks that failed",
    "power cut",
    "process killed",
    "push Failed",
    "push Success",
    "push TimedOut",
    "push asked again after its answer",
    "push given up by its caller",
    "push of which nothing was taken",
    "push of which something may be there",
    "push to an account that is gone",
    "push while its key is in use",
    "push with a key",
    "push without a key",
    "push without an answer",
    "push without room or disk",
    "worker's round that failed",
];

/// What the worlds that are told every time cannot be without.
const IN_FEW_WORLDS: &[&str] = &[
    "Xero's reset-after",
    "Xero's truncated-body",
    "answer to QuickBooks lost",
    "clock set ahead",
    "clock set back",
    "commit on a full disk",
    "endpoint that heard in order",
    "line fetched by QuickBooks",
    "line sent to Xero",
    "machine started anew",
    "message heard again",
    "network LostAfter",
    "parting AccountDeleted",
    "poll of QuickBooks that failed",
    "power cut",
    "process killed",
    "push Failed",
    "push Success",
    "push TimedOut",
];

/// A tally by names.
#[derive(Debug, Default)]
pub(crate) struct Counts(Mutex<BTreeMap<String, u64>>);

impl Counts {
    /// It happened once.
    pub(crate) fn count(&self, what: impl Into<String>) {
        self.add(what, 1);
    }

    pub(crate) fn add(&self, what: impl Into<String>, times: u64) {
        *self.0.lock().unwrap().entry(what.into()).or_default() += times;
    }

    /// All of another's as well.
    pub(crate) fn take(&self, other: &Self) {
        for (what, times) in other.0.lock().unwrap().iter() {
            self.add(what, *times);
        }
    }

    pub(crate) fn has(&self, what: &str) -> bool {
        self.0.lock().unwrap().contains_key(what)
    }

    /// What should have happened even in a few worlds, and has not.
    pub(crate) fn missing_of_few(&self) -> Vec<&'static str> {
        IN_FEW_WORLDS.iter().copied().filter(|what| !self.has(what)).collect()
    }

    /// What should have happened in so many worlds, and has not.
    pub(crate) fn missing(&self) -> Vec<String> {
        let seen = self.0.lock().unwrap();
        let faults = xero_weather::usual_faults().map(|fault| format!("Xero's {fault}"));
        let all = NEVER_MISSING.iter().map(|what| (*what).to_owned()).chain(faults);
        all.filter(|what| !seen.contains_key(what)).collect()
    }
}

/// A line for each name.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (what, times) in self.0.lock().unwrap().iter() {
            writeln!(f, "{times:>12}  {what}")?;
        }
        Ok(())
    }
}
