//! A date or a moment; printed in one form.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};

use super::parse::read;

/// How much of the date and time was written out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Precision {
    /// `YYYYMMDD`
    Day,
    /// `YYYYMMDDHHMMSS`
    Second,
    /// `YYYYMMDDHHMMSS.XXX`
    Millisecond,
}

/// A date, or a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfxDateTime {
    date: Date,
    timestamp: Timestamp,
    precision: Precision,
}

/// A date that a client sent, if it can be read. The caller answers status 2020 when it cannot.
pub type DateField = Result<OfxDateTime, UnreadableDate>;

/// Text in the place of a date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unreadable date {0:?}")]
pub struct UnreadableDate(pub String);

impl OfxDateTime {
    /// Reads `YYYYMMDD[HHMM[SS[.XXX]]][offset:NAME]`. Without an offset, times are GMT.
    pub fn parse(text: &str) -> DateField {
        read(text.trim()).ok_or_else(|| UnreadableDate(text.to_owned()))
    }

    /// A day, without a time.
    pub fn day(date: Date) -> Option<Self> {
        Self::at(date, Time::midnight(), Offset::UTC, Precision::Day)
    }

    /// The first second of a day, GMT.
    pub fn start_of_day(date: Date) -> Option<Self> {
        Self::at(date, Time::midnight(), Offset::UTC, Precision::Second)
    }

    /// Noon, GMT: from 12 hours behind to 11 ahead, every client shows the same day.
    pub fn noon(date: Date) -> Option<Self> {
        Self::at(date, Time::constant(12, 0, 0, 0), Offset::UTC, Precision::Second)
    }

    /// The last second of a day, GMT.
    pub fn end_of_day(date: Date) -> Option<Self> {
        Self::at(date, Time::constant(23, 59, 59, 0), Offset::UTC, Precision::Second)
    }

    /// A moment, to the millisecond.
    pub fn moment(timestamp: Timestamp) -> Option<Self> {
        let local = Offset::UTC.to_datetime(timestamp);
        Self::at(local.date(), local.time(), Offset::UTC, Precision::Millisecond)
    }

    /// The day as it was written, in whatever zone.
    pub fn date(self) -> Date {
        self.date
    }

    /// The moment; midnight when only a day was written.
    pub fn timestamp(self) -> Timestamp {
        self.timestamp
    }

    /// How much was written out.
    pub fn precision(self) -> Precision {
        self.precision
    }

    pub(super) fn at(date: Date, time: Time, offset: Offset, precision: Precision) -> Option<Self> {
        let moment = match offset.to_timestamp(date.to_datetime(time)) {
            Ok(moment) => moment,
            // Moments end before the calendar's last day does; it is a day all the same.
            Err(_nameless) if precision == Precision::Day => {
                Timestamp::from_second(Timestamp::MAX.as_second()).ok()?
            }
            Err(_nameless) => return None,
        };
        let millis = Timestamp::from_millisecond(moment.as_millisecond()).ok()?;
        let utc = Offset::UTC.to_datetime(millis);
        // Four digits must be enough to print the year again.
        (utc.year() > 0 && date.year() > 0).then_some(Self { date, timestamp: millis, precision })
    }
}

/// The form we print: GMT, whatever zone it was read in.
impl fmt::Display for OfxDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.precision == Precision::Day {
            let date = self.date;
            return write!(f, "{:04}{:02}{:02}", date.year(), date.month(), date.day());
        }
        let at = self.timestamp.to_zoned(TimeZone::UTC).datetime();
        write!(f, "{:04}{:02}{:02}", at.year(), at.month(), at.day())?;
        write!(f, "{:02}{:02}{:02}", at.hour(), at.minute(), at.second())?;
        if self.precision == Precision::Millisecond {
            write!(f, ".{:03}", at.millisecond())?;
        }
        f.write_str("[0:GMT]")
    }
}
