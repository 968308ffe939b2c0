//! A person's visit to the pages of a company or of one connection: what a link's one-time password is exchanged for. How
//! a browser carries the secret, and what the pages show, are the door's business.

use crate::client_settings::Origin;
use crate::ids::{CompanyPath, ConnectionPath, IdSource, random_text};
use crate::link_otp::{UsedOtp, hex};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::ConstantTimeEq;

/// Long enough to find the way through another program's menus and be called away in between. Whoever comes later asks
/// for a new link.
pub const LINK_SESSION_LIFE: SignedDuration = SignedDuration::from_hours(2);
/// As hard to guess as an access token.
const SECRET_CHARS: usize = 48;
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// What a link leads to, and what a visit opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// A company with all its connections: its person chooses the software.
    Company(CompanyPath),
    /// One connection only.
    Connection(ConnectionPath),
}

/// What is kept of a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkSession {
    /// What a presented secret is compared with.
    pub hash: LinkSessionHash,
    /// What it opens.
    pub target: LinkTarget,
    /// The client's own page that the visit's pages are shown within; nothing when they stand by themselves.
    pub framed_by: Option<Origin>,
    /// What the client's own program appended to the link, for the redirect at the end; in its order.
    pub parameters: Vec<(String, String)>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What a browser holds of it; never kept.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkSessionSecret(String);

/// SHA-256 of a secret: random enough to need no slow hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkSessionHash(pub [u8; 32]);

/// A wish to exchange a password for a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkOpening {
    /// The visit.
    pub session: LinkSession,
    /// The password.
    pub otp: UsedOtp,
}

impl LinkTarget {
    /// Whose company it is about.
    pub const fn company(&self) -> CompanyPath {
        match self {
            Self::Company(path) => *path,
            Self::Connection(path) => path.of_company(),
        }
    }

    /// Whether it opens nothing but that connection.
    pub const fn connection(&self) -> Option<ConnectionPath> {
        match self {
            Self::Company(_) => None,
            Self::Connection(path) => Some(*path),
        }
    }
}

impl LinkSessionSecret {
    /// A new one.
    pub fn generate(ids: &dyn IdSource) -> Self {
        Self(random_text(ids, ALPHABET, SECRET_CHARS))
    }

    /// What a browser presents; nothing when it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let is_one =
            text.len() == SECRET_CHARS && text.bytes().all(|byte| ALPHABET.contains(&byte));
        is_one.then(|| Self(text.to_owned()))
    }

    /// Its characters: only for the browser.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> LinkSessionHash {
        LinkSessionHash(Sha256::digest(self.0.as_bytes()).into())
    }

    /// What a form of that name carries: only a page of this visit can know it.
    pub fn form_token(&self, form: &str) -> String {
        // The secret has one length, so the name cannot be mistaken for a part of it.
        hex(&Sha256::digest(format!("{}{form}", self.0)))
    }

    /// Whether a form of that name came from a page of this visit.
    pub fn accepts_form(&self, form: &str, token: &str) -> bool {
        self.form_token(form).as_bytes().ct_eq(token.as_bytes()).into()
    }
}

impl fmt::Debug for LinkSessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSessionSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Sevens(u8);
    impl IdSource for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    #[test]
    fn a_secret_comes_back_from_its_text_and_from_nothing_else() {
        let secret = LinkSessionSecret::generate(&Sevens(7));
        assert_eq!(LinkSessionSecret::parse(secret.reveal()), Some(secret.clone()));
        assert_eq!(format!("{secret:?}"), "LinkSessionSecret(…)");
        let spaced = format!(" {}", secret.reveal().chars().skip(1).collect::<String>());
        for text in ["", "short", &spaced, &format!("{}x", secret.reveal())] {
            assert_eq!(LinkSessionSecret::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_form_is_taken_from_its_own_visit_and_under_its_own_name() {
        let (ours, theirs) =
            (LinkSessionSecret::generate(&Sevens(7)), LinkSessionSecret::generate(&Sevens(8)));
        let token = ours.form_token("revoke");
        assert!(ours.accepts_form("revoke", &token));
        assert!(
            !ours.accepts_form("credentials", &token) && !theirs.accepts_form("revoke", &token)
        );
        assert!(!ours.accepts_form("revoke", "") && !token.contains(ours.reveal()));
    }
}
