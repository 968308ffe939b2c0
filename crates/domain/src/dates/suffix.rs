//! What a client wrote after a time. For a transaction it is only remembered, to be echoed; in a
//! query it tells which moment is meant.

use std::fmt;

use jiff::tz::Offset;

use super::DateError;
use super::calendar::two_digits;
use super::error::excerpt;

/// `Z`, an offset, or nothing, in the notation it came in. Make one with [`Suffix::parse`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suffix {
    /// Nothing followed the time.
    #[default]
    None,
    /// `Z`.
    Zulu,
    /// `+01:00`, `+0100` or `+01`.
    Offset(OffsetText),
}

/// The text of an offset: a sign, hours to 23, and minutes to 59 if written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OffsetText {
    is_negative: bool,
    hours: u8,
    minutes: Option<u8>,
    has_colon: bool,
}

impl Suffix {
    /// Reads what follows a time; also what `Display` printed for a storage codec.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        match text {
            "" => Ok(Self::None),
            "Z" => Ok(Self::Zulu),
            _ => OffsetText::read(text)
                .map(Self::Offset)
                .ok_or_else(|| DateError::NotAnOffset(excerpt(text))),
        }
    }

    /// How far a clock with this suffix is ahead of UTC; without a suffix it shows UTC.
    pub fn utc_offset(self) -> Offset {
        match self {
            Self::None | Self::Zulu => Offset::UTC,
            Self::Offset(text) => text.utc_offset(),
        }
    }
}

impl OffsetText {
    fn read(text: &str) -> Option<Self> {
        let (sign, rest) = text.split_at_checked(1)?;
        let is_negative = match sign {
            "+" => false,
            "-" => true,
            _ => return None,
        };
        let (hours, rest) = rest.split_at_checked(2)?;
        let hours = two_digits(hours).filter(|hours| *hours < 24)?;
        let (has_colon, rest) = match rest.strip_prefix(':') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let minutes = match rest {
            "" if !has_colon => None,
            _ => Some(two_digits(rest).filter(|minutes| *minutes < 60)?),
        };
        Some(Self { is_negative, hours, minutes, has_colon })
    }

    fn utc_offset(self) -> Offset {
        let hours = i32::from(self.hours).saturating_mul(3_600);
        let minutes = i32::from(self.minutes.unwrap_or(0)).saturating_mul(60);
        let ahead = hours.saturating_add(minutes);
        let seconds = if self.is_negative { ahead.saturating_neg() } else { ahead };
        // Less than a day, so always an offset.
        Offset::from_seconds(seconds).unwrap_or(Offset::UTC)
    }
}

impl fmt::Display for Suffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Zulu => f.write_str("Z"),
            Self::Offset(offset) => fmt::Display::fmt(offset, f),
        }
    }
}

impl fmt::Display for OffsetText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative { '-' } else { '+' };
        write!(f, "{sign}{:02}", self.hours)?;
        let Some(minutes) = self.minutes else { return Ok(()) };
        let colon = if self.has_colon { ":" } else { "" };
        write!(f, "{colon}{minutes:02}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn suffixes_print_as_they_came() {
        for text in ["", "Z", "+00:00", "-00:00", "+01", "-0530", "+05:45", "+14:00", "-23:59"] {
            assert_eq!(Suffix::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn other_suffixes_are_refused() {
        for text in [
            "z",
            "+",
            "+1",
            "+24:00",
            "+01:60",
            "+01:",
            "+01:0",
            "+010",
            "01:00",
            "+01:000",
            "+0a",
            "\u{2212}01:00",
            "UTC",
            "+é1",
            "ZZ",
            "Z+01:00",
            "+-1:00",
        ] {
            assert_eq!(Suffix::parse(text), Err(DateError::NotAnOffset(text.into())), "{text}");
        }
    }

    #[test]
    fn a_suffix_tells_how_far_ahead_of_utc_the_clock_is() {
        for (text, seconds) in
            [("", 0), ("Z", 0), ("+01", 3_600), ("-0530", -19_800), ("+23:59", 86_340)]
        {
            assert_eq!(Suffix::parse(text).unwrap().utc_offset().seconds(), seconds, "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_prints_as_it_came(text in "[-+][0-9]{2}:?[0-9]{0,2}") {
            if let Ok(suffix) = Suffix::parse(&text) {
                prop_assert_eq!(suffix.to_string(), text);
            }
        }
    }
}
