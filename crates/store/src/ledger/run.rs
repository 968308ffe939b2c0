//! A run: fingerprints of the ids of neighbouring lines, sorted, each with its line's place.

use super::Damage;
use super::bytes::{Reader, Writer, seal_at_end};
use super::fingerprint::{PLACES_MAX, entry, fingerprint_of, place_of};

/// Tells a run from other chunks, and its version.
const FORMAT: u8 = 0x21;
const ENTRY_BYTES: usize = 8;
/// Bits of the place of a bit in a word.
const WORD_BITS: u32 = 6;
const WORD_MASK: u64 = 63;
/// Each entry sets so many bits of its word: with four to eight entries a word, three tell all but 1 to 4 of 100 that are
/// not there.
const BITS_OF_ENTRY: u32 = 3;

/// A chunk of kind run. Never changes, so a process may keep those it has decoded, by chunk number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The position of its first line; places count from there.
    first: u64,
    /// Fingerprints with places, sorted.
    entries: Vec<u64>,
    /// Some bits for each fingerprint, in the word that its beginning names: nearly all ids that are new are told so by
    /// it.
    sieve: Vec<u64>,
    /// How many bits such a beginning leaves out.
    left_out: u32,
    /// The checksum of the chunk it was read from; heads know it.
    seal: Option<u32>,
}

impl Run {
    /// The run of the lines from `first` on whose fingerprints are given in the order of the lines.
    pub(super) fn of(first: u64, fingerprints: impl Iterator<Item = u64>) -> Self {
        let mut entries: Vec<u64> =
            (0..).zip(fingerprints).map(|(place, found)| entry(found, place)).collect();
        entries.sort_unstable();
        Self { first, entries, ..Self::default() }
    }

    /// One run of neighbouring ones, given in the order of their lines.
    pub(super) fn merged(runs: &[&Self]) -> Self {
        let first = runs.first().map_or(0, |run| run.first);
        let count = runs.iter().fold(0_usize, |sum, run| sum.saturating_add(run.entries.len()));
        let mut entries = Vec::with_capacity(count);
        for run in runs {
            // A place never overflows into the fingerprint: `fits` was asked before.
            let moved = run.first.saturating_sub(first);
            entries.extend(run.entries.iter().map(|entry| entry.wrapping_add(moved)));
        }
        merge_sorted_parts(&mut entries);
        Self { first, entries, ..Self::default() }
    }

    /// Whether a run can have so many lines.
    pub(super) const fn fits(lines: u64) -> bool {
        lines <= PLACES_MAX
    }

    /// How many lines it has.
    pub fn lines(&self) -> u64 {
        u64::try_from(self.entries.len()).unwrap_or(u64::MAX)
    }

    /// How much memory it needs, for whoever keeps runs within a bound.
    pub fn bytes(&self) -> usize {
        self.entries.len().saturating_add(self.sieve.len()).saturating_mul(ENTRY_BYTES)
    }

    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// Whether it may have the fingerprint of an entry.
    pub(super) fn may_have(&self, entry: u64) -> bool {
        let word = usize::try_from(entry >> self.left_out).ok().and_then(|it| self.sieve.get(it));
        // A run that was never encoded has none.
        word.is_none_or(|word| !word & bits_of(entry) == 0)
    }

    pub(super) fn seal(&self) -> Option<u32> {
        self.seal
    }

    pub(super) fn entries(&self) -> &[u64] {
        &self.entries
    }

    /// The position that an entry of it names.
    pub(super) fn position(&self, entry: u64) -> u64 {
        self.first.saturating_add(place_of(entry))
    }

    /// The bytes of its chunk.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new(FORMAT, self.bytes().saturating_add(16));
        writer.uint(self.first);
        for entry in &self.entries {
            writer.raw(&entry.to_be_bytes());
        }
        writer.seal()
    }

    /// As [`decode`](Self::decode) would read `encoded`, which it was written as.
    pub(super) fn read_back(self, encoded: &[u8]) -> Self {
        let (sieve, left_out) = sieve_of(&self.entries);
        Self { sieve, left_out, seal: seal_at_end(encoded), ..self }
    }

    /// Reads what an earlier append wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, Damage> {
        let mut reader = Reader::open(bytes, FORMAT, "run")?;
        let first = reader.uint()?;
        let (entries, rest) = reader.raw(reader.left())?.as_chunks::<ENTRY_BYTES>();
        if !rest.is_empty() {
            return Err(reader.damage("with half an entry"));
        }
        let entries: Vec<u64> = entries.iter().map(|entry| u64::from_be_bytes(*entry)).collect();
        if entries.is_sorted() {
            let (sieve, left_out) = sieve_of(&entries);
            Ok(Self { first, entries, sieve, left_out, seal: seal_at_end(bytes) })
        } else {
            Err(reader.damage("out of order"))
        }
    }
}

#[expect(
    clippy::stable_sort_primitive,
    reason = "the stable sort recognises the sorted parts and merges them; the other one begins anew"
)]
fn merge_sorted_parts(entries: &mut [u64]) {
    entries.sort();
}

/// A word for four to eight entries, which those with one beginning share.
fn sieve_of(entries: &[u64]) -> (Vec<u64>, u32) {
    let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    // Two at least, so that less than all bits are left out.
    let words = (count >> 3).max(2).checked_next_power_of_two().unwrap_or(2);
    let left_out = words.leading_zeros().saturating_add(1);
    let mut sieve = vec![0_u64; usize::try_from(words).unwrap_or_default()];
    for entry in entries {
        let word = usize::try_from(entry >> left_out).ok().and_then(|word| sieve.get_mut(word));
        if let Some(word) = word {
            *word |= bits_of(*entry);
        }
    }
    (sieve, left_out)
}

/// Which bits an entry sets: those that the last bits of its fingerprint name, which its beginning does not have.
fn bits_of(entry: u64) -> u64 {
    let fingerprint = fingerprint_of(entry);
    (0..BITS_OF_ENTRY).fold(0, |bits, number| {
        let place = fingerprint >> number.saturating_mul(WORD_BITS);
        bits | 1_u64.wrapping_shl(u32::try_from(place & WORD_MASK).unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::super::fingerprint::fingerprint;
    use super::*;

    fn entry_of(id: u64) -> u64 {
        entry(fingerprint(&id.to_string()), 0)
    }

    #[test]
    fn the_sieve_keeps_all_that_is_there_and_little_else() {
        for lines in [128, 1_000, 8_000, 60_000_u64] {
            let made = Run::of(0, (0..lines).map(|id| fingerprint(&id.to_string())));
            let run = Run::decode(&made.encode()).unwrap();
            assert!((0..lines).all(|id| run.may_have(entry_of(id))));
            let others = lines..lines + 100_000;
            let alarms = others.filter(|id| run.may_have(entry_of(*id))).count();
            assert!(alarms < 5_000, "{alarms} of 100000 beside {lines}");
        }
    }
}
