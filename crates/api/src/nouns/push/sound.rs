//! Reads a push in which nothing is wrong, in one pass over the text and straight into its lines: nearly every push is
//! one. At the first thing that is odd it gives up without a word; body.rs then reads again, slowly, and tells all that is
//! wrong. Whatever is read here, body.rs would read as the same. Texts with escapes, and values that nobody asked for,
//! are left to the JSON parser.

use super::body::WORD_CHARS_MAX;
use domain::dates::LineDate;
use domain::line::{LINE_ID_CHARS_MAX, LINE_TEXT_CHARS_MAX, LineKind, Text};
use domain::money::Amount;
use domain::platform::PUSH_LINES_MAX;
use domain::push::{DraftLine, PushDraft};
use domain::source_account::AccountId;
use serde::de::{DeserializeOwned, IgnoredAny};
use std::borrow::Cow;

/// The lines of a push to `account`, if all is well with them.
pub(super) fn read_sound(body: &[u8], account: &AccountId) -> Option<PushDraft> {
    // Checked once for all texts.
    let mut rest = Rest(str::from_utf8(body).ok()?);
    let draft = rest.push(account).ok()?;
    rest.skip_space();
    rest.0.is_empty().then_some(draft)
}

/// Nobody reads why: body.rs finds better words.
struct Odd;

type Read<T> = Result<T, Odd>;

