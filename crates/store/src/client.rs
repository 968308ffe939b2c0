//! Verbs about clients (tenants).

use crate::Answer;
use async_trait::async_trait;
use domain::client::{Client, ClientName};

/// What became of a new client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientKept {
    /// It is kept.
    Kept,
    /// The name is taken; nothing was written.
    NameTaken(Client),
}

/// Verbs about clients.
#[async_trait]
pub trait Clients: Send + Sync {
    /// Keeps a new client, unless its name is taken.
    async fn create_client(&self, client: &Client) -> Answer<ClientKept>;

    /// The client of that name.
    async fn find_client(&self, name: &ClientName) -> Answer<Option<Client>>;

    /// All clients, oldest first.
    async fn list_clients(&self) -> Answer<Vec<Client>>;
}
