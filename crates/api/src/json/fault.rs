//! What is wrong with a body, and where.

use crate::envelope::ApiError;
use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Where, such as `transactions[3].date`.
    pub(crate) path: String,
    /// What.
    pub(crate) message: String,
    /// The contract's name of what was read.
    pub(crate) validator: &'static str,
}

impl Fault {
    /// In one sentence.
    pub(crate) fn sentence(&self) -> String {
        format!("{} {}", self.path, self.message)
    }
}

/// A place in a body; written out only when something is wrong there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place<'a> {
    /// The whole body.
    Body,
    /// A field of what is there.
    Field(&'a Self, &'a str),
    /// An element of the list there.
    Item(&'a Self, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Body => f.write_str("body"),
            Self::Field(Place::Body, name) => f.write_str(name),
            Self::Field(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(Place::Body, index) => write!(f, "[{index}]"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// Collects what is wrong.
#[derive(Debug)]
pub(crate) struct Faults {
    validator: &'static str,
    list: Vec<Fault>,
}

impl Faults {
    /// Of a body that holds what `validator` names.
    pub(crate) const fn of(validator: &'static str) -> Self {
        Self { validator, list: Vec::new() }
    }

    pub(crate) fn add(&mut self, place: Place<'_>, message: impl fmt::Display) {
        let (path, message) = (place.to_string(), message.to_string());
        self.list.push(Fault { path, message, validator: self.validator });
    }

    /// Adds what was found elsewhere.
    pub(crate) fn extend(&mut self, other: Self) {
        self.list.extend(other.list);
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The first in one sentence.
    pub(crate) fn first(&self) -> Option<String> {
        self.list.first().map(Fault::sentence)
    }

    /// Refuses the request if anything was wrong.
    pub(crate) fn check(self) -> Result<(), ApiError> {
        if self.list.is_empty() { Ok(()) } else { Err(self.into_error()) }
    }

    /// Refuses the request for what was found.
    pub(crate) fn into_error(self) -> ApiError {
        ApiError::malformed(self.list)
    }

    /// Refuses the request for what was found, and this.
    pub(crate) fn refuse(mut self, place: Place<'_>, message: impl fmt::Display) -> ApiError {
        self.add(place, message);
        self.into_error()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_as_paths() {
        let list = Place::Field(&Place::Body, "transactions");
        let line = Place::Item(&list, 3);
        assert_eq!(Place::Field(&line, "date").to_string(), "transactions[3].date");
        let account = Place::Item(&Place::Body, 2);
        let routing = Place::Field(&account, "routingInfo");
        assert_eq!(Place::Field(&routing, "type").to_string(), "[2].routingInfo.type");
        assert_eq!(Place::Body.to_string(), "body");
    }
}
