//! Which lines a sync asks for.

use crate::clock::{days_before, earliest_date};
use crate::platform::{History, Profile};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// How many days the first sync looks back where the platform names no limit.
pub const FIRST_PERIOD_DAYS: u32 = 90;

/// From its start to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first moment.
    pub start: Timestamp,
    /// The last one.
    pub end: Timestamp,
}

/// The period of a sync that begins now: from where the last one that brought everything ended. The first one goes back
/// as far as the platform takes lines, and none goes back behind the feed's first day.
pub fn period(
    profile: &Profile,
    feed_start: Option<Date>,
    covered_until: Option<Timestamp>,
    now: Timestamp,
) -> Period {
    let feed_start = feed_start.map(midnight);
    let start = covered_until.unwrap_or_else(|| {
        let days = match profile.history {
            History::Days(days) => days,
            History::Unlimited => FIRST_PERIOD_DAYS,
        };
        // The same day from which the judge counts.
        midnight(days_before(earliest_date(now), days))
    });
    let start = feed_start.map_or(start, |first| first.max(start));
    Period { start: start.min(now), end: now }
}

fn midnight(date: Date) -> Timestamp {
    Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::{QUICKBOOKS, SAGE};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn start(profile: &Profile, feed_start: Option<&str>, covered: Option<&str>) -> String {
        let now = at("2024-02-29T12:00:00Z");
        let feed_start = feed_start.map(|date| date.parse().unwrap());
        let period = period(profile, feed_start, covered.map(at), now);
        assert_eq!(period.end, now);
        period.start.to_string()
    }

    #[test]
    fn the_first_period_goes_back_to_the_feeds_start_or_the_platforms_window() {
        let quickbooks = &QUICKBOOKS.profile;
        assert_eq!(start(quickbooks, None, None), "2024-02-22T00:00:00Z");
        assert_eq!(start(quickbooks, Some("2024-02-27"), None), "2024-02-27T00:00:00Z");
        assert_eq!(start(quickbooks, Some("2023-01-01"), None), "2024-02-22T00:00:00Z");
        assert_eq!(start(&SAGE.profile, None, None), "2023-12-01T00:00:00Z");
    }

    #[test]
    fn a_later_period_goes_on_where_the_last_one_ended() {
        let quickbooks = &QUICKBOOKS.profile;
        let covered = Some("2024-01-03T04:05:06Z");
        assert_eq!(start(quickbooks, None, covered), "2024-01-03T04:05:06Z");
        assert_eq!(start(quickbooks, Some("2024-02-27"), covered), "2024-02-27T00:00:00Z");
    }

    #[test]
    fn a_period_never_begins_after_its_end() {
        let now = "2024-02-29T12:00:00Z";
        assert_eq!(start(&QUICKBOOKS.profile, Some("2024-03-05"), None), now);
        assert_eq!(start(&QUICKBOOKS.profile, None, Some("2025-01-01T00:00:00Z")), now);
    }
}