/// What is still to be read. Each method takes what it is named after from the front.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// The contract's list of lines. A field beside the two may be the flat line's, which is for body.rs.
    fn push(&mut self, account: &AccountId) -> Read<PushDraft> {
        let (mut named, mut lines) = (None, None);
        self.object(|rest, name| {
            match name {
                "accountId" if named.is_none() => {
                    named = Some(rest.text(LINE_TEXT_CHARS_MAX)?.ok_or(Odd)?);
                }
                "transactions" if lines.is_none() => lines = Some(rest.lines()?),
                _ => return Err(Odd),
            }
            Ok(())
        })?;
        match (named, lines) {
            (Some(named), Some(lines)) if named == account.as_str() => Ok(PushDraft { lines }),
            _ => Err(Odd),
        }
    }

    /// At least one, and no more than are taken.
    fn lines(&mut self) -> Read<Vec<DraftLine>> {
        self.sign(b'[')?;
        let before = self.0.len();
        let first = self.line()?;
        // The others are about as long.
        let length = before.saturating_sub(self.0.len()).max(1);
        let others = self.0.len().checked_div(length).unwrap_or_default();
        let mut lines = Vec::with_capacity(others.saturating_add(1).min(PUSH_LINES_MAX));
        lines.push(first);
        while self.sign(b']').is_err() {
            if lines.len() == PUSH_LINES_MAX {
                return Err(Odd);
            }
            self.sign(b',')?;
            lines.push(self.line()?);
        }
        Ok(lines)
    }

    /// What is null is as absent, what is unknown is skipped, and what stands twice is odd.
    fn line(&mut self) -> Read<DraftLine> {
        let (mut seen, mut line) = (Seen::default(), DraftLine::default());
        self.object(|rest, name| {
            match name {
                "id" => {
                    seen.first(0)?;
                    line.id = rest.text(LINE_ID_CHARS_MAX)?.map(Text::from);
                }
                "date" => {
                    seen.first(1)?;
                    line.date = rest.word(|word| LineDate::parse(word).ok())?;
                }
                "amount" => {
                    seen.first(2)?;
                    line.amount = rest.number()?;
                }
                "balance" => {
                    seen.first(3)?;
                    line.balance = rest.number()?;
                }
                "description" => {
                    seen.first(4)?;
                    line.description = rest.text(LINE_TEXT_CHARS_MAX)?.map(Text::from);
                }
                "counterparty" => {
                    seen.first(5)?;
                    line.counterparty = rest.text(LINE_TEXT_CHARS_MAX)?.map(Text::from);
                }
                "reference" => {
                    seen.first(6)?;
                    line.reference = rest.text(LINE_TEXT_CHARS_MAX)?.map(Text::from);
                }
                "reconciled" => {
                    seen.first(7)?;
                    line.reconciled = rest.flag()?;
                }
                "transactionType" => {
                    seen.first(8)?;
                    line.kind = rest.word(LineKind::parse)?;
                }
                _ => drop(rest.value::<IgnoredAny>()?),
            }
            Ok(())
        })?;
        Ok(line)
    }

    /// An object; `field` takes the value of the field of that name.
    fn object(&mut self, mut field: impl FnMut(&mut Self, &str) -> Read<()>) -> Read<()> {
        self.sign(b'{')?;
        if self.sign(b'}').is_ok() {
            return Ok(());
        }
        loop {
            self.skip_space();
            let name = self.plain_text()?;
            self.sign(b':')?;
            self.skip_space();
            field(self, name)?;
            if self.sign(b'}').is_ok() {
                return Ok(());
            }
            self.sign(b',')?;
        }
    }

    /// A text of at most so many bytes, which are never fewer than its characters.
    fn text(&mut self, bytes_max: usize) -> Read<Option<Cow<'a, str>>> {
        if self.literal("null") {
            return Ok(None);
        }
        let text = match self.plain_text() {
            Ok(text) => Cow::Borrowed(text),
            Err(Odd) => Cow::Owned(self.escaped_text()?),
        };
        if text.len() > bytes_max { Err(Odd) } else { Ok(Some(text)) }
    }

    /// A text without escapes.
    fn plain_text(&mut self) -> Read<&'a str> {
        let inside = self.0.strip_prefix('"').ok_or(Odd)?;
        let end = inside.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..b' '));
        let (text, rest) = end.and_then(|end| inside.split_at_checked(end)).ok_or(Odd)?;
        self.0 = rest.strip_prefix('"').ok_or(Odd)?;
        Ok(text)
    }

    fn escaped_text(&mut self) -> Read<String> {
        let text: String = self.value()?;
        if text.contains('\0') { Err(Odd) } else { Ok(text) }
    }

    /// A text that means something.
    fn word<T>(&mut self, parse: impl Fn(&str) -> Option<T>) -> Read<Option<T>> {
        let word = self.text(WORD_CHARS_MAX)?;
        word.map(|word| parse(&word).ok_or(Odd)).transpose()
    }

    /// Through no float.
    fn number(&mut self) -> Read<Option<Amount>> {
        if self.literal("null") {
            return Ok(None);
        }
        let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E');
        let length = self.0.bytes().take_while(is_part).count();
        let (number, rest) = self.0.split_at_checked(length).ok_or(Odd)?;
        self.0 = rest;
        Amount::parse(number).map(Some).map_err(|_refused| Odd)
    }

    fn flag(&mut self) -> Read<Option<bool>> {
        match () {
            () if self.literal("null") => Ok(None),
            () if self.literal("true") => Ok(Some(true)),
            () if self.literal("false") => Ok(Some(false)),
            () => Err(Odd),
        }
    }

    /// Any value, as the JSON parser takes it.
    fn value<T: DeserializeOwned>(&mut self) -> Read<T> {
        let mut values = serde_json::Deserializer::from_str(self.0).into_iter();
        let value = values.next().and_then(Result::ok).ok_or(Odd)?;
        self.0 = self.0.get(values.byte_offset()..).ok_or(Odd)?;
        Ok(value)
    }

    fn literal(&mut self, literal: &str) -> bool {
        self.0.strip_prefix(literal).map(|rest| self.0 = rest).is_some()
    }

    /// A brace, a bracket, a comma or a colon, and the space before it.
    fn sign(&mut self, sign: u8) -> Read<()> {
        self.skip_space();
        let is_there = self.0.as_bytes().first() == Some(&sign);
        self.0 = self.0.get(1..).filter(|_| is_there).ok_or(Odd)?;
        Ok(())
    }

    fn skip_space(&mut self) {
        if let Some(b' ' | b'\n' | b'\r' | b'\t') = self.0.as_bytes().first() {
            self.0 = self.0.trim_start_matches([' ', '\n', '\r', '\t']);
        }
    }
}

/// Which fields an object has shown.
#[derive(Default)]
struct Seen(u16);

impl Seen {
    /// Notes the field of that number, which must be new.
    fn first(&mut self, field: u16) -> Read<()> {
        let bit = 1 << field;
        let is_new = self.0 & bit == 0;
        self.0 |= bit;
        if is_new { Ok(()) } else { Err(Odd) }
    }
}
