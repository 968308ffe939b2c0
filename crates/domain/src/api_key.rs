//! API keys: how they look, and what is kept of them. Reading them from a header is the door's business.

use crate::ids::{ApiKeyId, ClientId, IdSource, random_text};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt;

/// The contract's sample keys have this length.
pub const API_KEY_CHARS: usize = 40;
/// The contract's limit for one client.
pub const API_KEYS_MAX: usize = 10;
/// The contract's limit.
pub const API_KEY_NAME_CHARS_MAX: usize = 50;
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// What is kept of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Names the key without giving it away.
    pub id: ApiKeyId,
    /// Whose key it is.
    pub client: ClientId,
    /// What its owner calls it.
    pub name: Option<String>,
    /// What a presented key is compared with.
    pub hash: ApiKeyHash,
    /// The last four characters, to tell keys apart in a list.
    pub hint: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The key itself, shown once and never kept.
pub struct ApiKeySecret(String);

/// SHA-256 of a key. A slow hash would add nothing: a key is 238 random bits, not a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ApiKeyHash(pub [u8; 32]);

impl ApiKeySecret {
    /// A new key.
    pub fn generate(ids: &dyn IdSource) -> Self {
        Self(random_text(ids, ALPHABET, API_KEY_CHARS))
    }

    /// The key's characters: only for showing it to its owner.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> ApiKeyHash {
        ApiKeyHash::of(&self.0)
    }

    /// Its last four characters.
    pub fn hint(&self) -> String {
        let skip = self.0.chars().count().saturating_sub(4);
        self.0.chars().skip(skip).collect()
    }
}

impl fmt::Debug for ApiKeySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeySecret(…)")
    }
}

impl ApiKeyHash {
    /// The hash of a presented key.
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }
}

/// What became of a wish to revoke a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// It is gone.
    Revoked,
    /// The client has no such key.
    Unknown,
    /// It is the client's last key: without one nobody could make another.
    LastKey,
}
