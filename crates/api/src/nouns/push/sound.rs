//! Reads a push in which nothing is wrong, in one pass over the text and straight into its lines: nearly every push is
//! one. At the first thing that is odd it gives up without a word; body.rs then reads again, slowly, and tells all that is
//! wrong. Whatever is read here, body.rs would read as the same.

use super::body::WORD_CHARS_MAX;
use domain::dates::LineDate;
use domain::line::{LINE_ID_CHARS_MAX, LINE_TEXT_CHARS_MAX, LineKind};
use domain::money::Amount;
use domain::platform::PUSH_LINES_MAX;
use domain::push::{DraftLine, PushDraft};
use domain::source_account::AccountId;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::marker::PhantomData;

/// The lines of a push to `account`, if all is well with them.
pub(super) fn read_sound(body: &[u8], account: &AccountId) -> Option<PushDraft> {
    // Checked once for all texts.
    let text = str::from_utf8(body).ok()?;
    let Object(push) = serde_json::from_str::<Object<Push>>(text).ok()?;
    (push.account_id.0 == account.as_str()).then_some(PushDraft { lines: push.transactions.0 })
}

/// What is read from an object and, unlike what serde derives, from no list of its fields.
struct Object<T>(T);

/// The contract's list of lines. A field beside the two may be the flat line's, which is for body.rs.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Push {
    account_id: Text<LINE_TEXT_CHARS_MAX>,
    transactions: Lines,
}

/// At least one line, and no more than are taken.
struct Lines(Vec<DraftLine>);

/// A line. What is null is as absent, what is unknown is skipped, and what stands twice is an error.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    id: Option<Text<LINE_ID_CHARS_MAX>>,
    date: Option<Day>,
    amount: Option<Number>,
    balance: Option<Number>,
    description: Option<Text<LINE_TEXT_CHARS_MAX>>,
    counterparty: Option<Text<LINE_TEXT_CHARS_MAX>>,
    reference: Option<Text<LINE_TEXT_CHARS_MAX>>,
    reconciled: Option<bool>,
    transaction_type: Option<Kind>,
}

/// A text of at most so many bytes, which are never fewer than its characters.
struct Text<const MAX: usize>(String);
struct Day(LineDate);
struct Number(Amount);
struct Kind(LineKind);

impl From<Line> for DraftLine {
    fn from(line: Line) -> Self {
        Self {
            id: line.id.map(|text| text.0),
            date: line.date.map(|day| day.0),
            amount: line.amount.map(|number| number.0),
            balance: line.balance.map(|number| number.0),
            description: line.description.map(|text| text.0),
            counterparty: line.counterparty.map(|text| text.0),
            reference: line.reference.map(|text| text.0),
            reconciled: line.reconciled,
            kind: line.transaction_type.map(|kind| kind.0),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData)).map(Self)
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

impl<'de> Deserialize<'de> for Lines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(LinesVisitor)
    }
}

struct LinesVisitor;

impl<'de> Visitor<'de> for LinesVisitor {
    type Value = Lines;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of lines")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Lines, A::Error> {
        let mut lines = Vec::new();
        while let Some(line) = list.next_element::<Object<Line>>()? {
            if lines.len() == PUSH_LINES_MAX {
                return Err(odd());
            }
            lines.push(line.0.into());
        }
        if lines.is_empty() { Err(odd()) } else { Ok(Lines(lines)) }
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor(MAX, |text: &str| Some(text.to_owned()))).map(Self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parse = |text: &str| LineDate::parse(text).ok();
        deserializer.deserialize_str(TextVisitor(WORD_CHARS_MAX, parse)).map(Self)
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(TextVisitor(WORD_CHARS_MAX, LineKind::parse)).map(Self)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Through no float. What is not a number is none for the parser either.
        let raw = <&RawValue>::deserialize(deserializer)?;
        Amount::parse(raw.get()).map(Self).map_err(|_refused| odd())
    }
}

/// A text of at most so many bytes, and what it means.
struct TextVisitor<F>(usize, F);

impl<T, F: Fn(&str) -> Option<T>> TextVisitor<F> {
    fn read<E: Error>(self, text: &str) -> Result<T, E> {
        let Self(bytes_max, parse) = self;
        if text.len() > bytes_max { Err(odd()) } else { parse(text).ok_or_else(odd) }
    }
}

impl<'de, T, F: Fn(&str) -> Option<T>> Visitor<'de> for TextVisitor<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    /// As it stands in the body, where no character NUL can stand.
    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<T, E> {
        self.read(text)
    }

    /// With escapes.
    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        if text.contains('\0') { Err(odd()) } else { self.read(text) }
    }
}

/// Nobody reads it: body.rs finds better words.
fn odd<E: Error>() -> E {
    E::custom("odd")
}
