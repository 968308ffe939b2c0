//! Why a text is not a date.

/// What is wrong with a date, naming the part that is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// The text does not have the shape of a plain date.
    #[error("{0:?} is not a date such as 2024-05-31")]
    NotADate(Box<str>),
    /// The text starts like a date, but not with the shape of a date and time.
    #[error("{0:?} is not a date and time such as 2024-05-31T10:21:00")]
    NotADateTime(Box<str>),
    /// The shape is right, but the calendar has no such day.
    #[error("{0} is not a day of the calendar")]
    NoSuchDay(Box<str>),
    /// The shape is right, but the clock never shows it; a leap second counts as such.
    #[error("{0} is not a time of day")]
    NoSuchTime(Box<str>),
    /// Years have four digits on the wire, and there is no year zero.
    #[error("year {0} is outside 0001 to 9999")]
    YearOutOfRange(i16),
    /// The fraction of the second is finer than a nanosecond.
    #[error("a second has at most 9 decimal places, not {0}")]
    FractionTooFine(usize),
    /// What follows the time is neither `Z` nor an offset.
    #[error("{0:?} is not an offset from utc")]
    NotAnOffset(Box<str>),
    /// A date without a time carries an offset.
    #[error("a date without a time has no offset")]
    OffsetWithoutTime,
}

/// Characters of a refused text that its error repeats: more than any date has.
const REFUSED_CHARS_MAX: usize = 40;

/// The part of a refused text that is fit to repeat.
pub(super) fn excerpt(text: &str) -> Box<str> {
    text.chars().take(REFUSED_CHARS_MAX).collect::<String>().into_boxed_str()
}
