//! Time as a parameter. The clock that reads the machine's time is in the binary.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, tz::Offset};
use std::fmt;

/// Clocks of processes on several machines differ by less.
pub const CLOCKS_APART_MAX: SignedDuration = SignedDuration::from_mins(10);

/// Tells the time; a test's clock stands still or jumps.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The instant now.
    fn now(&self) -> Timestamp;
}

/// The calendar date in UTC.
pub fn utc_date(now: Timestamp) -> Date {
    Offset::UTC.to_datetime(now).date()
}

/// The latest date that it is anywhere on earth (UTC+14): transaction dates are local, so one later is in the future for everybody.
pub fn latest_date(now: Timestamp) -> Date {
    shifted_date(now, 14)
}

/// The earliest date that it still is somewhere (UTC-12): a window into the past begins from it.
pub fn earliest_date(now: Timestamp) -> Date {
    shifted_date(now, -12)
}

fn shifted_date(now: Timestamp, hours: i64) -> Date {
    let shifted = now.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(now);
    utc_date(shifted)
}

/// `date` moved back by `days`, stopping at the first day of the calendar.
pub fn days_before(date: Date, days: u32) -> Date {
    date.saturating_sub(jiff::Span::new().days(i64::from(days)))
}

/// A moment that was reckoned by a clock which was set back by `by` since. What has passed has passed.
pub fn moved_back(at: Timestamp, by: SignedDuration, now: Timestamp) -> Timestamp {
    if at > now { at.saturating_sub(by).unwrap_or(now).max(now) } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_the_future_comes_nearer_and_never_passes() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let moved = |second| moved_back(at(second), SignedDuration::from_secs(100), at(50));
        assert_eq!([40, 50, 60, 150, 170].map(moved), [40, 50, 50, 50, 70].map(at));
    }

    #[test]
    fn the_earth_has_up_to_three_dates_at_once() {
        let now: Timestamp = "2024-02-29T10:30:00Z".parse().unwrap();
        let dates = [earliest_date(now), utc_date(now), latest_date(now)].map(|d| d.to_string());
        assert_eq!(dates, ["2024-02-28", "2024-02-29", "2024-03-01"]);
    }
}
