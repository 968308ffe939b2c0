//! Access tokens: for one company and one day, for the pages that a client builds into its own. Reading them from a
//! header is the door's business.

use crate::ids::{ClientId, CompanyId, IdSource, random_text};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::fmt;

/// The contract's figure.
pub const ACCESS_TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// As hard to guess as an API key, and told apart from one by its length.
const ACCESS_TOKEN_CHARS: usize = 48;
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// What is kept of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessToken {
    /// The tenant.
    pub client: ClientId,
    /// The only company that it opens.
    pub company: CompanyId,
    /// What a presented token is compared with.
    pub hash: AccessTokenHash,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// The token itself, shown once and never kept.
pub struct AccessTokenSecret(String);

/// SHA-256 of a token: random enough to need no slow hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AccessTokenHash(pub [u8; 32]);

impl AccessTokenSecret {
    /// A new token.
    pub fn generate(ids: &dyn IdSource) -> Self {
        Self(random_text(ids, ALPHABET, ACCESS_TOKEN_CHARS))
    }

    /// Its characters: only for handing it out.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> AccessTokenHash {
        AccessTokenHash::of(&self.0)
    }
}

impl fmt::Debug for AccessTokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessTokenSecret(…)")
    }
}

impl AccessTokenHash {
    /// The hash of a presented token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}
