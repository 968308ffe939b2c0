//! Verbs about the credentials of connections.

use crate::Answer;
use async_trait::async_trait;
use domain::credential::{Credential, SignOnGuard};
use domain::ids::{ConnectionPath, CredentialId};
use jiff::Timestamp;

/// How an attempt to sign on ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignOn {
    /// With the right password.
    Right,
    /// With a wrong one.
    Wrong,
}

/// Verbs about credentials.
#[async_trait]
pub trait Credentials: Send + Sync {
    /// Keeps a new set; whether its connection exists. Sets kept before stay valid.
    async fn create_credential(&self, credential: &Credential) -> Answer<bool>;

    /// The set of that name, of whatever client: this is how a signed-on customer's connection becomes known.
    async fn find_credential(&self, username: &str) -> Answer<Option<Credential>>;

    /// The newest set of a connection, if it has any.
    async fn find_newest_credential(&self, path: &ConnectionPath) -> Answer<Option<Credential>>;

    /// Counts a failure, or forgets the failures after a success and remembers the first; answers the guard as it is then.
    async fn record_sign_on(
        &self,
        credential: CredentialId,
        sign_on: SignOn,
        now: Timestamp,
    ) -> Answer<SignOnGuard>;

    /// Revokes every set of a connection: its connected accounts are disconnected and a linked connection becomes
    /// `Unlinked`, with the events of all of it. Answers how many sets there were, or nothing when there is no such
    /// connection.
    async fn revoke_credentials(
        &self,
        path: &ConnectionPath,
        now: Timestamp,
    ) -> Answer<Option<usize>>;
}
