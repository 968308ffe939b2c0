//! Plain dates, and the stamps that the server makes.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::DateError;
use super::error::excerpt;
use super::line_date::Fraction;

/// Decimal places of a server-made stamp: the finest that published clients have been shown.
const STAMP_PLACES_MAX: usize = 7;

/// Reads `YYYY-MM-DD`, a day that the calendar has.
pub fn parse_date(text: &str) -> Result<Date, DateError> {
    let (year, month, day) = split_date(text).ok_or_else(|| DateError::NotADate(excerpt(text)))?;
    if year == 0 {
        return Err(DateError::YearOutOfRange(year));
    }
    Date::new(year, month, day).map_err(|_no_such_day| DateError::NoSuchDay(text.into()))
}

fn split_date(text: &str) -> Option<(i16, i8, i8)> {
    let (century, rest) = text.split_at_checked(2)?;
    let (year, rest) = rest.split_at_checked(2)?;
    let (month, day) = rest.strip_prefix('-')?.split_once('-')?;
    let year = i16::from(two_digits(century)?)
        .saturating_mul(100)
        .saturating_add(i16::from(two_digits(year)?));
    Some((year, i8::try_from(two_digits(month)?).ok()?, i8::try_from(two_digits(day)?).ok()?))
}

/// The number that exactly two ASCII digits make.
pub(super) fn two_digits(text: &str) -> Option<u8> {
    let [tens, ones] = <[u8; 2]>::try_from(text.as_bytes())
        .ok()?
        .map(|digit| if digit.is_ascii_digit() { digit.checked_sub(b'0') } else { None });
    tens?.checked_mul(10)?.checked_add(ones?)
}

/// A moment as the server writes it: UTC with `Z`, cut to seven decimal places, no trailing zeros.
pub fn stamp(moment: Timestamp) -> String {
    let utc = Offset::UTC.to_datetime(moment);
    let (date, time) = (utc.date(), utc.time());
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let fraction = Fraction { nanos: time.subsec_nanosecond(), places_max: STAMP_PLACES_MAX };
    format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test, as it should")]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        assert_eq!(parse_date("2024-02-29"), Ok(date(2024, 2, 29)));
        assert_eq!(parse_date("0001-01-01"), Ok(date(1, 1, 1)));
        assert_eq!(parse_date("9999-12-31"), Ok(date(9999, 12, 31)));
        for (text, message) in [
            ("2023-02-30", "2023-02-30 is not a day of the calendar"),
            ("1900-02-29", "1900-02-29 is not a day of the calendar"),
            ("2023-13-01", "2023-13-01 is not a day of the calendar"),
            ("2023-00-10", "2023-00-10 is not a day of the calendar"),
            ("0000-01-01", "year 0 is outside 0001 to 9999"),
            ("2023-2-3", "\"2023-2-3\" is not a date such as 2024-05-31"),
            ("", "\"\" is not a date such as 2024-05-31"),
            ("22/08/2023", "\"22/08/2023\" is not a date such as 2024-05-31"),
        ] {
            assert_eq!(parse_date(text).unwrap_err().to_string(), message);
        }
        for text in
            ["+023-01-01", "2023-01-01T", "2023-01-1é", "20230101", "2023-+1-01", " 2023-01-01"]
        {
            assert!(matches!(parse_date(text), Err(DateError::NotADate(_))), "{text}");
        }
    }

    #[test]
    fn stamps_are_utc_with_at_most_seven_places() {
        for (moment, text) in [
            ("2023-08-22T10:21:00Z", "2023-08-22T10:21:00Z"),
            ("2023-08-22T10:21:00.5Z", "2023-08-22T10:21:00.5Z"),
            ("2023-08-22T10:21:00.999999999Z", "2023-08-22T10:21:00.9999999Z"),
            ("2023-08-22T10:21:00.00000009Z", "2023-08-22T10:21:00Z"),
            ("2023-08-22T10:21:00+02:00", "2023-08-22T08:21:00Z"),
            ("1969-12-31T23:59:59.25Z", "1969-12-31T23:59:59.25Z"),
        ] {
            assert_eq!(stamp(moment.parse().unwrap()), text);
        }
    }

    proptest! {
        #[test]
        fn every_day_is_read_as_it_is_printed(days in 0..3_652_059_i64) {
            let day = date(1, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            prop_assert_eq!(parse_date(&day.to_string()), Ok(day));
        }

        #[test]
        fn a_stamp_names_its_moment_to_a_tenth_of_a_microsecond(
            seconds in 0..4_102_444_800_i64, nanos in 0..1_000_000_000_i32,
        ) {
            let moment = Timestamp::new(seconds, nanos).unwrap();
            let cut = Timestamp::new(seconds, nanos - nanos % 100).unwrap();
            prop_assert_eq!(stamp(moment).parse::<Timestamp>().unwrap(), cut);
        }
    }
}
