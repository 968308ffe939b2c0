//! Texts that come again in a push: said once, then pointed at. Writer and reader remember the same few texts, each in the
//! place that its hash gives it, so nothing else has to be told.

use super::Damage;
use super::bytes::{Reader, Writer};
use twox_hash::XxHash3_64;

/// A place for each value of a byte of the hash.
const PLACES: usize = 256;
/// Pointing at shorter texts would save nothing.
const BYTES_MIN: usize = 3;

/// The texts that writer and reader remember.
#[derive(Clone, Debug)]
pub(super) struct Texts<'a> {
    places: Box<[&'a str; PLACES]>,
}

impl Default for Texts<'_> {
    fn default() -> Self {
        Self { places: Box::new([""; PLACES]) }
    }
}

impl<'a> Texts<'a> {
    /// Puts a text: an even number tells its length, an odd one the place where it is remembered.
    pub(super) fn put(&mut self, writer: &mut Writer, text: &'a str) {
        let place = place_of(text);
        if let Some(remembered) = self.place(place, text) {
            if *remembered == text {
                return writer.uint(u64::from(place) << 1 | 1);
            }
            *remembered = text;
        }
        writer.uint(u64::try_from(text.len()).unwrap_or(u64::MAX) << 1);
        writer.raw(text.as_bytes());
    }

    /// What [`put`](Self::put) put.
    pub(super) fn take(&mut self, reader: &mut Reader<'a>) -> Result<&'a str, Damage> {
        let told = reader.uint()?;
        let number = usize::try_from(told >> 1).unwrap_or(usize::MAX);
        if told & 1 == 1 {
            let text = self.places.get(number).filter(|text| !text.is_empty());
            return text.copied().ok_or_else(|| reader.damage("with a text that was not said"));
        }
        let text = reader.text(number)?;
        if let Some(remembered) = self.place(place_of(text), text) {
            *remembered = text;
        }
        Ok(text)
    }

    fn place(&mut self, place: u8, text: &str) -> Option<&mut &'a str> {
        let is_worth_it = text.len() >= BYTES_MIN;
        self.places.get_mut(usize::from(place)).filter(|_| is_worth_it)
    }
}

fn place_of(text: &str) -> u8 {
    let [place, ..] = XxHash3_64::oneshot(text.as_bytes()).to_be_bytes();
    place
}
