//! What a list offers to queries: a static table of its properties, and a way to read one of them
//! from an item.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use super::error::QueryError;
use super::value::folded_chars;
use crate::dates::{LineDate, Suffix};
use crate::money::Amount;

/// Something that a list may hold.
pub trait Queryable {
    /// The value at a path, spelt as in the table of properties that the query was checked with.
    fn property(&self, path: &str) -> Property<'_>;
}

/// The value of a property.
#[derive(Clone, Debug, PartialEq)]
pub enum Property<'a> {
    /// The item has no such property: no clause about it holds.
    Unknown,
    /// The item has the property, but no value for it: only `!=` holds.
    Missing,
    /// Words, ids and names of states; case does not matter.
    Text(Cow<'a, str>),
    /// A number.
    Number(Amount),
    /// Yes or no.
    Bool(bool),
    /// A moment of the world, such as a stamp that the server made.
    Moment(Timestamp),
    /// A day, or a time on the wall, whatever its zone.
    LocalDate(LineDate),
    /// The values of a list within the item: `!=` holds if it does for all of them, any other
    /// operator if it does for some.
    Many(Vec<Self>),
}

/// What a property holds, or its elements hold if it has many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// See [`Property::Text`].
    Text,
    /// See [`Property::Number`].
    Number,
    /// See [`Property::Bool`].
    Bool,
    /// See [`Property::Moment`].
    Moment,
    /// See [`Property::LocalDate`].
    LocalDate,
}

/// One row of a list's table of properties.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PropertySpec {
    /// The name on the wire, with dots into nested objects.
    pub path: &'static str,
    /// What the property holds.
    pub kind: Kind,
}

impl PropertySpec {
    /// A row of the table.
    pub const fn new(path: &'static str, kind: Kind) -> Self {
        Self { path, kind }
    }

    /// The row with this name, in whatever case the client wrote it.
    pub(super) fn find(
        properties: &[Self],
        name: &str,
        type_name: &str,
    ) -> Result<Self, QueryError> {
        let found = properties.iter().find(|property| property.path.eq_ignore_ascii_case(name));
        found.copied().ok_or_else(|| {
            let known: Vec<_> = properties.iter().map(|property| property.path).collect();
            QueryError::Unresolved {
                property: name.into(),
                type_name: type_name.into(),
                known: known.join(", ").into(),
            }
        })
    }
}

impl Property<'_> {
    /// The order of lists: what is missing first, words regardless of case. Only values of one
    /// kind are ever compared, but any two have an order.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Text(mine), Self::Text(theirs)) => folded_chars(mine)
                .cmp(folded_chars(theirs))
                .then_with(|| mine.as_ref().cmp(theirs.as_ref())),
            (Self::Number(mine), Self::Number(theirs)) => mine.cmp(theirs),
            (Self::Bool(mine), Self::Bool(theirs)) => mine.cmp(theirs),
            (Self::Moment(mine), Self::Moment(theirs)) => mine.cmp(theirs),
            (Self::LocalDate(mine), Self::LocalDate(theirs)) => {
                mine.sort_key().cmp(&theirs.sort_key())
            }
            (Self::Many(mine), Self::Many(theirs)) => {
                let pairs = mine.iter().zip(theirs).map(|(mine, theirs)| mine.order(theirs));
                pairs
                    .fold(Ordering::Equal, Ordering::then)
                    .then_with(|| mine.len().cmp(&theirs.len()))
            }
            _ => self.rank().cmp(&other.rank()),
        }
    }

    const fn rank(&self) -> u8 {
        match self {
            Self::Unknown | Self::Missing => 0,
            Self::Bool(_) => 1,
            Self::Number(_) => 2,
            Self::LocalDate(_) => 3,
            Self::Moment(_) => 4,
            Self::Text(_) => 5,
            Self::Many(_) => 6,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "string",
            Self::Number => "number",
            Self::Bool => "boolean",
            Self::Moment | Self::LocalDate => "date",
        })
    }
}

impl<'a> From<&'a str> for Property<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Property<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<Amount> for Property<'_> {
    fn from(amount: Amount) -> Self {
        Self::Number(amount)
    }
}

impl From<bool> for Property<'_> {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<Timestamp> for Property<'_> {
    fn from(moment: Timestamp) -> Self {
        Self::Moment(moment)
    }
}

impl From<LineDate> for Property<'_> {
    fn from(date: LineDate) -> Self {
        Self::LocalDate(date)
    }
}

impl From<Date> for Property<'_> {
    fn from(date: Date) -> Self {
        // A day before the year 1 has no text, so no query could name it.
        LineDate::from_parts(date, None, Suffix::None).map_or(Self::Missing, Self::LocalDate)
    }
}

impl<T: Into<Self>> From<Option<T>> for Property<'_> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Missing, Into::into)
    }
}

impl<T: Into<Self>> FromIterator<T> for Property<'_> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self::Many(values.into_iter().map(Into::into).collect())
    }
}
