//! How often an address may be wrong. A right password is never refused for it: nobody guesses one, so this only spares
//! the database and the log. Counted by each process for itself.

use domain::rate_limit::{CallerAddress, minute_of};
use jiff::Timestamp;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// A whole office behind one address may open old links.
const WRONG_PER_MINUTE_MAX: u32 = 20;
/// More than come in a minute; beyond it, a minute's counts are dropped rather than memory filled.
const ADDRESSES_MAX: usize = 10_000;

/// Counts wrong passwords.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    begun_at: Timestamp,
    wrong: HashMap<String, u32>,
}

impl Attempts {
    /// Counts one; whether the address has now been wrong too often.
    pub(crate) fn count_wrong(&self, address: IpAddr, now: Timestamp) -> bool {
        // What a thread that panicked left behind are counts like any other.
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let begun_at = minute_of(now);
        if minute.begun_at != begun_at || minute.wrong.len() >= ADDRESSES_MAX {
            *minute = Minute { begun_at, wrong: HashMap::new() };
        }
        let wrong = minute.wrong.entry(CallerAddress::of(address).to_string()).or_default();
        *wrong = wrong.saturating_add(1);
        *wrong > WRONG_PER_MINUTE_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_wrong_too_often_until_the_minute_is_over() {
        let attempts = Attempts::default();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (noon, later) = (at("2024-02-29T12:00:10Z"), at("2024-02-29T12:01:00Z"));
        let (ours, theirs): (IpAddr, IpAddr) =
            ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for _ in 0..WRONG_PER_MINUTE_MAX {
            assert!(!attempts.count_wrong(ours, noon));
        }
        assert!(attempts.count_wrong(ours, noon));
        assert!(!attempts.count_wrong(theirs, noon) && !attempts.count_wrong(ours, later));
    }
}
