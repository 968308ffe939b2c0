//! What the door needs from the building. Making these things is the roof's business.

use domain::clock::Clock;
use domain::ids::IdSource;
use domain::link_otp::OtpSigner;
use domain::platform::Profiles;
use std::sync::Arc;
use store::Store;

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
}

/// The state as handlers share it.
pub(crate) type Shared = Arc<ApiState>;
