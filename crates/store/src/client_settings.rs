//! Verbs about what clients set for their pages.

use crate::Answer;
use async_trait::async_trait;
use domain::client_settings::{Origin, Profile};
use domain::ids::ClientId;

/// Verbs about what clients set for their pages.
#[async_trait]
pub trait ClientSettings: Send + Sync {
    /// A client's profile: its own, or one that has only the client's name. Nothing when there is no such client.
    async fn find_profile(&self, client: ClientId) -> Answer<Option<Profile>>;

    /// Replaces a client's profile.
    async fn replace_profile(&self, client: ClientId, profile: &Profile) -> Answer<()>;

    /// The origins that a client allows, in its own order.
    async fn list_origins(&self, client: ClientId) -> Answer<Vec<Origin>>;

    /// Replaces the origins that a client allows.
    async fn replace_origins(&self, client: ClientId, origins: &[Origin]) -> Answer<()>;

    /// Whether any client allows the origin: a browser asks that before it says on whose behalf it will call.
    async fn is_origin_known(&self, origin: &Origin) -> Answer<bool>;
}
