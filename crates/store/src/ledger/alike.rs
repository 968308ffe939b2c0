//! Texts that begin alike, as ids and references of one bank do: only the end is kept, and two hexadecimal digits of it in a
//! byte.

use super::Damage;
use super::bytes::{Reader, Writer};
use domain::line::Text;

/// The bit beside a length that makes it one of hexadecimal digits.
const DIGITS: u64 = 1;
/// The bit beside a length that makes it what is shared with another text.
const LIKE: u64 = 1;

/// A text that is kept whole, or as the last one that was, but for its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told<'a> {
    Whole(&'a str),
    Like { shared: &'a str, end: End<'a> },
}

impl<'a> Told<'a> {
    /// The shorter of both; `last` was the last to be kept whole.
    pub(super) fn of(text: &'a str, last: &str) -> Self {
        Self::like(text, last).unwrap_or(Self::Whole(text))
    }

    /// Nothing where that would be no shorter.
    fn like(text: &'a str, last: &str) -> Option<Self> {
        let alike = text.bytes().zip(last.bytes()).take_while(|(own, its)| own == its).count();
        let alike = (0..=alike).rev().find(|length| text.is_char_boundary(*length))?;
        let (shared, end) = text.split_at_checked(alike)?;
        let is_hex = end.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let (end, bytes) = if is_hex {
            (End::Digits(end), end.len().div_ceil(2))
        } else {
            (End::Text(end), end.len())
        };
        // One length more is told than of a whole text; and those that come later shall not be compared with one of
        // another kind.
        let is_shorter = bytes.saturating_add(1) < text.len();
        let is_of_a_kind = text.len() == last.len() || alike >= text.len().div_ceil(2);
        (is_shorter && is_of_a_kind).then_some(Self::Like { shared, end })
    }

    pub(super) fn put(self, writer: &mut Writer, last: &mut &'a str) {
        match self {
            Self::Whole(text) => {
                writer.uint(twice(text.len()));
                writer.raw(text.as_bytes());
                *last = text;
            }
            Self::Like { shared, end } => {
                writer.uint(twice(shared.len()) | LIKE);
                end.put(writer);
            }
        }
    }

    /// What [`put`](Self::put) put.
    pub(super) fn take(reader: &mut Reader<'a>, last: &mut &'a str) -> Result<Self, Damage> {
        let told = reader.uint()?;
        let bytes = usize::try_from(told >> 1).unwrap_or(usize::MAX);
        if told & LIKE == LIKE {
            let shared = last.get(..bytes);
            let shared = shared.ok_or_else(|| reader.damage("with a text that is like none"))?;
            return Ok(Self::Like { shared, end: End::take(reader)? });
        }
        *last = reader.text(bytes)?;
        Ok(Self::Whole(last))
    }

    /// The text as it came.
    pub(super) fn unpacked(self) -> Text {
        match self {
            Self::Whole(text) => text.into(),
            Self::Like { shared, end } => {
                let mut text = Text::from(shared);
                end.add_to(&mut text);
                text
            }
        }
    }
}

/// What is a text's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End<'a> {
    Text(&'a str),
    /// Hexadecimal, in small letters.
    Digits(&'a str),
    /// So many such digits as they are kept.
    Pairs(&'a [u8], usize),
}

impl<'a> End<'a> {
    fn put(self, writer: &mut Writer) {
        match self {
            Self::Text(text) => {
                writer.uint(twice(text.len()));
                writer.raw(text.as_bytes());
            }
            Self::Digits(digits) => {
                writer.uint(twice(digits.len()) | DIGITS);
                for pair in digits.as_bytes().chunks(2) {
                    let [high, low] =
                        [0, 1].map(|place| pair.get(place).copied().map_or(0, value_of));
                    writer.u8(high << 4 | low);
                }
            }
            Self::Pairs(pairs, count) => {
                writer.uint(twice(count) | DIGITS);
                writer.raw(pairs);
            }
        }
    }

    fn take(reader: &mut Reader<'a>) -> Result<Self, Damage> {
        let told = reader.uint()?;
        let count = usize::try_from(told >> 1).unwrap_or(usize::MAX);
        if told & DIGITS == 0 {
            return Ok(Self::Text(reader.text(count)?));
        }
        let pairs = reader.raw(count.div_ceil(2))?;
        if count & 1 == 1 && pairs.last().is_some_and(|last| last & 0xf != 0) {
            return Err(reader.damage("with half a digit too many"));
        }
        Ok(Self::Pairs(pairs, count))
    }

    fn add_to(self, whole: &mut Text) {
        match self {
            Self::Text(text) | Self::Digits(text) => whole.push_str(text),
            Self::Pairs(pairs, count) => {
                let halves = pairs.iter().flat_map(|pair| [pair >> 4, pair & 0xf]);
                whole.extend(
                    halves.take(count).filter_map(|half| char::from_digit(half.into(), 16)),
                );
            }
        }
    }
}

/// Twice a length: the bit that is left tells what is that long.
fn twice(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX) << 1
}

/// Of a hexadecimal digit.
fn value_of(digit: u8) -> u8 {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or_default()
}
