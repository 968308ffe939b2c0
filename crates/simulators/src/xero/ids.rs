//! Ids and tokens that nobody had before. They come from a seed, so that a run under a still clock is the same each time.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;
use uuid::{Builder, Uuid};

/// The id of anything in Xero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Id(Uuid);

impl Id {
    /// The id of nothing.
    pub(crate) const NIL: Self = Self(Uuid::nil());

    /// The id in `text`, if it is one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }

    /// Its digits, without hyphens.
    pub(crate) fn digits(self) -> String {
        self.0.simple().to_string()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Makes ids, each one once.
pub(crate) struct Ids {
    seed: String,
    made: u64,
}

impl Ids {
    /// Ids of a seed that no other run has, if they are not to be the same.
    pub(crate) const fn of(seed: String) -> Self {
        Self { seed, made: 0 }
    }

    /// A new id.
    pub(crate) fn id(&mut self) -> Id {
        id_of(&self.next())
    }

    /// A new token. Guessable by whoever knows the seed, which is good enough for play money.
    pub(crate) fn secret(&mut self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.next())
    }

    /// A number from 0 to 99.
    pub(crate) fn percent(&mut self) -> u8 {
        // 256 is no multiple of 100, so the low numbers come a little more often: nobody minds in a simulation.
        let [first, ..] = self.next();
        first % 100
    }

    fn next(&mut self) -> [u8; 32] {
        self.made = self.made.wrapping_add(1);
        Sha256::digest(format!("{}/{}", self.seed, self.made)).into()
    }
}

/// The id that always belongs to this name.
pub(crate) fn named_id(name: &str) -> Id {
    id_of(&Sha256::digest(name).into())
}

fn id_of(bytes: &[u8; 32]) -> Id {
    let mut first = [0; 16];
    for (into, byte) in first.iter_mut().zip(bytes) {
        *into = *byte;
    }
    Id(Builder::from_random_bytes(first).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_one_row_of_different_ids() {
        let row = |seed: &str| {
            let mut ids = Ids::of(seed.to_owned());
            [ids.id(), ids.id(), ids.id()]
        };
        let [first, second, third] = row("a");
        assert!(first != second && second != third && first != third);
        assert_eq!(row("a"), row("a"));
        assert_ne!(row("a"), row("b"));
    }

    #[test]
    fn a_name_keeps_its_id() {
        assert_eq!(named_id("Demo Company"), named_id("Demo Company"));
        assert_eq!(named_id("Demo Company").0.get_version_num(), 4);
    }
}
