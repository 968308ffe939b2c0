//! Every form of date that clients send.

use jiff::civil::{Date, Time};
use jiff::tz::Offset;

use super::moment::{OfxDateTime, Precision};

pub(super) fn read(text: &str) -> Option<OfxDateTime> {
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
