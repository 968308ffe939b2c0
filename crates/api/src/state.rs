//! What the door needs from the building. Making these things is the roof's business.

use crate::envelope::{Answer, ApiError};
use crate::limits::Limits;
use domain::clock::Clock;
use domain::ids::IdSource;
use domain::link_otp::OtpSigner;
use domain::platform::{Offer, Platform, Profiles};
use jiff::Timestamp;
use outbound::Reach;
use std::sync::Arc;
use store::Store;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vault::Vault;

/// Everything an operation may use.
#[derive(Clone, Debug)]
pub struct ApiState {
    /// The database.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids and secrets.
    pub ids: Arc<dyn IdSource>,
    /// The rules in force for pushes.
    pub profiles: Arc<Profiles>,
    /// Signs the one-time passwords of link URLs.
    pub otp: OtpSigner,
    /// Where people reach this server, without a slash at the end: the start of every link that is shown.
    pub public_url: String,
    /// A longer body is refused.
    pub body_bytes_max: usize,
    /// For so long an answer is given again under its `Idempotency-Key`.
    pub answer_life_minutes: u32,
    /// Whether a bank is configured that managed feeds are fetched from.
    pub has_bank: bool,
    /// The platforms that this server can talk with.
    pub platforms: Vec<&'static Platform>,
    /// How much may be asked for; without it, anything.
    pub limits: Option<Limits>,
    /// Opens and seals what is kept secret.
    pub vault: Vault,
    /// Where webhooks may go.
    pub reach: Reach,
    /// Cancelled when the process is to end: nobody is kept waiting then.
    pub stopping: CancellationToken,
    /// What must end before the process does.
    pub tasks: TaskTracker,
}

impl ApiState {
    /// Now, to the microsecond: no database keeps more, and the answer that makes a thing must show the same stamps as
    /// every later one.
    pub(crate) fn now(&self) -> Timestamp {
        to_the_microsecond(self.clock.now())
    }

    /// A platform as this server offers it.
    pub(crate) fn offer(&self, platform: &'static Platform) -> Offer {
        let enabled = self.platforms.iter().any(|known| known.key == platform.key);
        Offer { platform, enabled }
    }

    /// Refuses what only a bank can do.
    pub(crate) fn need_bank(&self) -> Answer<()> {
        if self.has_bank {
            return Ok(());
        }
        let error = "no bank is configured: the operator sets managed_feeds.url to where the bank serves transactions";
        Err(ApiError::refused(error))
    }
}

fn to_the_microsecond(moment: Timestamp) -> Timestamp {
    // A whole number of microseconds within the calendar is a moment of it.
    Timestamp::from_microsecond(moment.as_microsecond()).unwrap_or(moment)
}

/// The state as handlers share it.
pub(crate) type Shared = Arc<ApiState>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_cut_to_what_databases_keep() {
        let moment: Timestamp = "2025-03-04T12:00:00.123456789Z".parse().unwrap();
        assert_eq!(to_the_microsecond(moment).to_string(), "2025-03-04T12:00:00.123456Z");
    }
}
