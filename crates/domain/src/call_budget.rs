//! How much one organisation at a platform is asked. Limits are counted over the time that has just passed, not by the
//! clock's minute or day: nobody outside knows when a platform's own windows begin.

use crate::clock::moved_back;
use crate::ids::CallId;
use jiff::{SignedDuration, Timestamp};

/// What is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimits {
    /// Calls at once.
    pub at_once: u32,
    /// Calls within any minute.
    pub minute: u32,
    /// Calls within any day, counted by the hour.
    pub day: u32,
}

/// A call that has not ended after so long never will: its process died. Longer than a call may take.
const CALL_LIFE: SignedDuration = SignedDuration::from_secs(90);
const MINUTE: SignedDuration = SignedDuration::from_secs(60);
const HOUR_SECS: i64 = 3_600;
const DAY_HOURS: i64 = 24;
/// When a minute's calls are used up, whoever wants another one comes again when so many are free. A question may take
/// several calls: whoever began it anew with each call that becomes free would never come to its end, and use up the day's.
pub const FREED_TOGETHER: u32 = 8;
/// Somebody else's call ends before long.
const AT_ONCE_PAUSE: SignedDuration = SignedDuration::from_millis(250);

/// What was asked of one organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallBudget {
    /// When calls were made in the last minute, the oldest first.
    pub recent: Vec<Timestamp>,
    /// How many calls were made, by the hour since 1970, the oldest first.
    pub hours: Vec<(i64, u32)>,
    /// Calls that have not ended, and when they are given up.
    pub under_way: Vec<(CallId, Timestamp)>,
    /// The platform asked for silence until then.
    pub silent_until: Option<Timestamp>,
}

/// The answer to who wants to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallTurn {
    /// Call now, and say when it has ended.
    Go,
    /// Not before then.
    Wait(Timestamp),
}

impl CallBudget {
    /// Counts a call, or refuses it.
    pub fn take(&mut self, id: CallId, limits: CallLimits, now: Timestamp) -> CallTurn {
        self.forget(now);
        let until = |at: Timestamp, length| at.saturating_add(length).unwrap_or(Timestamp::MAX);
        if let Some(until) = self.silent_until {
            return CallTurn::Wait(until);
        }
        let used: u64 = self.hours.iter().map(|(_, count)| u64::from(*count)).sum();
        if used >= u64::from(limits.day) {
            let oldest = self.hours.first().map_or_else(|| hour_of(now), |(hour, _)| *hour);
            let frees = oldest.saturating_add(DAY_HOURS).saturating_add(1);
            let at = Timestamp::from_second(frees.saturating_mul(HOUR_SECS));
            return CallTurn::Wait(at.unwrap_or(now));
        }
        let allowed = usize::try_from(limits.minute).unwrap_or(usize::MAX);
        if self.recent.len() >= allowed {
            let freed = usize::try_from(limits.minute.min(FREED_TOGETHER)).unwrap_or(usize::MAX);
            // The limit may have been lowered since.
            let gone = self.recent.len().saturating_sub(allowed).saturating_add(freed);
            let last = self.recent.get(gone.saturating_sub(1)).copied();
            return CallTurn::Wait(until(last.unwrap_or(now), MINUTE));
        }
        if self.under_way.len() >= usize::try_from(limits.at_once).unwrap_or(usize::MAX) {
            return CallTurn::Wait(until(now, AT_ONCE_PAUSE));
        }
        self.recent.push(now);
        let hour = hour_of(now);
        match self.hours.last_mut().filter(|(last, _)| *last >= hour) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => self.hours.push((hour, 1)),
        }
        self.under_way.push((id, until(now, CALL_LIFE)));
        CallTurn::Go
    }

    /// A call has ended; the platform may have asked for silence.
    pub fn end(&mut self, id: CallId, silent_until: Option<Timestamp>) {
        self.under_way.retain(|(call, _)| *call != id);
        self.silent_until = self.silent_until.max(silent_until);
    }

    /// The clock that all of it was reckoned by was set back.
    pub fn move_back(&mut self, by: SignedDuration, now: Timestamp) {
        for at in self.recent.iter_mut().chain(self.under_way.iter_mut().map(|(_, until)| until)) {
            *at = moved_back(*at, by, now);
        }
        self.silent_until = self.silent_until.map(|until| moved_back(until, by, now));
        let this = hour_of(now);
        let hours = std::mem::take(&mut self.hours);
        for (hour, count) in hours {
            // Its calls were made, in hours that have passed by this clock.
            let hour = if hour > this { hour.saturating_sub(by.as_hours()) } else { hour };
            match self.hours.last_mut().filter(|(last, _)| *last >= hour) {
                Some((_, counted)) => *counted = counted.saturating_add(count),
                None => self.hours.push((hour, count)),
            }
        }
    }

    fn forget(&mut self, now: Timestamp) {
        let minute_ago = now.saturating_sub(MINUTE).unwrap_or(Timestamp::MIN);
        // One in the future is of a clock that went back: it must not hold anybody up for longer than a minute.
        self.recent.retain(|at| *at > minute_ago && *at <= now);
        let first = hour_of(now).saturating_sub(DAY_HOURS);
        self.hours.retain(|(hour, _)| *hour >= first);
        self.under_way.retain(|(_, until)| *until > now);
        self.silent_until = self.silent_until.filter(|until| *until > now);
    }
}

