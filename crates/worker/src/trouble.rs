//! A worker whose database is away: it looks again ever less often, but often enough to go on soon after, and the log is
//! told once and then ever less often.

use std::time::Duration;
use store::{Failures, StoreError};
use tracing::{info, warn};

/// However long a fault lasts, nobody waits longer than this after its end.
const PAUSE_MAX: Duration = Duration::from_secs(5);

/// The rounds that failed in a row.
#[derive(Debug)]
pub(crate) struct Trouble {
    what: &'static str,
    failures: Failures,
}

impl Trouble {
    /// None yet; `what` cannot be done while there is some.
    pub(crate) fn of(what: &'static str) -> Self {
        Self { what, failures: Failures::default() }
    }

    /// A round failed; how long to wait before the next.
    pub(crate) fn go_on(&mut self, error: &StoreError, poll: Duration) -> Duration {
        let what = self.what;
        if let Some(rounds) = self.failures.begin_or_go_on() {
            warn!(%error, rounds, "{what}: it is tried again");
        }
        let doublings = u32::try_from(self.failures.count()).unwrap_or(u32::MAX).min(16);
        // A pause that is set longer than the bound stays as it is set.
        poll.saturating_mul(1 << doublings).min(PAUSE_MAX.max(poll))
    }

    /// A round went well.
    pub(crate) fn end(&mut self) {
        let what = self.what;
        if let Some(rounds) = self.failures.end() {
            info!(rounds, "{what}: that is over");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_bound_and_begin_anew_after_the_end() {
        let mut trouble = Trouble::of("nothing can be done");
        let error = StoreError::Busy("by us".to_owned());
        let poll = Duration::from_millis(500);
        let mut pauses =
            (0..100).map(|_| trouble.go_on(&error, poll).as_millis()).collect::<Vec<_>>();
        pauses.dedup();
        assert_eq!(pauses, [1_000, 2_000, 4_000, 5_000]);
        trouble.end();
        assert_eq!(trouble.go_on(&error, poll).as_millis(), 1_000);
        assert_eq!(trouble.go_on(&error, Duration::from_mins(1)), Duration::from_mins(1));
    }
}
