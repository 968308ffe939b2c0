//! Consent and tokens: what is shown to a platform so that it lets us in. Keeping them sealed is the caller's business.

use domain::ids::{IdSource, random_text};
use jiff::Timestamp;
use std::fmt;
use thiserror::Error;
use url::form_urlencoded;

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Nobody guesses 190 bits within the minutes that a consent takes.
const STATE_CHARS: usize = 32;
/// RFC 7636 wants 43 at least.
const VERIFIER_CHARS: usize = 64;

/// Text that must reach no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Holds `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A consent that was asked for and is waited for. Keep it until the browser is back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Comes back with the browser: proof that it is the browser that was sent.
    pub state: Secret,
    /// Proof that whoever redeems the code asked for it.
    pub verifier: Secret,
    /// Where the browser comes back to.
    pub redirect_uri: String,
}

/// What a browser brings back: worth tokens, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code(pub Secret);

/// Why a browser brings no code.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CallbackError {
    /// Not the browser that was sent, or too late: ask the user to begin again.
    #[error("the browser came back with another state than it was sent with")]
    WrongState,
    /// The user said no, or the platform did.
    #[error("access was not allowed: {0}")]
    Denied(String),
    /// Neither a code nor an error.
    #[error("the browser came back without a code")]
    NoCode,
}

impl Consent {
    /// A new one.
    pub fn begin(ids: &dyn IdSource, redirect_uri: impl Into<String>) -> Self {
        Self {
            state: Secret::new(random_text(ids, LETTERS, STATE_CHARS)),
            verifier: Secret::new(random_text(ids, LETTERS, VERIFIER_CHARS)),
            redirect_uri: redirect_uri.into(),
        }
    }

    /// The code in the query with which the browser came back.
    pub fn read_callback(&self, query: &str) -> Result<Code, CallbackError> {
        let field = |wanted: &str| {
            let mut fields = form_urlencoded::parse(query.as_bytes());
            fields.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        // Before anything else is believed.
        if field("state").as_deref() != Some(self.state.expose()) {
            return Err(CallbackError::WrongState);
        }
        if let Some(error) = field("error") {
            return Err(CallbackError::Denied(field("error_description").unwrap_or(error)));
        }
        let code = field("code").filter(|code| !code.is_empty());
        code.map(|code| Code(Secret::new(code))).ok_or(CallbackError::NoCode)
    }
}

/// What opens a platform, and what renews it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// For calls.
    pub access: Secret,
    /// When it ends; counted from before the call, so rather too early.
    pub access_ends_at: Timestamp,
    /// For the next tokens. It replaces the one that was used: keep it before `access` is used.
    pub refresh: Secret,
}

/// With which token, for which organisation.
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    /// The access token.
    pub token: &'a Secret,
    /// The organisation, as [`crate::Organisation::id`] names it.
    pub organisation: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::SeededIds;

    #[test]
    fn a_callback_is_believed_only_with_the_state_that_was_sent() {
        let consent = Consent::begin(&SeededIds::new(1), "http://localhost:9/back");
        assert_eq!((consent.state.expose().len(), consent.verifier.expose().len()), (32, 64));
        let read =
            |query: &str| consent.read_callback(&query.replace("STATE", consent.state.expose()));
        assert_eq!(read("code=a%2Fb&state=STATE"), Ok(Code(Secret::new("a/b"))));
        assert_eq!(read("code=a&state=other"), Err(CallbackError::WrongState));
        assert_eq!(read("code=a"), Err(CallbackError::WrongState));
        assert_eq!(read("error=access_denied&state=other"), Err(CallbackError::WrongState));
        let denied = read("error=access_denied&error_description=No+way&state=STATE");
        assert_eq!(denied, Err(CallbackError::Denied("No way".to_owned())));
        assert_eq!(read("code=&state=STATE"), Err(CallbackError::NoCode));
    }

    #[test]
    fn two_consents_have_nothing_in_common_and_show_nothing() {
        let ids = SeededIds::new(1);
        let [one, other] = [(); 2].map(|()| Consent::begin(&ids, "http://localhost:9/back"));
        assert_ne!(one.state, other.state);
        assert_ne!(one.verifier, other.verifier);
        assert!(!format!("{one:?}").contains(one.state.expose()));
    }
}
