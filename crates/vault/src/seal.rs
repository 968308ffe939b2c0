//! Sealing and opening. A sealed value is a version, the key's name, the nonce, then the ciphertext with its tag.

use crate::key::{ID_BYTES, KEY_BYTES, VaultKey};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use std::fmt;
use std::sync::Arc;
use thiserror::Error;
use zeroize::Zeroizing;

/// So many that random ones never repeat.
pub const NONCE_BYTES: usize = 24;
const VERSION: u8 = 1;
const HEAD_BYTES: usize = 1 + ID_BYTES + NONCE_BYTES;

/// Where a sealed value stands.
#[derive(Clone, Copy, Debug)]
pub struct Binding<'a> {
    /// The table.
    pub table: &'a str,
    /// The column.
    pub column: &'a str,
    /// The row's key.
    pub row: &'a [u8],
}

/// Why a value cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum VaultError {
    /// Not written by a vault that this one knows.
    #[error("the value is not sealed as this version seals")]
    Malformed,
    /// The operator has to add the key.
    #[error(
        "the value is sealed with a key that is not configured: add it to encryption.older_keys"
    )]
    UnknownKey,
    /// It was changed, or stands where it was not put.
    #[error("the value was changed, or moved from another row")]
    Tampered,
}

/// Keys of a purpose of its own, made of a vault's.
pub struct DerivedKeys {
    /// Of the key that seals.
    pub current: Zeroizing<[u8; KEY_BYTES]>,
    /// Of those that only open.
    pub older: Vec<Zeroizing<[u8; KEY_BYTES]>>,
}

impl fmt::Debug for DerivedKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DerivedKeys(…)")
    }
}

/// Seals with one key, opens with that and older ones.
#[derive(Clone)]
pub struct Vault {
    current: VaultKey,
    older: Arc<[VaultKey]>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({} older keys)", self.older.len())
    }
}

impl Vault {
    /// With the key that seals, and those that only open.
    pub fn new(current: VaultKey, older: Vec<VaultKey>) -> Self {
        Self { current, older: older.into() }
    }

    /// Seals a value to its place. A nonce is used once: it comes from a random source.
    pub fn seal(&self, binding: &Binding<'_>, plain: &[u8], nonce: [u8; NONCE_BYTES]) -> Vec<u8> {
        let aad = associated(binding);
        let payload = Payload { msg: plain, aad: &aad };
        let sealed = cipher(&self.current).encrypt(&XNonce::from(nonce), payload);
        let mut bytes =
            Vec::with_capacity(HEAD_BYTES.saturating_add(plain.len()).saturating_add(16));
        bytes.push(VERSION);
        bytes.extend(self.current.id());
        bytes.extend(nonce);
        // Only a plaintext of hundreds of gigabytes fails; what is left then opens with no key.
        bytes.extend(sealed.unwrap_or_default());
        bytes
    }

    /// Opens a value that stands in its place.
    pub fn open(
        &self,
        binding: &Binding<'_>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let (id, nonce, ciphertext) = parts(sealed).ok_or(VaultError::Malformed)?;
        let mut keys = std::iter::once(&self.current).chain(self.older.iter());
        let key = keys.find(|key| key.id() == id).ok_or(VaultError::UnknownKey)?;
        let aad = associated(binding);
        let payload = Payload { msg: ciphertext, aad: &aad };
        let opened = cipher(key).decrypt(&XNonce::from(nonce), payload);
        opened.map(Zeroizing::new).map_err(|_tag| VaultError::Tampered)
    }

    /// For each key another one, which seals nothing and serves that purpose only. Whoever has the same keys and salt comes to
    /// the same ones; nobody does with the salt alone.
    pub fn derive_keys(&self, purpose: &str, salt: &[u8]) -> DerivedKeys {
        let derive = |key: &VaultKey| Zeroizing::new(*key.derive_salted(purpose, salt).bytes());
        DerivedKeys {
            current: derive(&self.current),
            older: self.older.iter().map(derive).collect(),
        }
    }

    /// Whether a value is sealed with the key that seals now.
    pub fn is_current(&self, sealed: &[u8]) -> bool {
        parts(sealed).is_some_and(|(id, _, _)| id == self.current.id())
    }
}

fn cipher(key: &VaultKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&(*key.bytes()).into())
}

