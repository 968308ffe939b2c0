//! Keys: read, shown, named.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};
use std::fmt;
use thiserror::Error;
use zeroize::Zeroizing;

/// What a key has.
pub const KEY_BYTES: usize = 32;
/// What a key is named by.
pub(crate) const ID_BYTES: usize = 8;

/// A key. Its bytes are wiped when it is dropped.
#[derive(Clone)]
pub struct VaultKey(Zeroizing<[u8; KEY_BYTES]>);

/// Why a text is no key. The text is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Neither of the two.
    #[error("a key is written in base64 or hexadecimal digits")]
    Unreadable,
    /// Too short or too long.
    #[error("a key has {KEY_BYTES} bytes, this one has {0}")]
    Length(usize),
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultKey(…)")
    }
}

impl VaultKey {
    /// The key of these bytes.
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A key that is made of another secret, for a purpose: it tells nothing of that.
    pub fn derive(secret: &[u8], purpose: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"millrace vault key\0");
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(secret);
        Self::new(hash.finalize().into())
    }

    /// The key that is made of this one and a salt, for a purpose. The salt need not be secret.
    pub(crate) fn derive_salted(&self, purpose: &str, salt: &[u8]) -> Self {
        // A key has one length, so key and salt cannot be cut elsewhere.
        let secret = Zeroizing::new([self.0.as_slice(), salt].concat());
        Self::derive(&secret, purpose)
    }

    /// Reads a key, in base64 or in hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let bytes = Zeroizing::new(match read_hex(text) {
            Some(bytes) => bytes,
            None => BASE64_STANDARD.decode(text).map_err(|_not_base64| KeyError::Unreadable)?,
        });
        let key = <[u8; KEY_BYTES]>::try_from(bytes.as_slice());
        key.map(Self::new).map_err(|_other_length| KeyError::Length(bytes.len()))
    }

    /// The key as [`VaultKey::parse`] reads it.
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(BASE64_STANDARD.encode(self.0.as_slice()))
    }

    pub(crate) fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// Names the key without telling it.
    pub(crate) fn id(&self) -> [u8; ID_BYTES] {
        let mut hash = Sha256::new();
        hash.update(b"millrace vault key id\0");
        hash.update(self.0.as_slice());
        let digest: [u8; 32] = hash.finalize().into();
        let mut id = [0; ID_BYTES];
        for (byte, hashed) in id.iter_mut().zip(digest) {
            *byte = hashed;
        }
        id
    }
}

/// Base64 of a key has 44 characters, hexadecimal digits are 64: no text can be both.
fn read_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let digit =
        |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = digits.chunks_exact(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(high)?.wrapping_mul(16).wrapping_add(digit(low)?)),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_in_both_writings_and_never_shown_by_accident() {
        let key = VaultKey::new([0xa5; KEY_BYTES]);
        assert_eq!(VaultKey::parse(&key.reveal()).unwrap().id(), key.id());
        assert_eq!(VaultKey::parse(&format!(" {}\n", "A5".repeat(32))).unwrap().id(), key.id());
        assert_eq!(format!("{key:?}"), "VaultKey(…)");
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_reason() {
        let refused = |text: &str| VaultKey::parse(text).unwrap_err();
        assert_eq!(refused("geheim!"), KeyError::Unreadable);
        assert_eq!(refused(""), KeyError::Length(0));
        assert_eq!(refused("AAAA"), KeyError::Length(3));
        assert_eq!(refused("AAAA").to_string(), "a key has 32 bytes, this one has 3");
    }

    #[test]
    fn derived_keys_differ_by_secret_and_purpose() {
        let id = |secret: &[u8], purpose| VaultKey::derive(secret, purpose).id();
        assert_eq!(id(b"s", "a"), id(b"s", "a"));
        assert_ne!(id(b"s", "a"), id(b"s", "b"));
        assert_ne!(id(b"s", "a"), id(b"t", "a"));
    }
}
