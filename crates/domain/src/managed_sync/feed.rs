//! When an account is synced by itself.

use cronexpr::{Crontab, FallbackTimezoneOption, ParseOptions, parse_crontab_with};
use jiff::Timestamp;
use std::fmt;
use thiserror::Error;

/// Longer than any sensible schedule with the longest name of a time zone.
pub const SCHEDULE_CHARS_MAX: usize = 200;

/// An account's schedule, and whether it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedFeed {
    /// When.
    pub schedule: Schedule,
    /// Whether it is in force.
    pub enabled: bool,
    /// The next run; nothing while it is not in force.
    pub next_due_at: Option<Timestamp>,
}

impl ManagedFeed {
    /// A schedule that is in force from now on.
    pub fn in_force(schedule: Schedule, now: Timestamp) -> Self {
        let next_due_at = schedule.next_after(now);
        Self { schedule, enabled: true, next_due_at }
    }

    /// A schedule that rests.
    pub const fn resting(schedule: Schedule) -> Self {
        Self { schedule, enabled: false, next_due_at: None }
    }
}

/// A cron expression: minute, hour, day of the month, month, day of the week, and a time zone if it is not UTC.
#[derive(Clone)]
pub struct Schedule {
    text: String,
    crontab: Crontab,
}

/// Why a schedule is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScheduleError {
    /// Cannot be read.
    #[error(
        "the schedule {text:?} is not like \"0 6 * * *\" or \"30 6 * * 1-5 Europe/London\" \
         (minute, hour, day, month, weekday, zone): {reason}"
    )]
    Malformed {
        /// What was given.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Never comes.
    #[error("the schedule {0:?} names a day that does not come")]
    Never(String),
}

impl Schedule {
    /// Reads an expression; `now` is only to see that it comes at all.
    pub fn parse(text: &str, now: Timestamp) -> Result<Self, ScheduleError> {
        let schedule = Self::read(text)?;
        match schedule.next_after(now) {
            Some(_) => Ok(schedule),
            None => Err(ScheduleError::Never(schedule.text)),
        }
    }

    /// Reads an expression that was accepted once.
    pub fn read(text: &str) -> Result<Self, ScheduleError> {
        let mut options = ParseOptions::default();
        options.fallback_timezone_option = FallbackTimezoneOption::UTC;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match parse_crontab_with(&text, options) {
            Ok(crontab) => Ok(Self { text, crontab }),
            Err(error) => Err(ScheduleError::Malformed { text, reason: reason(&error) }),
        }
    }

    /// The first run after a moment. However many were missed before, only this one comes.
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        let moment = cronexpr::MakeTimestamp(moment);
        self.crontab.find_next(moment).ok().map(|next| next.timestamp())
    }
}

/// The parser's last line says what is wrong; the ones before point at the place with a caret.
fn reason(error: &cronexpr::Error) -> String {
    let sentence = error.to_string();
    let last = sentence.lines().last().unwrap_or_default();
    let last = last.trim_start_matches([' ', '^']);
    last.split("; for a list").next().unwrap_or_default().to_owned()
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Schedule {}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schedule({:?})", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2024-03-29T12:00:00Z".parse().unwrap()
    }

    fn next(text: &str) -> String {
        Schedule::parse(text, now()).unwrap().next_after(now()).unwrap().to_string()
    }

    #[test]
    fn a_schedule_tells_its_next_run_in_utc_or_in_a_zone() {
        assert_eq!(next("0 6 * * *"), "2024-03-30T06:00:00Z");
        assert_eq!(next(" */5  * * * * "), "2024-03-29T12:05:00Z");
        // Friday noon; the clocks go forward on Sunday.
        assert_eq!(next("30 6 * * 1-5 Europe/London"), "2024-04-01T05:30:00Z");
        assert_eq!(next("0 0 29 2 *"), "2028-02-29T00:00:00Z");
    }

    #[test]
    fn a_run_that_is_due_now_is_not_the_next_one() {
        assert_eq!(next("0 12 * * *"), "2024-03-30T12:00:00Z");
    }

    #[test]
    fn what_is_no_schedule_is_refused_with_its_reason() {
        let refusal = |text| Schedule::parse(text, now()).unwrap_err().to_string();
        for (text, reason) in [
            ("", "cannot be empty"),
            ("61 * * * *", "value must be in range 0..=59; found 61"),
            ("* * * *", "missing days of week"),
            ("0 6 * * * Nowhere/Land", "failed to find timezone Nowhere/Land"),
            ("@daily", "malformed expression"),
        ] {
            assert!(refusal(text).ends_with(&format!(": {reason}")), "{}", refusal(text));
        }
        assert!(refusal("0 0 31 2 *").contains("does not come"));
    }

    #[test]
    fn a_feed_that_rests_is_never_due() {
        let schedule = Schedule::parse("0 6 * * *", now()).unwrap();
        let feed = ManagedFeed::in_force(schedule.clone(), now());
        assert_eq!(feed.next_due_at.unwrap().to_string(), "2024-03-30T06:00:00Z");
        assert_eq!(ManagedFeed::resting(schedule).next_due_at, None);
    }
}
