//! A consent under way: from the customer's click to the organisation that was chosen. Its secrets are kept sealed,
//! apart from this.

use super::Organisation;
use crate::ids::ConsentId;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// How long a customer may take.
pub const CONSENT_LIFE: SignedDuration = SignedDuration::from_mins(60);
/// So many are kept of one connection; the oldest make room.
pub const CONSENTS_MAX: usize = 8;

/// One consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Names it.
    pub id: ConsentId,
    /// What comes back with the browser.
    pub state: Fingerprint,
    /// The session that began it: no other may end it.
    pub session: Fingerprint,
    /// Where the browser comes back to.
    pub redirect_uri: String,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// How far it is.
    pub stage: ConsentStage,
}

/// How far a consent is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConsentStage {
    /// The browser is at the platform.
    Asked,
    /// It came back with a code, which is to be redeemed.
    Came,
    /// There is more than one organisation: which?
    Choose(Vec<Organisation>),
    /// This one, by its id.
    Chosen(Organisation),
    /// The connection is linked.
    Done,
    /// It came to nothing, and why.
    Failed(String),
}

/// The SHA-256 of a secret that a browser holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// Of `secret`.
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }
}

impl Consent {
    /// Whether it is over and forgotten.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.begun_at) > CONSENT_LIFE
    }
}
