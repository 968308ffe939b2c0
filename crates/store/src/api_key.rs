//! Verbs about API keys.

use crate::Answer;
use async_trait::async_trait;
use domain::api_key::{ApiKey, ApiKeyHash, Revocation};
use domain::ids::{ApiKeyId, ClientId};

/// What became of a new key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKept {
    /// It is kept.
    Kept,
    /// The client has as many as it may; nothing was written.
    TooMany,
}

/// What to do about a client's last key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastKey {
    /// Refuse to revoke it.
    Keep,
    /// Revoke it too: an operator at the command line can make another.
    Revoke,
}

/// Verbs about API keys.
#[async_trait]
pub trait ApiKeys: Send + Sync {
    /// Keeps a new key, unless its client has [`domain::api_key::API_KEYS_MAX`].
    async fn create_api_key(&self, key: &ApiKey) -> Answer<KeyKept>;

    /// The key with that hash, of whatever client: this is how a caller's client becomes known.
    async fn find_api_key(&self, hash: &ApiKeyHash) -> Answer<Option<ApiKey>>;

    /// A client's keys, oldest first.
    async fn list_api_keys(&self, client: ClientId) -> Answer<Vec<ApiKey>>;

    /// Forgets a key.
    async fn revoke_api_key(
        &self,
        client: ClientId,
        key: ApiKeyId,
        last: LastKey,
    ) -> Answer<Revocation>;
}
