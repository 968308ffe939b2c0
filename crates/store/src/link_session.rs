//! Verbs about visits to the pages of companies and of connections.

use crate::Answer;
use async_trait::async_trait;
use domain::ids::{CompanyId, CompanyPath, ConnectionId, ConnectionPath};
use domain::link_session::{LinkOpening, LinkSession, LinkSessionHash};
use jiff::Timestamp;

/// What became of a wish to open a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkOpened {
    /// The visit is kept, and the password is used.
    Opened,
    /// The password was used before; nothing was written.
    Used,
    /// There is no such company or connection.
    Unknown,
}

/// Verbs about visits.
#[async_trait]
pub trait LinkSessions: Send + Sync {
    /// The connection of those ids, of whatever client: this is how the connection of a link becomes known.
    async fn find_linked(
        &self,
        company: CompanyId,
        connection: ConnectionId,
    ) -> Answer<Option<ConnectionPath>>;

    /// The company of that id, of whatever client.
    async fn find_linked_company(&self, company: CompanyId) -> Answer<Option<CompanyPath>>;

    /// Remembers the password and keeps the visit, or neither. Of many that open one link at once, one does.
    async fn open_link_session(&self, opening: &LinkOpening) -> Answer<LinkOpened>;

    /// The visit with that hash, of whatever client, if it has not ended.
    async fn find_link_session(
        &self,
        hash: &LinkSessionHash,
        now: Timestamp,
    ) -> Answer<Option<LinkSession>>;

    /// Forgets at most `count` visits and as many passwords that have ended; answers how many of both.
    async fn forget_link_sessions(&self, now: Timestamp, count: u32) -> Answer<u64>;
}
