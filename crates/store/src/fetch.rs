//! Verbs about fetches: statements that a platform takes from us.

use crate::Answer;
use async_trait::async_trait;
use domain::connection::Connection;
use domain::fetch::Fetch;
use domain::ids::ConnectionPath;
use domain::source_account::{AccountPath, SourceAccount};
use jiff::Timestamp;
use jiff::civil::Date;

/// A customer asks for a statement of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementOpening {
    /// Which account.
    pub account: AccountPath,
    /// The first day to keep for the feed if this is the account's first statement.
    pub feed_start: Date,
    /// When the credentials were made that the customer signed on with.
    pub credentials_made_at: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementOpened {
    /// The account and its connection, as they are now.
    Open(Box<(SourceAccount, Connection)>),
    /// The account is disconnected, by [`domain::source_account::SourceAccount::feed_door`]; nothing was written.
    Closed,
    /// There is no such account.
    Unknown,
}

/// Verbs about fetches.
#[async_trait]
pub trait Fetches: Send + Sync {
    /// The first statement of an account that [`domain::source_account::FeedDoor::Opens`] connects it from `feed_start` on, and links its connection, with the
    /// events of both. On a connected account nothing is written.
    async fn open_statement(&self, opening: &StatementOpening) -> Answer<StatementOpened>;

    /// Keeps fetches, and their connection's newest sync.
    async fn record_fetches(&self, path: &ConnectionPath, fetches: &[Fetch]) -> Answer<()>;

    /// The newest fetches of an account since `since`, newest first, at most `count`.
    async fn list_fetches(
        &self,
        path: &AccountPath,
        since: Timestamp,
        count: u32,
    ) -> Answer<Vec<Fetch>>;
}
