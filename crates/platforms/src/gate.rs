//! Where calls are counted: a platform limits how much is asked of each organisation, whoever asks.

use crate::error::PlatformError;
use async_trait::async_trait;
use domain::ids::CallId;
use jiff::Timestamp;
use std::fmt;
use uuid::Uuid;

/// Counts calls of organisations.
#[async_trait]
pub trait Gate: Send + Sync + fmt::Debug {
    /// Lets a call of this organisation be made; otherwise says when to come again.
    async fn enter(&self, organisation: &str) -> Result<CallId, PlatformError>;

    /// A call that was let in has ended; the platform may have asked for silence until then.
    async fn leave(&self, organisation: &str, call: CallId, silent_until: Option<Timestamp>);
}

/// Lets everything in: for who calls too seldom to reach a limit.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenGate;

#[async_trait]
impl Gate for OpenGate {
    async fn enter(&self, _organisation: &str) -> Result<CallId, PlatformError> {
        Ok(CallId::new(Uuid::nil()))
    }

    async fn leave(&self, _organisation: &str, _call: CallId, _silent_until: Option<Timestamp>) {}
}
