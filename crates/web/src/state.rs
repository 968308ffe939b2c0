//! What the pages need from the building. Making these things is the roof's business.

use axum::http::HeaderName;
use domain::clock::Clock;
use domain::ids::IdSource;
use domain::link_otp::OtpSigner;
use domain::platform::Platform;
use jiff::Timestamp;
use platforms::Platforms;
use std::sync::Arc;
use store::Store;
use vault::Vault;

/// Everything a page may use.
#[derive(Clone, Debug)]
pub struct WebState {
    /// The database.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids and secrets.
    pub ids: Arc<dyn IdSource>,
    /// Knows the one-time passwords of links.
    pub otp: OtpSigner,
    /// Where people reach this server, without a slash at the end.
    pub public_url: String,
    /// Where a browser comes back to from a platform: one address for all connections.
    pub callback_url: String,
    /// The software that customers can choose.
    pub offered: Vec<&'static Platform>,
    /// The platforms whose customers give their consent there.
    pub platforms: Platforms,
    /// Seals what belongs to a consent.
    pub vault: Vault,
    /// The header in which the operator's proxy names who called it, if there is one.
    pub address_header: Option<HeaderName>,
}

impl WebState {
    /// Now, to the microsecond: no database keeps more.
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    /// Whether people come over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The state as handlers share it.
pub(crate) type Shared = Arc<WebState>;
