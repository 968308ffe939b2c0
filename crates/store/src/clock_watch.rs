//! Whether the clock was set back since the database was last worked with. What was due or held by the clock that was ahead
//! would lie in the future, and wait as long as the clock was ahead.

use domain::clock::CLOCKS_APART_MAX;
use jiff::{SignedDuration, Timestamp};

/// How often the time is noted: each note is a commit.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Nobody holds anything longer.
pub const HOLD_MAX: SignedDuration = SignedDuration::from_mins(20);

/// What is to be done about the time that was noted last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noting {
    /// Nothing.
    Enough,
    /// The new time is noted.
    Note,
    /// The new time is noted, and what lies in the future is moved back by so much.
    MoveBack(SignedDuration),
}

/// Decides at `now`.
pub fn decide(noted: Option<Timestamp>, now: Timestamp) -> Noting {
    let Some(noted) = noted else { return Noting::Note };
    let ahead = noted.duration_since(now);
    if ahead > CLOCKS_APART_MAX {
        Noting::MoveBack(ahead)
    } else if ahead <= -NOTED_EVERY {
        Noting::Note
    } else {
        Noting::Enough
    }
}

/// No hold that a clock which is right at `now` has given ends later. What does was held by the clock that was ahead.
pub fn holds_end_by(now: Timestamp) -> Timestamp {
    now.saturating_add(CLOCKS_APART_MAX + HOLD_MAX).unwrap_or(now)
}

/// By how much more than the noted time nobody's clock is ahead, in microseconds. A request that was let in by a clock that
/// was then set back, and is written after that was noted, must not wait for the old time.
pub const AHEAD_OF_NOTED_MICROS: i64 = CLOCKS_APART_MAX.as_secs().saturating_mul(1_000_000);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clock_that_is_far_behind_was_set_back() {
        let now = Timestamp::UNIX_EPOCH;
        let seconds = |count| Some(now + SignedDuration::from_secs(count));
        assert_eq!(decide(None, now), Noting::Note);
        assert_eq!(decide(seconds(0), now), Noting::Enough);
        assert_eq!(decide(seconds(-59), now), Noting::Enough);
        assert_eq!(decide(seconds(-60), now), Noting::Note);
        assert_eq!(decide(seconds(600), now), Noting::Enough);
        assert_eq!(decide(seconds(601), now), Noting::MoveBack(SignedDuration::from_secs(601)));
    }
}
