//! The installation: what belongs to the database as a whole.

use crate::{Answer, WorkSignal};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use std::fmt;

/// As many as the random bytes that the first databases already hold.
pub const OTP_SALT_BYTES: usize = 64;

/// Facts that are made once, at the first start, and shared by every process.
#[derive(Clone, PartialEq, Eq)]
pub struct Installation {
    /// With the encryption key it makes the key that signs links' passwords; alone it signs nothing. The column is still
    /// called `otp_key`.
    pub otp_salt: [u8; OTP_SALT_BYTES],
    /// When the database was first used.
    pub created_at: Timestamp,
}

impl fmt::Debug for Installation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Installation {{ created_at: {}, … }}", self.created_at)
    }
}

/// Verbs about the database as a whole.
#[async_trait]
pub trait Installations: Send + Sync + fmt::Debug {
    /// Keeps `proposed` if nothing is kept yet; answers what is kept.
    async fn ensure_installation(&self, proposed: &Installation) -> Answer<Installation>;

    /// Whether the database answers, and with the schema that this program needs.
    async fn check_health(&self) -> Answer<()>;

    /// Remembers the latest time at which anybody worked. When it lies further ahead than clocks differ, the clock was set
    /// back: what the old clock has put off or held is moved back by as much, so that nothing waits for it (but for a
    /// hold whose holder is gone: half an hour at most); who began to hold since then holds on. Answers by how much.
    async fn note_time(&self, now: Timestamp) -> Answer<Option<SignedDuration>>;

    /// Finishes what was begun and lets go of the database. Later calls fail.
    async fn close(&self);

    /// Raised whenever this process writes work.
    fn work_signal(&self) -> WorkSignal;
}
