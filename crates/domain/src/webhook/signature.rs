//! The signature that proves where a message comes from, as Standard Webhooks has it: receivers check it with
//! libraries that exist.

use crate::ids::IdSource;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;
use std::fmt;
use thiserror::Error;

/// What a new key has.
pub const SIGNING_KEY_BYTES: usize = 24;
const PREFIX: &str = "whsec_";
/// Fewer can be guessed, more are no key.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 16..=96;

/// The key that a consumer and we share.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey(Vec<u8>);

/// Why a text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a signing secret is whsec_ and 16 to 96 bytes in base64")]
pub struct SigningKeyError;

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

impl SigningKey {
    /// A new one.
    pub fn generate(ids: &dyn IdSource) -> Self {
        let mut bytes = [0; SIGNING_KEY_BYTES];
        ids.fill(&mut bytes);
        Self(bytes.to_vec())
    }

    /// Reads a key as [`SigningKey::reveal`] writes it.
    pub fn parse(text: &str) -> Result<Self, SigningKeyError> {
        let encoded = text.strip_prefix(PREFIX).ok_or(SigningKeyError)?;
        let bytes = BASE64_STANDARD.decode(encoded).map_err(|_not_base64| SigningKeyError)?;
        if KEY_BYTES.contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(SigningKeyError) }
    }

    /// The key as its owner needs it.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", BASE64_STANDARD.encode(&self.0))
    }
}

/// The value of the header: a signature with each key, so that a receiver may have either while keys change.
pub fn sign(keys: &[SigningKey], id: &str, at: Timestamp, body: &[u8]) -> String {
    let signatures = keys.iter().filter_map(|key| {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key.0).ok()?;
        mac.update(format!("{id}.{}.", at.as_second()).as_bytes());
        mac.update(body);
        Some(format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes())))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn the_published_vector_is_met() {
        let key = SigningKey::parse(SECRET).unwrap();
        let at = Timestamp::from_second(1_614_265_330).unwrap();
        let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", br#"{"test": 2432232314}"#);
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(sign(std::slice::from_ref(&key), id, at, body), expected);
        let other = SigningKey::parse("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
        let both = sign(&[other, key], id, at, body);
        assert!(both.ends_with(expected) && both.matches("v1,").count() == 2, "{both}");
    }

    #[test]
    fn a_key_comes_back_as_it_went_and_is_never_shown_by_accident() {
        let key = SigningKey::parse(SECRET).unwrap();
        assert_eq!(key.reveal(), SECRET);
        assert_eq!(format!("{key:?}"), "SigningKey(…)");
        for text in ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%"] {
            assert_eq!(SigningKey::parse(text), Err(SigningKeyError), "{text}");
        }
    }
}
