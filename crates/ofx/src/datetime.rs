//! OFX dates and times, in every form clients send; ours are printed in one.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};

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

    fn at(date: Date, time: Time, offset: Offset, precision: Precision) -> Option<Self> {
        let millis = Timestamp::from_millisecond(
            offset.to_timestamp(date.to_datetime(time)).ok()?.as_millisecond(),
        )
        .ok()?;
        let utc = Offset::UTC.to_datetime(millis);
        // Four digits must be enough to print the year again.
        (utc.year() > 0 && date.year() > 0).then_some(Self { date, timestamp: millis, precision })
    }
}

fn read(text: &str) -> Option<OfxDateTime> {
    let (clock, offset) = match text.split_once('[') {
        Some((clock, zone)) => (clock, read_offset(zone.strip_suffix(']')?)?),
        None => (text, Offset::UTC),
    };
    let (digits, fraction) = match clock.split_once('.') {
        Some((digits, fraction)) => (digits, Some(fraction)),
        None => (clock, None),
    };
    let date = Date::new(
        i16::try_from(number(digits.get(..4)?)?).ok()?,
        small(digits.get(4..6)?)?,
        small(digits.get(6..8)?)?,
    )
    .ok()?;
    let hour = || small(digits.get(8..10)?);
    let minute = || small(digits.get(10..12)?);
    let (second, precision) = match (digits.len(), fraction) {
        (8, None) => return OfxDateTime::at(date, Time::midnight(), offset, Precision::Day),
        (12, None) => (0, Precision::Second),
        (14, None) => (small(digits.get(12..14)?)?, Precision::Second),
        (14, Some(_)) => (small(digits.get(12..14)?)?, Precision::Millisecond),
        _ => return None,
    };
    let nanosecond = fraction.map_or(Some(0), nanoseconds)?;
    let time = Time::new(hour()?, minute()?, second, nanosecond).ok()?;
    OfxDateTime::at(date, time, offset, precision)
}

/// One to nine digits behind the point.
fn nanoseconds(fraction: &str) -> Option<i32> {
    if fraction.is_empty() || fraction.len() > 9 {
        return None;
    }
    i32::try_from(number(&format!("{fraction:0<9}"))?).ok()
}

/// `-5:EST`, `+0:UTC`, `0`, `5.30:IST`. Behind the point, programs write either minutes or parts of
/// an hour: one digit means tenths, and 25, 50 and 75 mean quarters, since no zone is 25, 50 or 75
/// minutes away from the hour; other pairs mean minutes.
fn read_offset(zone: &str) -> Option<Offset> {
    let text = zone.split(':').next()?.trim();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (hours, part) = text.split_once('.').unwrap_or((text, "0"));
    let hours = i32::try_from(number(hours)?).ok().filter(|hours| *hours <= 14)?;
    let part_number = i32::try_from(number(part)?).ok()?;
    let minutes = match (part.len(), part_number) {
        (1, tenths) => tenths.checked_mul(6)?,
        (2, 25) => 15,
        (2, 50) => 30,
        (2, 75) => 45,
        (2, minutes) if minutes < 60 => minutes,
        _ => return None,
    };
    let seconds = hours.checked_mul(60)?.checked_add(minutes)?.checked_mul(60)?;
    Offset::from_seconds(if negative { seconds.checked_neg()? } else { seconds }).ok()
}

/// Digits only; `parse` would take a sign.
fn number(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

fn small(digits: &str) -> Option<i8> {
    i8::try_from(number(digits)?).ok()
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

#[cfg(test)]
mod tests;
