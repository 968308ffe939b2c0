//! The adapter, and what it can be asked for. It is made of options, a way out and a clock, and keeps nothing else.

use super::client::Client;
use super::options::{OptionsError, XeroOptions};
use crate::gate::Gate;
use crate::platform::{
    Authorizes, ConnectsFeeds, ListsAccounts, ListsOrganisations, Platform, TakesStatements,
};
use domain::clock::Clock;
use domain::platform::XERO;
use outbound::Outbound;
use std::fmt;
use std::sync::Arc;

/// Xero, or the simulator of it: the options decide.
pub struct Xero {
    pub(super) options: XeroOptions,
    pub(super) client: Client,
}

impl Xero {
    /// Checks the options. Nothing is called yet.
    pub fn new(
        options: XeroOptions,
        outbound: Outbound,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OptionsError> {
        options.urls.check(options.plaintext)?;
        let client = Client::new(&options, outbound, clock);
        Ok(Self { options, client })
    }

    /// The same with every call of an organisation counted at `gate`.
    #[must_use]
    pub fn gated(mut self, gate: Arc<dyn Gate>) -> Self {
        self.client.gate = gate;
        self
    }
}

impl fmt::Debug for Xero {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Xero({})", self.options.urls.api)
    }
}

impl Platform for Xero {
    fn key(&self) -> &'static str {
        XERO.key
    }

    fn authorization(&self) -> Option<&dyn Authorizes> {
        Some(self)
    }

    fn organisations(&self) -> Option<&dyn ListsOrganisations> {
        Some(self)
    }

    fn accounts(&self) -> Option<&dyn ListsAccounts> {
        Some(self)
    }

    fn feeds(&self) -> Option<&dyn ConnectsFeeds> {
        Some(self)
    }

    fn statements(&self) -> Option<&dyn TakesStatements> {
        Some(self)
    }
}
