//! Verbs about access tokens.

use crate::Answer;
use async_trait::async_trait;
use domain::access_token::{AccessToken, AccessTokenHash};
use jiff::Timestamp;

/// Verbs about access tokens.
#[async_trait]
pub trait AccessTokens: Send + Sync {
    /// Keeps a new token and forgets those of its company that have ended; whether the company exists.
    async fn create_access_token(&self, token: &AccessToken, now: Timestamp) -> Answer<bool>;

    /// The token with that hash, of whatever client, if it has not ended: this is how a page's company becomes known.
    async fn find_access_token(
        &self,
        hash: &AccessTokenHash,
        now: Timestamp,
    ) -> Answer<Option<AccessToken>>;
}
