//! Fingerprints: forty bits of an id's hash, which tell whether an id may be known.

use twox_hash::XxHash3_64;

/// Bits of a fingerprint. A push of 1000 new ids on an account of 100 000 lines meets a false alarm once in ten
/// thousand pushes, and an alarm costs one look at a segment.
const FINGERPRINT_BITS: u32 = 40;
/// The bits below it, in an entry of a run, for the place in the run.
pub(super) const PLACE_BITS: u32 = u64::BITS.saturating_sub(FINGERPRINT_BITS);
/// The places that an entry can name.
pub(super) const PLACES_MAX: u64 = 1_u64 << PLACE_BITS;
/// Bytes of one that stands alone.
pub(super) const FINGERPRINT_BYTES: usize = 5;

/// The fingerprint of an id. Kept for ever: another hash needs another format.
pub(super) fn fingerprint(id: &str) -> u64 {
    XxHash3_64::oneshot(id.as_bytes()) >> PLACE_BITS
}

/// Fingerprint and place in one number, so that sorting numbers sorts fingerprints.
pub(super) const fn entry(fingerprint: u64, place: u64) -> u64 {
    (fingerprint << PLACE_BITS) | (place & PLACES_MAX.wrapping_sub(1))
}

/// The fingerprint of an entry.
pub(super) const fn fingerprint_of(entry: u64) -> u64 {
    entry >> PLACE_BITS
}

/// The place of an entry.
pub(super) const fn place_of(entry: u64) -> u64 {
    entry & PLACES_MAX.wrapping_sub(1)
}
