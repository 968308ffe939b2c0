//! The identity of a transaction, as clients see it. It must be the same for ever: they find
//! duplicates by it, and a changed one doubles a line in somebody's books.

use sha2::{Digest, Sha256};

use crate::limits::FITID_CHARS_MAX;

/// What hashed identities begin with. A caller's id that begins so is hashed as well, so that no
/// plain identity can equal a hashed one.
const HASHED_PREFIX: &str = "SHA256-";

/// RFC 4648: no character that SGML or a spreadsheet would take for something else.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The caller's id where it can stand in an OFX file as it is, else its hash.
pub fn fit_id(caller_id: &str) -> String {
    let fits = (1..=FITID_CHARS_MAX).contains(&caller_id.len())
        && caller_id.bytes().all(|byte| byte.is_ascii_graphic())
        && !caller_id.starts_with(HASHED_PREFIX);
    if fits {
        return caller_id.to_owned();
    }
    format!("{HASHED_PREFIX}{}", base32(&Sha256::digest(caller_id.as_bytes())))
}

/// Five bits to a character, without padding.
fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let mut bits =
        bytes.iter().flat_map(|&byte| (0..8u8).rev().map(move |n| bit(byte, n))).peekable();
    while bits.peek().is_some() {
        let mut index = 0u8;
        for _ in 0..5 {
            index = (index << 1) | bits.next().unwrap_or(0);
        }
        text.extend(BASE32.get(usize::from(index)).map(|&letter| char::from(letter)));
    }
    text
}

fn bit(byte: u8, number: u8) -> u8 {
    byte.checked_shr(u32::from(number)).unwrap_or(0) & 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printable_id_is_kept_as_it_is() {
        let longest = "x".repeat(255);
        for id in ["T-0002", "a&b<c>", "7f3e3b1c-aa10-4f5b-9d55-0d6f1c6f0001", longest.as_str()] {
            assert_eq!(fit_id(id), id);
        }
    }

    #[test]
    fn any_other_id_is_hashed_to_a_printable_one() {
        let too_long = "x".repeat(256);
        for id in ["", "two words", "naïve", "line\nbreak", too_long.as_str()] {
            let hashed = fit_id(id);
            assert!(hashed.starts_with(HASHED_PREFIX), "{hashed}");
            assert_eq!(hashed.len(), HASHED_PREFIX.len() + 52);
        }
    }

    #[test]
    fn the_hash_of_a_known_text_is_the_known_one() {
        // Python: b32encode(sha256(b'').digest())
        assert_eq!(fit_id(""), "SHA256-4OYMIQUY7QOBJGX36TEJS35ZEQT24QPEMSNZGTFESWMRW6CSXBKQ");
    }

    #[test]
    fn no_plain_id_can_equal_a_hashed_one() {
        let hashed = fit_id("two words");
        assert_ne!(fit_id(&hashed), hashed);
    }
}
