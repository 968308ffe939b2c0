//! Which days a statement covers, of those that a client asks for. Pure.

use domain::clock::{days_before, earliest_date, latest_date};
use jiff::Timestamp;
use jiff::civil::Date;
use ofx::{DateField, OfxDateTime, StatusCode};

/// The days asked for, as far back as history goes. The feed's first day is not looked at yet, because the first
/// statement makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The first day.
    pub(crate) first: Date,
    /// The last day; nothing for no end.
    pub(crate) last: Option<Date>,
}

/// The days served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Served {
    /// These, both ends included.
    Days(store::Window),
    /// None: all that was asked for lies before the feed. The last day asked for.
    BeforeFeed(Date),
}

/// How far back lines are served: history, or farther if the oldest line that no statement has shown lies there. A
/// client that stayed away for longer than history finds what it missed.
pub(crate) fn oldest_day(now: Timestamp, history_days: u32, unshown: Option<Date>) -> Date {
    let oldest = days_before(earliest_date(now), history_days);
    unshown.map_or(oldest, |unshown| unshown.min(oldest))
}

/// What a client's window comes to. What lies before `oldest` is cut off and is no error; a beginning that is in the
/// future everywhere on earth, or an end before the beginning, is one.
pub(crate) fn asked(
    window: &ofx::Window,
    now: Timestamp,
    oldest: Date,
) -> Result<Asked, StatusCode> {
    let start = day_of(window.start.as_ref())?;
    let end = day_of(window.end.as_ref())?;
    let is_future = start.is_some_and(|start| start > latest_date(now));
    let is_backwards = start.zip(end).is_some_and(|(start, end)| end < start);
    if is_future || is_backwards {
        return Err(StatusCode::InvalidDateRange);
    }
    Ok(Asked { first: start.map_or(oldest, |start| start.max(oldest)), last: end })
}

/// The day as the client wrote it: its zone is the customer's, and so are the dates of the lines.
fn day_of(field: Option<&DateField>) -> Result<Option<Date>, StatusCode> {
    match field {
        None => Ok(None),
        Some(Ok(moment)) => Ok(Some(moment.date())),
        Some(Err(_unreadable)) => Err(StatusCode::InvalidDate),
    }
}

impl Asked {
    /// What is left of it on a feed that begins on `feed_start`.
    pub(crate) fn served_from(self, feed_start: Date) -> Served {
        let from = self.first.max(feed_start);
        match self.last {
            Some(last) if last < from => Served::BeforeFeed(last),
            to => Served::Days(store::Window { from, to }),
        }
    }
}

/// The last day that was really served. Clients take it for the beginning of their next window, so it never lies beyond
/// the newest line: whatever is pushed later is of that day or a later one, and so in their next window.
pub(crate) fn last_day(window: store::Window, newest: Option<Date>) -> Date {
    let newest = newest.unwrap_or(window.from);
    window.to.map_or(newest, |to| to.min(newest)).max(window.from)
}

/// How a first day is written.
pub(crate) fn written_start(day: Date) -> Result<OfxDateTime, StatusCode> {
    OfxDateTime::start_of_day(day).ok_or(StatusCode::InvalidDate)
}

