//! The right side of a clause, read once as everything it could be, and compared with properties.

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::Date;

use super::property::{Kind, Property};
use crate::dates::LineDate;
use crate::money::Amount;

/// A value of a query. Its meanings follow from its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    text: Box<str>,
    folded: Box<str>,
    number: Option<Amount>,
    truth: Option<bool>,
    date: Option<LineDate>,
    moment: Option<Timestamp>,
}

impl Value {
    pub(super) fn new(text: &str) -> Self {
        let folded: String = folded_chars(text).collect();
        let date = LineDate::parse(text).ok();
        Self {
            text: text.into(),
            number: Amount::parse(text).ok(),
            truth: folded.parse().ok(),
            date,
            moment: date.and_then(moment_of),
            folded: folded.into_boxed_str(),
        }
    }

    pub(super) const fn text(&self) -> &str {
        &self.text
    }

    /// The day, for a property that is a date on the wall.
    pub(super) fn day(&self) -> Option<Date> {
        self.date.map(|date| date.date())
    }

    /// Whether a property of this kind could have this value.
    pub(super) const fn fits(&self, kind: Kind) -> bool {
        match kind {
            Kind::Text => true,
            Kind::Number => self.number.is_some(),
            Kind::Bool => self.truth.is_some(),
            Kind::Moment => self.moment.is_some(),
            Kind::LocalDate => self.date.is_some(),
        }
    }

    /// Whether a single property has this value.
    pub(super) fn equals(&self, property: &Property<'_>) -> bool {
        match property {
            Property::Text(text) => folded_chars(text).eq(self.folded.chars()),
            Property::Bool(truth) => self.truth == Some(*truth),
            Property::Number(_) | Property::Moment(_) | Property::LocalDate(_) => {
                self.order_of(property) == Some(Ordering::Equal)
            }
            Property::Unknown | Property::Missing | Property::Many(_) => false,
        }
    }

    /// Whether a single property is text with this value in it.
    pub(super) fn is_within(&self, property: &Property<'_>) -> bool {
        match property {
            Property::Text(text) => {
                folded_chars(text).collect::<String>().contains(self.folded.as_ref())
            }
            Property::Unknown
            | Property::Missing
            | Property::Number(_)
            | Property::Bool(_)
            | Property::Moment(_)
            | Property::LocalDate(_)
            | Property::Many(_) => false,
        }
    }

    /// Where a single property stands beside this value, if both are numbers or both are dates.
    pub(super) fn order_of(&self, property: &Property<'_>) -> Option<Ordering> {
        match property {
            Property::Number(number) => Some(number.cmp(&self.number?)),
            Property::Moment(moment) => Some(moment.cmp(&self.moment?)),
            Property::LocalDate(date) => Some(date.sort_key().cmp(&self.date?.sort_key())),
            Property::Unknown
            | Property::Missing
            | Property::Text(_)
            | Property::Bool(_)
            | Property::Many(_) => None,
        }
    }
}

/// The moment a date of a query means: midnight when it has no time, UTC when it has no offset.
fn moment_of(date: LineDate) -> Option<Timestamp> {
    date.suffix().utc_offset().to_timestamp(date.sort_key()).ok()
}

/// The characters of a text without their case. One rule for both sides of every comparison.
pub(super) fn folded_chars(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}
