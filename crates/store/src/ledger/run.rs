//! A run: fingerprints of the ids of neighbouring lines, sorted, each with its line's place.

use super::Damage;
use super::bytes::{Reader, Writer, seal_at_end};
use super::fingerprint::{PLACES_MAX, entry, place_of};

/// Tells a run from other chunks, and its version.
const FORMAT: u8 = 0x21;
const ENTRY_BYTES: usize = 8;
/// Bits of the place of a bit in a word.
const WORD_BITS: u32 = 6;
const WORD_MASK: u64 = 63;

/// A chunk of kind run. Never changes, so a process may keep those it has decoded, by chunk number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The position of its first line; places count from there.
    first: u64,
    /// Fingerprints with places, sorted.
    entries: Vec<u64>,
    /// Which beginnings of fingerprints there are, a bit for each of them: most ids that are new are told so by it.
    begun: Vec<u64>,
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
        self.entries.len().saturating_add(self.begun.len()).saturating_mul(ENTRY_BYTES)
    }

    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// Whether an entry may begin as this one does.
    pub(super) fn may_have(&self, entry: u64) -> bool {
        let beginning = entry >> self.left_out;
        let word =
            usize::try_from(beginning >> WORD_BITS).ok().and_then(|word| self.begun.get(word));
        // A run that was never encoded has no such bits.
        word.is_none_or(|word| word >> (beginning & WORD_MASK) & 1 == 1)
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
        let (begun, left_out) = beginnings(&self.entries);
        Self { begun, left_out, seal: seal_at_end(encoded), ..self }
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
            let (begun, left_out) = beginnings(&entries);
            Ok(Self { first, entries, begun, left_out, seal: seal_at_end(bytes) })
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

/// A bit for each beginning of an entry: eight to sixteen times as many bits as entries, so that few are set.
fn beginnings(entries: &[u64]) -> (Vec<u64>, u32) {
    let count = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    let words = (count >> 3).max(1).checked_next_power_of_two().unwrap_or(1);
    let left_out = words.leading_zeros().saturating_add(1).saturating_sub(WORD_BITS);
    let mut begun = vec![0_u64; usize::try_from(words).unwrap_or_default()];
    for entry in entries {
        let beginning = entry >> left_out;
        let word =
            usize::try_from(beginning >> WORD_BITS).ok().and_then(|word| begun.get_mut(word));
        if let Some(word) = word {
            *word |= 1 << (beginning & WORD_MASK);
        }
    }
    (begun, left_out)
}
