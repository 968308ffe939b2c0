//! The date of a transaction as its bank wrote it. Ordering looks at the calendar and the clock on
//! the wall, never at the offset, since books are kept in local time.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};

use super::calendar::{parse_date, two_digits};
use super::error::excerpt;
use super::{DateError, Suffix};

/// Characters of `YYYY-MM-DD`.
const DATE_CHARS: usize = 10;

/// Decimal places of a second, down to the nanosecond.
const PLACES_MAX: usize = 9;

/// A local date, the time of day if the bank gave one, and the suffix as received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LineDate {
    date: Date,
    time: Option<Time>,
    suffix: Suffix,
}

impl LineDate {
    /// Reads `YYYY-MM-DD`, alone or with `Thh:mm`, `:ss`, a fraction, and `Z` or an offset. A
    /// space or `t` may stand for the `T`.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let malformed = || DateError::NotADateTime(excerpt(text));
        let Some((day, rest)) = text.split_at_checked(DATE_CHARS) else {
            return Err(DateError::NotADate(excerpt(text)));
        };
        let date = parse_date(day)?;
        if rest.is_empty() {
            return Self::from_parts(date, None, Suffix::None);
        }
        let rest = rest.strip_prefix(['T', 't', ' ']).ok_or_else(malformed)?;
        let time_ends = rest.find(|letter: char| !matches!(letter, '0'..='9' | ':' | '.'));
        let (clock, suffix) =
            rest.split_at_checked(time_ends.unwrap_or(rest.len())).ok_or_else(malformed)?;
        let time = ClockText::read(clock).ok_or_else(malformed)?.time()?;
        Self::from_parts(date, Some(time), Suffix::parse(suffix)?)
    }

    /// The date made of what [`date`](Self::date), [`time`](Self::time) and
    /// [`suffix`](Self::suffix) gave to a storage codec.
    pub fn from_parts(date: Date, time: Option<Time>, suffix: Suffix) -> Result<Self, DateError> {
        if date.year() < 1 {
            return Err(DateError::YearOutOfRange(date.year()));
        }
        if time.is_none() && suffix != Suffix::None {
            return Err(DateError::OffsetWithoutTime);
        }
        Ok(Self { date, time, suffix })
    }

    /// The day in the books.
    pub const fn date(&self) -> Date {
        self.date
    }

    /// The time on the wall, if the bank gave one.
    pub const fn time(&self) -> Option<Time> {
        self.time
    }

    /// Whether the bank gave no time.
    pub const fn is_date_only(&self) -> bool {
        self.time.is_none()
    }

    /// What followed the time, to be echoed.
    pub const fn suffix(&self) -> Suffix {
        self.suffix
    }

    /// Whether this line must stand before the other. A date without a time stands beside every
    /// time of its day, so this is not an order to sort by: that is [`sort_key`](Self::sort_key).
    pub fn is_before(&self, other: &Self) -> bool {
        match (self.time, other.time) {
            (Some(mine), Some(theirs)) => (self.date, mine) < (other.date, theirs),
            (None, _) | (_, None) => self.date < other.date,
        }
    }

    /// A total order for lists: a date without a time counts as midnight.
    pub fn sort_key(&self) -> DateTime {
        self.date.to_datetime(self.time.unwrap_or_else(Time::midnight))
    }

    /// Whether both name the same date and time, whatever suffix they came with. A date without a
    /// time says less than midnight does, and is not the same.
    pub fn same_moment(&self, other: &Self) -> bool {
        (self.date, self.time) == (other.date, other.time)
    }
}

impl fmt::Display for LineDate {
    /// The echo: seconds always, the fraction without its trailing zeros, the suffix as received.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(date_text(self.date, &mut [0; DATE_CHARS]))?;
        let Some(time) = self.time else { return Ok(()) };
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        let fraction = Fraction { nanos: time.subsec_nanosecond(), places_max: PLACES_MAX };
        write!(f, "T{hour:02}:{minute:02}:{second:02}{fraction}{}", self.suffix)
    }
}

/// Prints a date of four digits' years: every line of every push is echoed with one, and the general way is slow.
fn date_text(date: Date, text: &mut [u8; DATE_CHARS]) -> &str {
    let year = date.year().unsigned_abs();
    let digit = |number: u16| b'0'.saturating_add(u8::try_from(number % 10).unwrap_or_default());
    let [month, day] = [date.month(), date.day()].map(|number| u16::from(number.unsigned_abs()));
    *text = [
        digit(year / 1000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        digit(month / 10),
        digit(month),
        b'-',
        digit(day / 10),
        digit(day),
    ];
    str::from_utf8(text).unwrap_or_default()
}

/// A time of day whose shape is right and whose numbers are yet to be judged.
struct ClockText<'a> {
    text: &'a str,
    hour: u8,
    minute: u8,
    second: u8,
    fraction: &'a str,
}

