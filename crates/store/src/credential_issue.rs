//! Issuing credentials: what every door that hands some out does in the same way. Who may have them is the door's to say.

use crate::{Store, StoreError};
use domain::credential::{Credential, Secrets, SignOnGuard};
use domain::ids::{ConnectionPath, CredentialId, IdSource, ordered_uuid};
use domain::password;
use jiff::Timestamp;
use std::sync::Arc;
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// A hash takes 19 MiB on purpose, so that many callers at once must not make many hashes at once.
const HASHES_AT_ONCE_MAX: usize = 4;
/// Memory belongs to the process, whatever the number of its doors.
static HASHING: Semaphore = Semaphore::const_new(HASHES_AT_ONCE_MAX);

/// Why there are no credentials.
#[derive(Debug, Error)]
pub enum IssueError {
    /// See there.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The machine could not make a hash.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
}

/// Makes a pair for a connection and keeps its hash; nothing when there is no such connection. Pairs made before stay
/// valid.
pub async fn issue_credential(
    store: &dyn Store,
    ids: &Arc<dyn IdSource>,
    path: &ConnectionPath,
    now: Timestamp,
) -> Result<Option<Secrets>, IssueError> {
    let secrets = Secrets::generate(&**ids);
    let credential = Credential {
        id: CredentialId::new(ordered_uuid(&**ids, now)),
        path: *path,
        username: secrets.username.clone(),
        password_hash: hash(ids, secrets.password.clone()).await?,
        created_at: now,
        guard: SignOnGuard::default(),
    };
    Ok(store.create_credential(&credential).await?.then_some(secrets))
}

/// Hashing takes tens of milliseconds on purpose, so it is done where it holds up no other request.
async fn hash(ids: &Arc<dyn IdSource>, password: String) -> Result<String, IssueError> {
    let failed = |error: &dyn std::fmt::Display| IssueError::Hash(error.to_string());
    let ids = Arc::clone(ids);
    let _turn = HASHING.acquire().await.map_err(|closed| failed(&closed))?;
    let hashed = spawn_blocking(move || password::hash(&password, &*ids)).await;
    hashed.map_err(|lost| failed(&lost))?.map_err(|refused| failed(&refused))
}
