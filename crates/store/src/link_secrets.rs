//! The secrets of a link, as they stand sealed in its row: who begins a consent and who redeems it must mean the same.
//! Sealing is the caller's business; here they are only written and read.

use domain::ids::{ConnectionPath, ConsentId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use thiserror::Error;

/// The table that a sealed value of these is bound to.
pub const LINK_TABLE: &str = "link";
/// The column.
pub const LINK_COLUMN: &str = "secrets";

/// The row's key, to which they are bound as well.
pub fn link_row(path: &ConnectionPath) -> Vec<u8> {
    [path.client.uuid().into_bytes(), path.connection.uuid().into_bytes()].concat()
}

/// What opens a platform.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LinkSecrets {
    /// Of the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens: Option<TokenPair>,
    /// Of consents under way, by their ids.
    #[serde(default)]
    consents: BTreeMap<String, ConsentSecrets>,
}

/// A pair of tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenPair {
    /// For calls.
    pub access: String,
    /// For the next pair.
    pub refresh: String,
    /// Until when the first opens anything, in microseconds since 1970.
    pub access_ends_at: i64,
}

/// What belongs to one consent.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ConsentSecrets {
    /// Comes back with the browser.
    pub state: String,
    /// Proves that who redeems the code asked for it.
    pub verifier: String,
    /// What the browser brought back.
    pub query: Option<String>,
    /// What the code was worth, while an organisation is chosen.
    pub tokens: Option<TokenPair>,
}

/// Why secrets cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the secrets are not written as this version writes them")]
pub struct LinkSecretsError;

impl fmt::Debug for LinkSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkSecrets")
    }
}

impl fmt::Debug for TokenPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenPair")
    }
}

impl fmt::Debug for ConsentSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConsentSecrets")
    }
}

impl LinkSecrets {
    /// Those of a consent.
    pub fn consent(&self, id: ConsentId) -> Option<&ConsentSecrets> {
        self.consents.get(&id.to_string())
    }

    /// Keeps those of a consent.
    pub fn put_consent(&mut self, id: ConsentId, secrets: ConsentSecrets) {
        self.consents.insert(id.to_string(), secrets);
    }

    /// Forgets those of every consent that is not one of these.
    pub fn keep_consents(&mut self, ids: impl Iterator<Item = ConsentId>) {
        let kept: Vec<_> = ids.map(|id| id.to_string()).collect();
        self.consents.retain(|id, _| kept.contains(id));
    }

    /// As they are sealed.
    pub fn write(&self) -> Result<Vec<u8>, LinkSecretsError> {
        serde_json::to_vec(self).map_err(|_unwritable| LinkSecretsError)
    }

    /// See [`LinkSecrets::write`].
    pub fn read(bytes: &[u8]) -> Result<Self, LinkSecretsError> {
        serde_json::from_slice(bytes).map_err(|_unreadable| LinkSecretsError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn secrets_come_back_as_they_went_and_show_nothing() {
        let id = ConsentId::new(Uuid::from_u128(7));
        let mut secrets = LinkSecrets::default();
        let pair = TokenPair { access: "a-1".into(), refresh: "r-1".into(), access_ends_at: 7 };
        secrets.tokens = Some(pair.clone());
        let consent =
            ConsentSecrets { state: "s".into(), tokens: Some(pair), ..Default::default() };
        secrets.put_consent(id, consent.clone());
        let read = LinkSecrets::read(&secrets.write().unwrap()).unwrap();
        assert_eq!(read, secrets);
        assert_eq!(read.consent(id), Some(&consent));
        assert!(!format!("{read:?}").contains("r-1"));
        let mut kept = read;
        kept.keep_consents(std::iter::empty());
        assert_eq!(kept.consent(id), None);
        assert_eq!(LinkSecrets::read(b"[]"), Err(LinkSecretsError));
    }
}
