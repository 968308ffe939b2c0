//! Whether a server is there that has not answered for long. One that is frozen, or whose network is cut, sends no word, and
//! a call would wait for ever.

use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres_rustls::MakeRustlsConnect;
use tracing::warn;

/// Far longer than a server takes that is there.
const GREETING_SECS_MAX: u64 = 3;

/// Asks for a new connection, since the old ones are what is in doubt.
pub(crate) struct Presence {
    config: Config,
    connector: MakeRustlsConnect,
}

impl Presence {
    pub(crate) const fn new(config: Config, connector: MakeRustlsConnect) -> Self {
        Self { config, connector }
    }

    /// Whether it greets whoever comes. A refusal is a word, too.
    pub(crate) async fn is_there(&self) -> bool {
        let greeting = self.config.connect(self.connector.clone());
        match tokio::time::timeout(Duration::from_secs(GREETING_SECS_MAX), greeting).await {
            Ok(Ok(_)) => true,
            Ok(Err(error)) => error.code().is_some(),
            Err(_elapsed) => {
                warn!("the database's server does not answer: what waits for it is given up");
                false
            }
        }
    }
}
