//! Everything that the simulated Xero remembers.

use super::door::{Kept, Seen, Traffic};
use super::faults::Orders;
use super::feeds::{Feed, Statement};
use super::identity::{Connection, Grants};
use super::ids::{Id, Ids};
use super::organisation::Organisation;
use super::settings::Settings;
use jiff::{SignedDuration, Timestamp};

/// The memory of one simulator.
pub(crate) struct World {
    pub(crate) ids: Ids,
    /// How far the simulator's time is ahead of its clock.
    pub(crate) ahead: SignedDuration,
    pub(crate) settings: Settings,
    pub(crate) organisations: Vec<Organisation>,
    pub(crate) connections: Vec<Connection>,
    pub(crate) grants: Grants,
    pub(crate) feeds: Vec<Feed>,
    pub(crate) statements: Vec<Statement>,
    /// How many statements were delivered: it numbers them.
    pub(crate) deliveries: u64,
    pub(crate) orders: Orders,
    pub(crate) seen: Seen,
    pub(crate) kept: Kept,
    pub(crate) traffic: Traffic,
}

impl World {
    /// One organisation, and nothing has happened yet.
    pub(crate) fn new(ids: Ids) -> Self {
        Self {
            ids,
            ahead: SignedDuration::ZERO,
            settings: Settings::default(),
            organisations: vec![Organisation::demo()],
            connections: Vec::new(),
            grants: Grants::default(),
            feeds: Vec::new(),
            statements: Vec::new(),
            deliveries: 0,
            orders: Orders::default(),
            seen: Seen::default(),
            kept: Kept::default(),
            traffic: Traffic::default(),
        }
    }

    /// Forgets everything; ids that were given do not come again.
    pub(crate) fn reset(&mut self) {
        let ids = std::mem::replace(&mut self.ids, Ids::of(String::new()));
        *self = Self::new(ids);
    }

    /// Does what Xero would have done in the background until `now`.
    pub(crate) fn settle(&mut self, now: Timestamp) {
        self.settle_feeds(now);
        self.settle_statements(now);
    }

    /// An organisation by its id.
    pub(crate) fn organisation(&self, tenant: Id) -> Option<&Organisation> {
        self.organisations.iter().find(|organisation| organisation.id == tenant)
    }
}
