//! Requests that are done once though they are sent twice: a caller names a request by a key of its own, and whoever
//! sends the same again gets the first answer. Keeping answers is the store's business, giving them the door's.

use crate::clock::CLOCKS_APART_MAX;
use crate::ids::{ClaimId, ClientId, IdempotencyKey};
use jiff::{SignedDuration, Timestamp};

/// A handler that has not answered for so long never will: its process died. Longer than any request may take.
pub const CLAIM_LIFE: SignedDuration = SignedDuration::from_secs(60);
/// The contract's figure.
pub const ANSWER_LIFE_MINUTES_DEFAULT: u32 = 90;
/// A week: a key that is kept for ever is a leak.
pub const ANSWER_LIFE_MINUTES_MAX: u32 = 10_080;

/// SHA-256 of everything that makes a request the same as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u8; 32]);

/// A wish to do the request that a key names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Names this attempt, so that a late one is known as such.
    pub id: ClaimId,
    /// The tenant.
    pub client: ClientId,
    /// The caller's name of the request.
    pub key: IdempotencyKey,
    /// What the request is.
    pub fingerprint: Fingerprint,
    /// When it came.
    pub at: Timestamp,
}

impl Claim {
    /// When it ends by itself.
    pub fn ends_at(&self) -> Timestamp {
        self.at.saturating_add(CLAIM_LIFE).unwrap_or(Timestamp::MAX)
    }

    /// Whether another claim, which ends then, was made by a clock that has been set back since: no claim lasts so long. It
    /// has this one's time from now on.
    pub fn outlasts_life(&self, other_ends_at: Timestamp) -> bool {
        other_ends_at.duration_since(self.ends_at()) > CLOCKS_APART_MAX
    }
}

/// The first answer to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// The status.
    pub status: u16,
    /// The type of the body, if it has one.
    pub content_type: Option<String>,
    /// As it was sent or, in the store, sealed by the door. Nothing when it held a secret, which is not kept.
    pub body: Option<Vec<u8>>,
}

/// What is to be done with a request that has a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// It is the first: do it.
    Ours,
    /// The first is under way.
    UnderWay,
    /// It has been answered.
    Answered(KeptAnswer),
    /// The key names another request.
    OtherRequest,
}
