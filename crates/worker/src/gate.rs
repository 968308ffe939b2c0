//! The gate before every call of an organisation: counted in the store, so that all processes keep the limits together.

use async_trait::async_trait;
use domain::call_budget::{CallLimits, CallTurn};
use domain::clock::Clock;
use domain::ids::{CallId, IdSource, random_uuid};
use jiff::Timestamp;
use platforms::{Gate, PlatformError};
use std::sync::Arc;
use store::Store;
use tracing::warn;

/// Counts in the store.
#[derive(Clone, Debug)]
pub struct CountedGate {
    /// The database.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub ids: Arc<dyn IdSource>,
    /// The platform's key: organisations of two platforms may be named alike.
    pub platform: &'static str,
    /// What each organisation may be asked.
    pub limits: CallLimits,
}

impl CountedGate {
    fn name(&self, organisation: &str) -> String {
        format!("{}:{organisation}", self.platform)
    }
}

#[async_trait]
impl Gate for CountedGate {
    async fn enter(&self, organisation: &str) -> Result<CallId, PlatformError> {
        let (call, now) = (CallId::new(random_uuid(self.ids.as_ref())), self.clock.now());
        match self.store.begin_call(&self.name(organisation), call, self.limits, now).await {
            Ok(CallTurn::Go) => Ok(call),
            Ok(CallTurn::Wait(retry_at)) => Err(PlatformError::RateLimited { retry_at }),
            Err(error) => {
                Err(PlatformError::unavailable(format!("a call was not counted: {error}")))
            }
        }
    }

    async fn leave(&self, organisation: &str, call: CallId, silent_until: Option<Timestamp>) {
        let ended = self.store.end_call(&self.name(organisation), call, silent_until).await;
        if let Err(error) = ended {
            warn!(%error, "a call's end was not counted: it is given up after a while");
        }
    }
}