fn parts(sealed: &[u8]) -> Option<([u8; ID_BYTES], [u8; NONCE_BYTES], &[u8])> {
    let (version, rest) = sealed.split_first()?;
    let (id, rest) = rest.split_first_chunk()?;
    let (nonce, ciphertext) = rest.split_first_chunk()?;
    (*version == VERSION).then_some((*id, *nonce, ciphertext))
}

/// With their lengths, so that no two places are written alike.
fn associated(binding: &Binding<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in [binding.table.as_bytes(), binding.column.as_bytes(), binding.row] {
        bytes.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        bytes.extend(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::KEY_BYTES;
    use proptest::prelude::*;

    const PLACE: Binding<'_> = Binding { table: "webhook_consumer", column: "secrets", row: b"7" };
    const NONCE: [u8; NONCE_BYTES] = [9; NONCE_BYTES];

    fn key(byte: u8) -> VaultKey {
        VaultKey::new([byte; KEY_BYTES])
    }

    proptest! {
        #[test]
        fn a_value_comes_back_and_cannot_be_seen(plain in proptest::collection::vec(any::<u8>(), 0..200), nonce in any::<[u8; NONCE_BYTES]>()) {
            let vault = Vault::new(key(1), Vec::new());
            let sealed = vault.seal(&PLACE, &plain, nonce);
            prop_assert_eq!(vault.open(&PLACE, &sealed).unwrap().to_vec(), plain.clone());
            prop_assert_eq!(sealed.len(), HEAD_BYTES + plain.len() + 16);
            prop_assert!(plain.len() < 8 || !sealed.windows(plain.len()).any(|window| window == plain));
        }
    }

    #[test]
    fn no_bit_can_be_changed() {
        let vault = Vault::new(key(1), vec![key(2)]);
        let sealed = vault.seal(&PLACE, b"geheim", NONCE);
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(vault.open(&PLACE, &changed).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(vault.open(&PLACE, &sealed[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn a_value_opens_only_in_its_place() {
        let vault = Vault::new(key(1), Vec::new());
        let sealed = vault.seal(&PLACE, b"geheim", NONCE);
        for place in [
            Binding { table: "connection", ..PLACE },
            Binding { column: "other", ..PLACE },
            Binding { row: b"8", ..PLACE },
            // The same letters, cut elsewhere.
            Binding { table: "webhook_consumers", column: "ecrets", ..PLACE },
        ] {
            assert_eq!(vault.open(&place, &sealed).unwrap_err(), VaultError::Tampered, "{place:?}");
        }
    }

    #[test]
    fn derived_keys_hang_on_key_salt_and_purpose_and_older_ones_stay_the_same() {
        let of = |vault: &Vault, purpose, salt| vault.derive_keys(purpose, salt);
        let vault = Vault::new(key(1), Vec::new());
        let one = of(&vault, "a", b"salt").current;
        assert_eq!(one, of(&vault, "a", b"salt").current);
        assert_ne!(one, of(&vault, "b", b"salt").current);
        assert_ne!(one, of(&vault, "a", b"pepper").current);
        assert_ne!(*one, *key(1).bytes());
        let after = of(&Vault::new(key(2), vec![key(3), key(1)]), "a", b"salt");
        assert_ne!(after.current, one);
        assert_eq!(after.older.last(), Some(&one));
        assert_eq!((after.older.len(), format!("{after:?}")), (2, "DerivedKeys(…)".to_owned()));
    }

    #[test]
    fn an_older_key_opens_and_only_the_newest_seals() {
        let before = Vault::new(key(1), Vec::new());
        let sealed = before.seal(&PLACE, b"geheim", NONCE);
        let after = Vault::new(key(2), vec![key(1)]);
        assert_eq!(after.open(&PLACE, &sealed).unwrap().as_slice(), b"geheim");
        assert!(before.is_current(&sealed) && !after.is_current(&sealed));
        assert!(after.is_current(&after.seal(&PLACE, b"geheim", NONCE)));
        let without = Vault::new(key(3), Vec::new());
        assert_eq!(without.open(&PLACE, &sealed).unwrap_err(), VaultError::UnknownKey);
        assert_eq!(without.open(&PLACE, b"plain").unwrap_err(), VaultError::Malformed);
    }
}
