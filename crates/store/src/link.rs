//! Verbs about links: what lies between a connection and a platform that we send to.

use crate::{Answer, LeaseRequest, WorkSignal};
use async_trait::async_trait;
use domain::ids::{ClientId, ConnectionId, ConnectionPath, LeaseToken};
use domain::link::{Effects, HeldLink, Link};
use jiff::Timestamp;

/// A link as it is to be kept.
#[derive(Clone, Debug)]
pub struct LinkChange {
    /// With the version that was read.
    pub link: Link,
    /// What changes with it.
    pub effects: Effects,
    /// Written only while this hold lasts.
    pub held_by: Option<LeaseToken>,
    /// Now.
    pub now: Timestamp,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkChanged {
    /// It is written.
    Changed,
    /// Somebody else changed it first: read it, and do it again.
    Outdated,
    /// The hold had ended.
    LeaseLost,
    /// The connection of a new link is not there.
    Gone,
}

/// Verbs about links.
#[async_trait]
pub trait Links: Send + Sync {
    /// A connection's link, if anybody has tried to link it.
    async fn find_link(&self, path: &ConnectionPath) -> Answer<Option<Link>>;

    /// Keeps a link, new or changed, with everything that changes with it and the events of that. The connection's and
    /// the accounts' steps are taken where these are ready for them; a connection that is gone takes none.
    async fn change_link(&self, change: &LinkChange) -> Answer<LinkChanged>;

    /// Holds links for which something is due, of whatever client.
    async fn lease_due_links(&self, request: &LeaseRequest) -> Answer<Vec<HeldLink>>;

    /// Holds one link, if nobody else does.
    async fn hold_link(
        &self,
        path: &ConnectionPath,
        request: &LeaseRequest,
    ) -> Answer<Option<HeldLink>>;

    /// Lets go of a link.
    async fn release_link(&self, path: &ConnectionPath, token: LeaseToken) -> Answer<()>;

    /// Forgets a link that is as it was read: its connection is gone, and nothing is left to be done.
    async fn forget_link(&self, link: &Link) -> Answer<bool>;

    /// How many links open the same organisation at the same platform, of whatever client.
    async fn count_links(&self, link: &Link) -> Answer<u64>;

    /// Links of all clients behind a place in the order of their ids: for whoever seals their secrets anew.
    async fn list_all_links(
        &self,
        after: Option<(ClientId, ConnectionId)>,
        count: u32,
    ) -> Answer<Vec<Link>>;

    /// Raised after this process has changed a link.
    fn link_signal(&self) -> WorkSignal;
}
