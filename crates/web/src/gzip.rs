//! How small gzip makes a text, for tests: counted, not written.

use std::collections::HashMap;

/// Of a member: the header, the checksum and the length (RFC 1952).
const AROUND_BYTES: usize = 18;
/// Of a block with fixed codes: what it is, and its end (RFC 1951).
const AROUND_BITS: u32 = 10;
/// The shortest repetition that has a code.
const REPEATED_BYTES_MIN: usize = 3;
/// The longest whose code has seven bits; there are longer ones.
const REPEATED_BYTES_MAX: usize = 114;
/// So far back a repetition reaches.
const DISTANCE_MAX: usize = 32 * 1024;

/// The size of one of the ways in which gzip may write a text, found without looking far: it is known to do better.
pub(crate) fn gzip_bytes_max(text: &[u8]) -> usize {
    let mut seen = HashMap::new();
    let (mut bits, mut at) = (AROUND_BITS, 0);
    while at < text.len() {
        let start = text.get(at..at + REPEATED_BYTES_MIN);
        let before = start.and_then(|start| seen.insert(start, at));
        let Some(before) = before.filter(|before| at - before <= DISTANCE_MAX) else {
            bits += if text[at] < 144 { 8 } else { 9 };
            at += 1;
            continue;
        };
        let pairs = text[before..].iter().zip(&text[at..]).take(REPEATED_BYTES_MAX);
        let repeated = pairs.take_while(|(old, new)| old == new).count();
        bits += 7 + extra_bits(repeated - REPEATED_BYTES_MIN, 4);
        bits += 5 + extra_bits(at - before - 1, 2);
        at += repeated;
    }
    AROUND_BYTES + usize::try_from(bits.div_ceil(8)).unwrap()
}

/// Codes stand for single values at first, then for ever wider ranges: `step` ranges have one width.
fn extra_bits(value: usize, step: usize) -> u32 {
    (value / step).checked_ilog2().unwrap_or(0)
}

#[test]
fn what_is_said_again_takes_little_room() {
    for (text, bytes) in [
        (String::new(), 20),
        ("a".to_owned(), 21),
        ("a".repeat(10), 22),
        ("abcdefgh".repeat(10), 30),
        ("é".repeat(2), 24),
    ] {
        assert_eq!(gzip_bytes_max(text.as_bytes()), bytes, "{text}");
    }
}