impl<'a> ClockText<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (clock, fraction) = match text.split_once('.') {
            // A fraction belongs to seconds, and has digits.
            Some((clock, fraction)) if clock.len() == "hh:mm:ss".len() => (clock, fraction),
            Some(_) => return None,
            None => (text, "0"),
        };
        if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (hour, rest) = clock.split_once(':')?;
        let (minute, second) = rest.split_once(':').unwrap_or((rest, "00"));
        let [hour, minute, second] = [two_digits(hour)?, two_digits(minute)?, two_digits(second)?];
        Some(Self { text, hour, minute, second, fraction })
    }

    fn time(&self) -> Result<Time, DateError> {
        if self.fraction.len() > PLACES_MAX {
            return Err(DateError::FractionTooFine(self.fraction.len()));
        }
        self.on_the_clock().ok_or_else(|| DateError::NoSuchTime(excerpt(self.text)))
    }

    fn on_the_clock(&self) -> Option<Time> {
        let nanos = format!("{:0<PLACES_MAX$}", self.fraction).parse().ok()?;
        let [hour, minute, second] =
            [self.hour, self.minute, self.second].map(|number| i8::try_from(number).ok());
        Time::new(hour?, minute?, second?, nanos).ok()
    }
}

/// Prints a fraction of a second with its point, or nothing when it is zero.
pub(super) struct Fraction {
    pub(super) nanos: i32,
    pub(super) places_max: usize,
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:09}", self.nanos);
        let cut = digits.get(..self.places_max).unwrap_or(&digits);
        match cut.trim_end_matches('0') {
            "" => Ok(()),
            places => write!(f, ".{places}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line_date(text: &str) -> LineDate {
        LineDate::parse(text).unwrap()
    }

    #[test]
    fn dates_are_echoed_with_their_suffix_and_without_empty_fractions() {
        for (text, echo) in [
            ("2023-08-22", "2023-08-22"),
            ("2023-08-22T10:21:00.000Z", "2023-08-22T10:21:00Z"),
            ("2023-08-22T10:21:00", "2023-08-22T10:21:00"),
            ("2023-08-22T10:21", "2023-08-22T10:21:00"),
            ("2023-08-22t10:21Z", "2023-08-22T10:21:00Z"),
            ("2023-08-22 10:21:00-05:00", "2023-08-22T10:21:00-05:00"),
            ("2023-08-22T10:21:00.1234567Z", "2023-08-22T10:21:00.1234567Z"),
            ("2023-08-22T10:21:00.500+0100", "2023-08-22T10:21:00.5+0100"),
            ("2023-08-22T23:59:59.999999999+14", "2023-08-22T23:59:59.999999999+14"),
            ("0001-01-01T00:00:00-00:00", "0001-01-01T00:00:00-00:00"),
        ] {
            assert_eq!(line_date(text).to_string(), echo);
        }
    }

    #[test]
    fn an_error_names_the_part_that_is_wrong() {
        for (text, message) in [
            ("2023-02-30T10:00", "2023-02-30 is not a day of the calendar"),
            ("0000-01-01", "year 0 is outside 0001 to 9999"),
            ("2023-08-22T24:00:00", "24:00:00 is not a time of day"),
            ("2023-08-22T10:60", "10:60 is not a time of day"),
            ("2016-12-31T23:59:60Z", "23:59:60 is not a time of day"),
            ("2023-08-22T10:21:00.1234567890Z", "a second has at most 9 decimal places, not 10"),
            ("2023-08-22T10:21:00+25:00", "\"+25:00\" is not an offset from utc"),
            ("2023-08-22T10:21:00 Z", "\" Z\" is not an offset from utc"),
            ("yesterday", "\"yesterday\" is not a date such as 2024-05-31"),
            ("22 August 2023", "\"22 August \" is not a date such as 2024-05-31"),
            (
                "2023-08-22T1:2",
                "\"2023-08-22T1:2\" is not a date and time such as 2024-05-31T10:21:00",
            ),
        ] {
            assert_eq!(LineDate::parse(text).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn other_shapes_are_refused() {
        for text in [
            "2023-08-22T",
            "2023-08-22Z",
            "2023-08-22+01:00",
            "2023-08-22T10",
            "2023-08-22T10:21.5",
            "2023-08-22T10:21:00.",
            "2023-08-22T10:21:00.Z",
            "2023-08-22T10:21:00.5.5",
            "2023-08-22T10:21:00:00",
            "2023-08-22T1021",
            "2023-08-22 ",
            "2023-08-22x10:21",
            "",
            "2023-08-2\u{e9}T10:21",
            "2023-08-22T10:21:\u{661}\u{661}",
            "-2023-08-22",
            "20230822T1021",
        ] {
            assert!(LineDate::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_refused_text_is_repeated_only_in_part() {
        let error = LineDate::parse(&format!("2023-08-22T{}", "9".repeat(1_000_000))).unwrap_err();
        assert!(error.to_string().len() < 120);
    }

    #[test]
    fn order_ignores_the_suffix_and_times_that_are_not_given() {
        for (left, right, is_before) in [
            ("2023-08-21", "2023-08-22", true),
            ("2023-08-22", "2023-08-22", false),
            ("2023-08-22", "2023-08-22T10:00", false),
            ("2023-08-22T10:00", "2023-08-22", false),
            ("2023-08-21T23:00", "2023-08-22", true),
            ("2023-08-22T09:59:59.9", "2023-08-22T10:00", true),
            ("2023-08-22T10:00+09:00", "2023-08-22T10:01-09:00", true),
            ("2023-08-22T10:00-09:00", "2023-08-22T10:00+09:00", false),
        ] {
            assert_eq!(line_date(left).is_before(&line_date(right)), is_before, "{left} {right}");
        }
    }

    #[test]
    fn the_same_moment_may_be_written_with_another_suffix() {
        let moment = line_date("2023-08-22T10:00:00Z");
        assert!(moment.same_moment(&line_date("2023-08-22T10:00+02:00")));
        assert_ne!(moment, line_date("2023-08-22T10:00+02:00"));
        assert!(!line_date("2023-08-22T00:00").same_moment(&line_date("2023-08-22")));
    }

    #[test]
    fn a_suffix_needs_a_time() {
        let day = line_date("2023-08-22").date();
        assert_eq!(
            LineDate::from_parts(day, None, Suffix::Zulu),
            Err(DateError::OffsetWithoutTime)
        );
        let before_christ = jiff::civil::date(0, 12, 31);
        assert_eq!(
            LineDate::from_parts(before_christ, None, Suffix::None),
            Err(DateError::YearOutOfRange(0))
        );
    }

    #[test]
    fn a_line_date_is_small() {
        assert!(size_of::<LineDate>() <= 24);
    }

    /// Texts in every notation that is accepted, with numbers that are mostly real.
    fn any_text() -> impl Strategy<Value = String> {
        let time = "[T t]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\\.[0-9]{1,9})?)?(Z|[-+][01][0-9](:?[0-5][0-9])?)?";
        let day = "[0-9]{3}[1-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";
        proptest::string::string_regex(&format!("{day}({time})?")).unwrap()
    }

    proptest! {
        #[test]
        fn printing_and_parsing_give_the_same_date(text in any_text()) {
            match LineDate::parse(&text) {
                Ok(date) => {
                    prop_assert_eq!(LineDate::parse(&date.to_string()), Ok(date));
                    prop_assert_eq!(
                        LineDate::from_parts(date.date(), date.time(), date.suffix()),
                        Ok(date)
                    );
                    prop_assert_eq!(date.is_date_only(), text.len() == DATE_CHARS);
                }
                Err(error) => prop_assert!(matches!(error, DateError::NoSuchDay(_))),
            }
        }

        #[test]
        fn only_one_of_two_can_be_first(left in any_text(), right in any_text()) {
            if let (Ok(left), Ok(right)) = (LineDate::parse(&left), LineDate::parse(&right)) {
                prop_assert!(!(left.is_before(&right) && right.is_before(&left)));
                if left.is_before(&right) {
                    prop_assert!(left.sort_key() < right.sort_key());
                }
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,12}", digits in "[-0-9T:.Z+ ]{0,30}") {
            for hostile in [text.clone(), digits.clone(), format!("2023-08-22{text}{digits}")] {
                if let Ok(date) = LineDate::parse(&hostile) {
                    prop_assert_eq!(LineDate::parse(&date.to_string()), Ok(date));
                }
            }
        }
    }
}
