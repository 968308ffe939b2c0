//! Credentials that a customer types into QuickBooks: how they look, and when too many failures lock them.
//! Hashing the password is the door's business, because it is slow on purpose.

use crate::ids::{ConnectionPath, CredentialId, IdSource, random_text};
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// 16 of 62 characters: 95 bits.
pub const PASSWORD_CHARS: usize = 16;
/// So many wrong passwords within the window lock the name. Ten leaves room for a person's typing errors.
pub const SIGN_ON_FAILURES_MAX: u32 = 10;
/// Failures are counted over this time, and a lock lasts as long.
pub const SIGN_ON_WINDOW: SignedDuration = SignedDuration::from_mins(15);
const USERNAME_ALPHABET: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";
const PASSWORD_ALPHABET: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789";

/// What is kept of one set of credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Never changes.
    pub id: CredentialId,
    /// The connection it opens.
    pub path: ConnectionPath,
    /// Unique on the server.
    pub username: String,
    /// A slow hash of the password, in PHC form.
    pub password_hash: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// What went wrong lately.
    pub guard: SignOnGuard,
}

/// A new pair, shown once.
pub struct Secrets {
    /// Three groups of four, as Codat's.
    pub username: String,
    /// Random.
    pub password: String,
}

impl Secrets {
    /// A new pair.
    pub fn generate(ids: &dyn IdSource) -> Self {
        let groups: Vec<_> = (0..3).map(|_| random_text(ids, USERNAME_ALPHABET, 4)).collect();
        Self {
            username: groups.join("-"),
            password: random_text(ids, PASSWORD_ALPHABET, PASSWORD_CHARS),
        }
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets {{ username: {:?}, password: … }}", self.username)
    }
}

/// Counts failures of one name, and knows when it first went well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignOnGuard {
    /// Failures since the window opened.
    pub failures: u32,
    /// When the first of them happened.
    pub window_opened_at: Option<Timestamp>,
    /// When somebody first signed on with the right password.
    pub signed_on_at: Option<Timestamp>,
}

impl SignOnGuard {
    /// Whether the name is locked at `now`, whatever password comes.
    pub fn is_locked(self, now: Timestamp) -> bool {
        self.failures >= SIGN_ON_FAILURES_MAX && !self.window_is_over(now)
    }

    /// The guard after a wrong password. While locked nothing is counted, or a stranger could lock somebody out for ever.
    #[must_use]
    pub fn after_failure(self, now: Timestamp) -> Self {
        if self.is_locked(now) {
            return self;
        }
        if self.window_is_over(now) {
            return Self { failures: 1, window_opened_at: Some(now), ..self };
        }
        let failures = self.failures.saturating_add(1);
        // A lock runs its whole time from the failure that caused it.
        let locks_now = failures >= SIGN_ON_FAILURES_MAX;
        let opened = if locks_now { Some(now) } else { self.window_opened_at };
        Self { failures, window_opened_at: opened, ..self }
    }

    /// The guard after the right password: earlier failures are forgotten.
    #[must_use]
    pub fn after_success(self, now: Timestamp) -> Self {
        Self { signed_on_at: self.signed_on_at.or(Some(now)), ..Self::default() }
    }

    fn window_is_over(self, now: Timestamp) -> bool {
        // One that opened long after now was opened by a clock that was ahead, and set back since.
        self.window_opened_at
            .is_none_or(|opened| now.duration_since(opened).abs() >= SIGN_ON_WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_failures_lock_for_a_quarter_of_an_hour() {
        let start: Timestamp = "2024-02-29T12:00:00Z".parse().unwrap();
        let minute = |n| start + SignedDuration::from_mins(n);
        let mut guard = SignOnGuard::default();
        for n in 0..9 {
            guard = guard.after_failure(minute(n));
            assert!(!guard.is_locked(minute(n)));
        }
        guard = guard.after_failure(minute(9));
        assert!(guard.is_locked(minute(9)) && guard.is_locked(minute(23)));
        assert_eq!(guard.after_failure(minute(20)), guard);
        assert!(!guard.is_locked(minute(24)));
        assert_eq!(guard.after_failure(minute(24)).failures, 1);
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out_until_it_has_caught_up() {
        let locked_at: Timestamp = "2024-02-29T12:00:00Z".parse().unwrap();
        let mut guard = SignOnGuard::default();
        for _ in 0..SIGN_ON_FAILURES_MAX {
            guard = guard.after_failure(locked_at);
        }
        assert!(guard.is_locked(locked_at - SignedDuration::from_mins(1)), "a clock may differ");
        assert!(!guard.is_locked(locked_at - SignedDuration::from_hours(24)));
    }

    #[test]
    fn the_first_success_is_remembered_whatever_comes_after_it() {
        let start: Timestamp = "2024-02-29T12:00:00Z".parse().unwrap();
        let later = start + SignedDuration::from_mins(1);
        let guard = SignOnGuard::default().after_failure(start).after_success(start);
        assert_eq!(guard, SignOnGuard { signed_on_at: Some(start), ..SignOnGuard::default() });
        assert_eq!(guard.after_failure(later).after_success(later), guard);
    }

    #[test]
    fn slow_typists_are_never_locked() {
        let start: Timestamp = "2024-02-29T12:00:00Z".parse().unwrap();
        let mut guard = SignOnGuard::default();
        for n in 0..100 {
            let now = start + SignedDuration::from_mins(2 * n);
            guard = guard.after_failure(now);
            assert!(!guard.is_locked(now));
        }
    }
}
