//! The meaning of an object's fields, one by one. A field that is absent or null has none; one that is wrong is a fault
//! with its place, and reading goes on.

use super::fault::{Faults, Place};
use super::node::RawObject;
use domain::money::Amount;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt::Display;

/// Of a name that nobody knows so much is repeated.
const NAME_CHARS_SHOWN: usize = 50;

/// How long a list of texts may be, and each of its texts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListLimits {
    pub(crate) items: usize,
    pub(crate) chars: usize,
}

/// Reads the fields of one object.
#[derive(Debug)]
pub(crate) struct Fields<'r, 'a> {
    object: &'r RawObject<'a>,
    place: Place<'r>,
    faults: &'r mut Faults,
}

impl<'r, 'a> Fields<'r, 'a> {
    /// Of the object that stands at `place`. A name that stands twice is a fault: either could be meant. So is a stranger
    /// where those are told: it may be a slip.
    pub(crate) fn new(object: &'r RawObject<'a>, place: Place<'r>, faults: &'r mut Faults) -> Self {
        if let Some(name) = object.repeated {
            faults.add(Place::Field(&place, name), "stands twice in one object");
        }
        if let Some(name) = &object.stranger {
            let shown: String = name.chars().take(NAME_CHARS_SHOWN).collect();
            faults.add(Place::Field(&place, &shown), "is no field of this operation");
        }
        Self { object, place, faults }
    }

    /// The raw text of a field.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a RawValue> {
        self.object.get(name)
    }

    /// Adds a fault of this object's field.
    pub(crate) fn fault(&mut self, name: &str, message: impl Display) {
        self.faults.add(Place::Field(&self.place, name), message);
    }

    /// Adds a fault unless the field is there.
    pub(crate) fn require(&mut self, name: &str) {
        if self.raw(name).is_none() {
            self.fault(name, "is missing");
        }
    }

    /// A text of at most so many characters, without NUL: neither a database nor a platform takes that.
    pub(crate) fn text(&mut self, name: &str, chars_max: usize) -> Option<String> {
        self.plain_text(name, chars_max).map(Cow::into_owned)
    }

    /// The same, where it stands if it needs no unescaping.
    fn plain_text(&mut self, name: &str, chars_max: usize) -> Option<Cow<'a, str>> {
        let raw = self.raw(name)?.get();
        checked_text(raw, chars_max).map_err(|message| self.fault(name, message)).ok()
    }

    /// A text that means something.
    pub(crate) fn parsed<T, E: Display>(
        &mut self,
        name: &str,
        chars_max: usize,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.plain_text(name, chars_max)?;
        parse(&text).map_err(|error| self.fault(name, format_args!("is refused: {error}"))).ok()
    }

    /// A list of at most so many texts, each of which means something.
    pub(crate) fn parsed_list<T, E: Display>(
        &mut self,
        name: &str,
        limits: ListLimits,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Vec<T>> {
        let raw = self.raw(name)?.get();
        let items: Vec<&RawValue> = match serde_json::from_str(raw) {
            Ok(items) => items,
            Err(_no_list) => {
                self.fault(name, format_args!("must be a list of texts, not {}", kind_of(raw)));
                return None;
            }
        };
        if items.len() > limits.items {
            let message = format_args!("holds {} texts, at most {}", items.len(), limits.items);
            self.fault(name, format_args!("{message} are taken"));
            return None;
        }
        let place = Place::Field(&self.place, name);
        let mut parsed = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let place = Place::Item(&place, index);
            match checked_text(item.get(), limits.chars) {
                Ok(text) => match parse(&text) {
                    Ok(value) => parsed.push(value),
                    Err(error) => self.faults.add(place, format_args!("is refused: {error}")),
                },
                Err(message) => self.faults.add(place, message),
            }
        }
        Some(parsed)
    }

    /// A number, with the digits that came in.
    pub(crate) fn amount(&mut self, name: &str) -> Option<Amount> {
        let raw = self.raw(name)?.get();
        if kind_of(raw) != "a number" {
            self.fault(name, format_args!("must be a number, not {}", kind_of(raw)));
            return None;
        }
        Amount::parse(raw)
            .map_err(|error| self.fault(name, format_args!("is refused: {error}")))
            .ok()
    }

    /// Yes or no.
    pub(crate) fn flag(&mut self, name: &str) -> Option<bool> {
        let raw = self.raw(name)?.get();
        let flag = raw.parse().ok();
        if flag.is_none() {
            self.fault(name, format_args!("must be true or false, not {}", kind_of(raw)));
        }
        flag
    }
}

fn checked_text(raw: &str, chars_max: usize) -> Result<Cow<'_, str>, String> {
    let text = read_text(raw)?;
    // Plain JSON text cannot hold it: only an escape can have meant it.
    if matches!(&text, Cow::Owned(text) if text.contains('\0')) {
        return Err("holds the character NUL".to_owned());
    }
    // Bytes are never fewer than characters, so most texts need no counting.
    if text.len() > chars_max && text.chars().count() > chars_max {
        return Err(format!("has more than {chars_max} characters"));
    }
    Ok(text)
}

fn read_text(raw: &str) -> Result<Cow<'_, str>, String> {
    if kind_of(raw) != "a text" {
        return Err(format!("must be a text, not {}", kind_of(raw)));
    }
    let inner = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner.filter(|inner| !inner.contains('\\')) {
        Some(plain) => Ok(Cow::Borrowed(plain)),
        // The text was checked as JSON already; what is left to go wrong is half of a surrogate pair.
        None => serde_json::from_str(raw)
            .map(Cow::Owned)
            .map_err(|_half| "holds half of a surrogate pair".to_owned()),
    }
}

/// What a raw value is, in words.
pub(crate) fn kind_of(raw: &str) -> &'static str {
    match raw.as_bytes().first() {
        Some(b'"') => "a text",
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b't' | b'f') => "true or false",
        Some(b'n') | None => "null",
        Some(_) => "a number",
    }
}
