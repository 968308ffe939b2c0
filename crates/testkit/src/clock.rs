//! A clock that a test sets by hand, and the instant at which it starts.

use domain::clock::Clock;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Mutex, PoisonError};

/// Noon of a leap day, UTC: whatever goes wrong once in four years goes wrong in every test.
pub const NOON: Timestamp = Timestamp::constant(1_709_208_000, 0);

/// The day of [`NOON`].
pub const TODAY: Date = Date::constant(2024, 2, 29);

/// So many minutes after [`NOON`].
pub fn noon_plus(minutes: i64) -> Timestamp {
    NOON + SignedDuration::from_mins(minutes)
}

/// Stands still until it is told to move.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that shows `now`.
    pub const fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Shows `now` from here on, which may lie in the past.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves on by `length`, and answers what it shows then.
    pub fn advance(&self, length: SignedDuration) -> Timestamp {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += length;
        *now
    }
}

impl Default for ManualClock {
    fn default() -> Self {
        Self::at(NOON)
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::clock::utc_date;

    #[test]
    fn the_clock_shows_what_it_is_told() {
        let clock = ManualClock::default();
        assert_eq!(clock.now(), "2024-02-29T12:00:00Z".parse().unwrap());
        assert_eq!(clock.advance(SignedDuration::from_mins(5)), noon_plus(5));
        assert_eq!(clock.now(), noon_plus(5));
        clock.set(noon_plus(-1));
        assert_eq!(clock.now(), noon_plus(-1));
    }

    #[test]
    fn noon_is_on_the_leap_day() {
        assert_eq!(utc_date(NOON), TODAY);
        assert!(TODAY.in_leap_year());
    }
}