fn hour_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(HOUR_SECS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const LIMITS: CallLimits = CallLimits { at_once: 2, minute: 3, day: 5 };

    fn at(second: i64) -> Timestamp {
        let noon: Timestamp = "2024-02-29T12:00:00Z".parse().unwrap();
        noon.checked_add(SignedDuration::from_secs(second)).unwrap()
    }

    fn call(number: u128) -> CallId {
        CallId::new(Uuid::from_u128(number))
    }

    #[test]
    fn so_many_at_once_then_whoever_waits_for_one_to_end() {
        let mut budget = CallBudget::default();
        assert_eq!(budget.take(call(1), LIMITS, at(0)), CallTurn::Go);
        assert_eq!(budget.take(call(2), LIMITS, at(0)), CallTurn::Go);
        assert!(matches!(budget.take(call(3), LIMITS, at(0)), CallTurn::Wait(_)));
        budget.end(call(1), None);
        assert_eq!(budget.take(call(3), LIMITS, at(0)), CallTurn::Go);
    }

    #[test]
    fn any_minute_has_so_many_wherever_it_begins() {
        let mut budget = CallBudget::default();
        for (number, second) in [(1, 0), (2, 30), (3, 59)] {
            assert_eq!(budget.take(call(number), LIMITS, at(second)), CallTurn::Go);
            budget.end(call(number), None);
        }
        assert_eq!(budget.take(call(4), LIMITS, at(59)), CallTurn::Wait(at(119)));
        assert_eq!(budget.take(call(4), LIMITS, at(60)), CallTurn::Go);
        budget.end(call(4), None);
        assert_eq!(budget.take(call(5), LIMITS, at(61)), CallTurn::Wait(at(120)));
    }

    #[test]
    fn a_question_of_several_calls_comes_to_its_end_in_a_busy_minute() {
        let limits = CallLimits { at_once: 1, minute: 60, day: 5_000 };
        let mut budget = CallBudget::default();
        for second in 0..60 {
            assert_eq!(budget.take(call(1), limits, at(second)), CallTurn::Go);
            budget.end(call(1), None);
        }
        let free = at(67);
        assert_eq!(budget.take(call(1), limits, at(59)), CallTurn::Wait(free));
        for _ in 0..8 {
            assert_eq!(budget.take(call(1), limits, free), CallTurn::Go);
            budget.end(call(1), None);
        }
        assert_eq!(budget.take(call(1), limits, free), CallTurn::Wait(at(75)));
        let fewer = CallLimits { minute: 10, ..limits };
        assert_eq!(budget.take(call(1), fewer, free), CallTurn::Wait(at(127)), "two are left then");
    }

    #[test]
    fn a_day_has_so_many_and_frees_them_by_the_hour() {
        let mut budget = CallBudget::default();
        for number in 0..5 {
            let now = at(i64::try_from(number).unwrap() * 70);
            assert_eq!(budget.take(call(number), LIMITS, now), CallTurn::Go);
            budget.end(call(number), None);
        }
        let frees = at(25 * HOUR_SECS);
        assert_eq!(budget.take(call(9), LIMITS, at(600)), CallTurn::Wait(frees));
        assert_eq!(budget.take(call(9), LIMITS, frees), CallTurn::Go);
    }

    #[test]
    fn silence_holds_and_a_lost_call_ends_by_itself() {
        let mut budget = CallBudget::default();
        assert_eq!(budget.take(call(1), LIMITS, at(0)), CallTurn::Go);
        assert_eq!(budget.take(call(2), LIMITS, at(0)), CallTurn::Go);
        budget.end(call(1), Some(at(30)));
        assert_eq!(budget.take(call(3), LIMITS, at(10)), CallTurn::Wait(at(30)));
        assert_eq!(budget.take(call(3), LIMITS, at(31)), CallTurn::Go);
        assert!(matches!(budget.take(call(4), LIMITS, at(61)), CallTurn::Wait(_)));
        assert_eq!(budget.take(call(4), LIMITS, at(91)), CallTurn::Go);
    }

    #[test]
    fn a_clock_that_goes_back_holds_nobody_up_for_long() {
        let mut budget = CallBudget::default();
        for number in 0..3 {
            assert_eq!(budget.take(call(number), LIMITS, at(1_000)), CallTurn::Go);
            budget.end(call(number), None);
        }
        assert_eq!(budget.take(call(7), LIMITS, at(0)), CallTurn::Go);
    }

    #[test]
    fn what_a_clock_that_was_ahead_put_off_is_put_off_as_long_by_the_new_one() {
        let day = 24 * HOUR_SECS;
        let mut budget = CallBudget::default();
        assert_eq!(budget.take(call(1), LIMITS, at(0)), CallTurn::Go);
        assert_eq!(budget.take(call(2), LIMITS, at(day)), CallTurn::Go);
        budget.end(call(1), Some(at(day + 30)));
        budget.move_back(SignedDuration::from_hours(24), at(0));
        assert_eq!(budget.under_way, [(call(2), at(90))]);
        assert_eq!(budget.hours, [(hour_of(at(0)), 2)], "a day has so many as ever");
        assert_eq!(budget.take(call(3), LIMITS, at(0)), CallTurn::Wait(at(30)));
        assert_eq!(budget.take(call(3), LIMITS, at(31)), CallTurn::Go);
    }

    #[test]
    fn calls_of_a_day_that_was_ahead_are_spread_over_it_as_they_were() {
        let noon = hour_of(at(0));
        let mut budget =
            CallBudget { hours: vec![(noon + 3, 1), (noon + 23, 2)], ..CallBudget::default() };
        budget.move_back(SignedDuration::from_hours(24), at(0));
        assert_eq!(budget.hours, [(noon - 21, 1), (noon - 1, 2)]);
    }
}
