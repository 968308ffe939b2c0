//! Scripts, which make pages more comfortable and which nobody needs: what is copied with a click, what is looked at again
//! without a reload, and what a page of the client's own is told. Only a script that shows the answer's own nonce runs.

use domain::ids::{IdSource, random_text};

const NONCE_CHARS: usize = 22;
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A number used once: what a script shows to be let in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Nonce(String);

impl Nonce {
    /// A new one.
    pub(crate) fn generate(ids: &dyn IdSource) -> Self {
        Self(random_text(ids, ALPHABET, NONCE_CHARS))
    }

    /// One that is no secret, for pages that nobody is served.
    pub(crate) fn canned() -> Self {
        Self("canned".to_owned())
    }

    /// Its characters.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}
