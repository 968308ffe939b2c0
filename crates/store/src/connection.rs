//! Verbs about connections.

use crate::Answer;
use async_trait::async_trait;
use domain::connection::Connection;
use domain::ids::{ClientId, CompanyId, ConnectionPath};
use domain::page::{ListRequest, Page};
use jiff::Timestamp;

/// What became of a wish to unlink.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unlinking {
    /// It is unlinked now, and its accounts are disconnected.
    Unlinked(Connection),
    /// It was not linked; nothing was written.
    NotLinked(Connection),
    /// There is no such connection.
    Unknown,
}

/// Verbs about connections.
#[async_trait]
pub trait Connections: Send + Sync {
    /// Keeps a new connection with its event; whether its company exists.
    async fn create_connection(&self, connection: &Connection) -> Answer<bool>;

    /// One connection.
    async fn find_connection(&self, path: &ConnectionPath) -> Answer<Option<Connection>>;

    /// A company's connections, oldest first unless the request says otherwise; nothing when there is no such company.
    async fn list_connections(
        &self,
        client: ClientId,
        company: CompanyId,
        request: &ListRequest,
    ) -> Answer<Option<Page<Connection>>>;

    /// The customer signed on: a connection that is not `Linked` becomes so, with its event. Answers it as it is then.
    async fn link_connection(
        &self,
        path: &ConnectionPath,
        now: Timestamp,
    ) -> Answer<Option<Connection>>;

    /// The client gives a linked connection up: its connected accounts are disconnected and its credentials revoked,
    /// with the events of all of it.
    async fn unlink_connection(&self, path: &ConnectionPath, now: Timestamp) -> Answer<Unlinking>;

    /// Deletes a connection with its accounts, lines and credentials, with its event; pushes that pend end as `Failed`
    /// when the worker meets them. Whether there was one.
    async fn delete_connection(&self, path: &ConnectionPath, now: Timestamp) -> Answer<bool>;
}