/// How a last day is written: at noon, because a client that turns it into its own zone and sends it back as its next
/// beginning then still means the same day.
pub(crate) fn written_end(day: Date) -> Result<OfxDateTime, StatusCode> {
    OfxDateTime::noon(day).ok_or(StatusCode::InvalidDate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::clock::utc_date;

    const HISTORY_DAYS: u32 = 90;

    fn now() -> Timestamp {
        "2024-02-29T12:00:00Z".parse().unwrap()
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn window(start: &str, end: &str) -> ofx::Window {
        let field = |text: &str| (!text.is_empty()).then(|| OfxDateTime::parse(text));
        ofx::Window { start: field(start), end: field(end), include: true }
    }

    /// Feed start, DTSTART, DTEND, and what is served: `first..last`, `before last`, or a status.
    const DECISIONS: &[(&str, &str, &str, &str)] = &[
        ("2024-02-01", "", "", "2024-02-01.."),
        ("2024-02-01", "20240210", "", "2024-02-10.."),
        ("2024-02-01", "20240210", "20240212", "2024-02-10..2024-02-12"),
        ("2024-02-01", "20240210", "20240210", "2024-02-10..2024-02-10"),
        // the whole of the last day counts, whatever the time
        ("2024-02-01", "20240210120000", "20240210080000", "2024-02-10..2024-02-10"),
        // the customer's own day counts, not that of Greenwich
        ("2024-02-01", "20240210233000[-5:EST]", "", "2024-02-10.."),
        // too far back: cut off by the feed, or by history
        ("2024-02-01", "19900101", "", "2024-02-01.."),
        ("2023-01-01", "19900101", "", "2023-12-01.."),
        ("2023-01-01", "", "", "2023-12-01.."),
        ("2024-02-01", "19900101", "20240201", "2024-02-01..2024-02-01"),
        // all of it before the feed, or before history
        ("2024-02-01", "20240101", "20240131", "before 2024-01-31"),
        ("2024-02-01", "", "20240131", "before 2024-01-31"),
        ("2023-01-01", "20230101", "20230131", "before 2023-01-31"),
        // a feed that begins tomorrow, because its customer lives there
        ("2024-03-01", "20240301", "", "2024-03-01.."),
        ("2024-02-01", "20240301", "", "2024-03-01.."),
        ("2024-02-01", "20240302", "", "2027"),
        ("2024-02-01", "20240210", "20990101", "2024-02-10..2099-01-01"),
        ("2024-02-01", "20240212", "20240211", "2027"),
        ("2024-02-01", "yesterday", "", "2020"),
        ("2024-02-01", "20240230", "", "2020"),
        ("2024-02-01", "20240210", "2024", "2020"),
    ];

    #[test]
    fn the_served_days_are_decided_by_the_client_the_feed_and_history() {
        for (feed_start, start, end, expected) in DECISIONS {
            let oldest = oldest_day(now(), HISTORY_DAYS, None);
            let decided = asked(&window(start, end), now(), oldest);
            let shown = match decided.map(|asked| asked.served_from(day(feed_start))) {
                Err(code) => code.number().to_string(),
                Ok(Served::BeforeFeed(last)) => format!("before {last}"),
                Ok(Served::Days(store::Window { from, to })) => {
                    format!("{from}..{}", to.map(|to| to.to_string()).unwrap_or_default())
                }
            };
            assert_eq!(&shown, expected, "feed from {feed_start}, asked {start:?} to {end:?}");
        }
    }

    #[test]
    fn history_reaches_back_to_what_was_never_shown() {
        let oldest = |unshown: &str| oldest_day(now(), 7, unshown.parse().ok()).to_string();
        assert_eq!(oldest(""), "2024-02-22");
        assert_eq!(oldest("2024-02-25"), "2024-02-22");
        assert_eq!(oldest("2024-02-10"), "2024-02-10");
    }

    #[test]
    fn the_last_day_is_never_beyond_the_newest_line() {
        let last = |from: &str, to: &str, newest: &str| {
            let window = store::Window { from: day(from), to: to.parse().ok() };
            last_day(window, newest.parse().ok()).to_string()
        };
        assert_eq!(last("2024-02-01", "", ""), "2024-02-01");
        assert_eq!(last("2024-02-01", "", "2024-02-10"), "2024-02-10");
        assert_eq!(last("2024-02-20", "", "2024-02-10"), "2024-02-20");
        assert_eq!(last("2024-02-01", "2024-02-05", "2024-02-10"), "2024-02-05");
        assert_eq!(last("2024-02-01", "2099-01-01", "2024-02-10"), "2024-02-10");
    }

    #[test]
    fn a_last_day_that_comes_back_from_another_zone_is_still_that_day() {
        let written = written_end(day("2024-02-29")).unwrap();
        assert_eq!(written.to_string(), "20240229120000[0:GMT]");
        for hours in -12..=11 {
            let local = written.timestamp() + jiff::SignedDuration::from_hours(hours);
            assert_eq!(utc_date(local), day("2024-02-29"), "{hours} hours from Greenwich");
        }
    }
}
