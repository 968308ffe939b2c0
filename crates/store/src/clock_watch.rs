//! Whether the clock was set back since the database was last worked with. What was due or held by the clock that was ahead
//! would lie in the future, and wait as long as the clock was ahead.

use domain::clock::{CLOCKS_APART_MAX, moved_back};
use domain::link::Link;
use domain::webhook::Sent;
use jiff::{SignedDuration, Timestamp};

/// How often the time is noted: each note is a commit.
const NOTED_EVERY: SignedDuration = SignedDuration::from_mins(1);

/// Nobody holds anything longer.
pub const HOLD_MAX: SignedDuration = SignedDuration::from_mins(20);

/// Nobody writes so much later than they looked at the clock, which may have gone on for as long since it was noted.
const SLOW_MAX: SignedDuration = SignedDuration::from_mins(5);

/// What the database knows of the clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Noted {
    /// The time that was noted last.
    pub at: Option<Timestamp>,
    /// The time that was noted when it was set back; the last time that it was.
    pub set_back_from: Option<Timestamp>,
    /// The same of when it was found set ahead, or nobody had worked for a while.
    pub leapt_from: Option<Timestamp>,
}

/// The time for a caller, who may have been told another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaughtUp {
    /// Now.
    pub now: Timestamp,
    /// How much later the caller was told it is.
    by: SignedDuration,
}

impl CaughtUp {
    /// A moment that the caller reckoned.
    pub fn moved(&self, at: Timestamp) -> Timestamp {
        moved_back(at, self.by, self.now)
    }

    /// What came of a message, with moments that the caller reckoned.
    pub fn moved_sent(&self, sent: Sent) -> Sent {
        Sent { not_before: sent.not_before.map(|at| self.moved(at)), ..sent }
    }

    /// A link with moments that the caller reckoned.
    pub fn moved_link(&self, link: &Link) -> Link {
        let mut link = link.clone();
        link.move_back(self.by, self.now);
        link
    }
}

impl Noted {
    /// What is known once `now` is noted, and by how much what lies in the future is to be moved back, if the clock was set
    /// back. Nothing when `now` need not be noted.
    pub fn after(self, now: Timestamp) -> Option<(Self, Option<SignedDuration>)> {
        let known = Self { at: Some(now), ..self };
        let Some(at) = self.at else { return Some((known, None)) };
        let passed = now.duration_since(at);
        if passed < -CLOCKS_APART_MAX {
            Some((Self { set_back_from: self.at, ..known }, Some(-passed)))
        } else if passed > CLOCKS_APART_MAX {
            Some((Self { leapt_from: self.at, ..known }, None))
        } else {
            (passed >= NOTED_EVERY).then_some((known, None))
        }
    }

    /// The time for a caller who was told `told`. Who looked at the clock before it was set back, and was slow, would put
    /// things off for as long as the clock was ahead, and nobody moves them back any more: the time that was noted since is
    /// good enough for it. The new clock shows the old times only when it comes there, and then it is not far from what was
    /// noted.
    pub fn caught_up(self, told: Timestamp) -> CaughtUp {
        let is_of = |then: &Timestamp| {
            let since = told.duration_since(*then);
            -CLOCKS_APART_MAX <= since && since <= CLOCKS_APART_MAX + SLOW_MAX
        };
        // It may have been set ahead just before it was set back.
        let is_of_then = [self.set_back_from, self.leapt_from].iter().flatten().any(is_of);
        let is_ahead = |at: &Timestamp| told.duration_since(*at) > CLOCKS_APART_MAX;
        let now = self.at.filter(is_ahead).filter(|_| is_of_then).unwrap_or(told);
        CaughtUp { now, by: told.duration_since(now) }
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
    fn who_looked_at_the_clock_before_it_was_set_back_is_told_the_new_time() {
        let at = |minute| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute);
        let noted =
            |minute| Noted { at: Some(at(minute)), set_back_from: Some(at(60)), leapt_from: None };
        let caught_up = |noted: Noted, told| noted.caught_up(at(told)).now;
        assert_eq!([61, 50, 49].map(|told| caught_up(noted(0), told)), [0, 0, 49].map(at));
        assert_eq!(noted(0).caught_up(at(61)).moved(at(66)), at(5));
        assert_eq!(noted(0).caught_up(at(5)).moved(at(66)), at(66));
        assert_eq!(caught_up(noted(0), 76), at(76), "nobody is so slow");
        assert_eq!(caught_up(noted(49), 51), at(51), "the new clock comes there");
        let never = Noted { at: Some(at(0)), ..Noted::default() };
        assert_eq!([never, Noted::default()].map(|noted| caught_up(noted, 61)), [at(61); 2]);
    }

    #[test]
    fn a_leap_ahead_before_the_set_back_is_remembered() {
        let at = |minute| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute);
        let noted = [100, 101, 130, 131, 0, 1].map(at).into_iter();
        let noted = noted.fold(Noted::default(), |noted, now| {
            noted.after(now).map_or(noted, |(after, _)| after)
        });
        let known =
            Noted { at: Some(at(1)), set_back_from: Some(at(131)), leapt_from: Some(at(101)) };
        assert_eq!(noted, known);
        let told = [100, 131, 115, 120].map(|told| noted.caught_up(at(told)).now);
        assert_eq!(
            told,
            [1, 1, 1, 120].map(at),
            "of the time in between nobody can have been told"
        );
    }

    #[test]
    fn only_a_clock_that_is_far_behind_was_set_back() {
        let now = Timestamp::UNIX_EPOCH;
        let seconds = |count| Some(now + SignedDuration::from_secs(count));
        let noting = |at| Noted { at, ..Noted::default() }.after(now);
        let noted = Noted { at: Some(now), ..Noted::default() };
        assert_eq!(noting(None), Some((noted, None)));
        assert_eq!([0, -59, 600].map(|ahead| noting(seconds(ahead))), [None; 3]);
        assert_eq!(noting(seconds(-60)), Some((noted, None)));
        let leapt = Noted { leapt_from: seconds(-601), ..noted };
        assert_eq!(noting(seconds(-600)), Some((noted, None)));
        assert_eq!(noting(seconds(-601)), Some((leapt, None)));
        let set_back = Noted { set_back_from: seconds(601), ..noted };
        assert_eq!(noting(seconds(601)), Some((set_back, Some(SignedDuration::from_secs(601)))));
    }
}
