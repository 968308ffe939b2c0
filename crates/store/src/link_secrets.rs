//! The secrets of a link, as they stand sealed in its row: who begins a consent and who redeems it must mean the same.

use domain::ids::{ConnectionPath, ConsentId, IdSource};
use domain::link::Link;
use domain::sealed::Sealed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use thiserror::Error;
use vault::{Binding, NONCE_BYTES, Vault, VaultError};

/// Where a link's secrets stand: a sealed value opens nowhere else.
fn binding(row: &[u8]) -> Binding<'_> {
    Binding { table: "link", column: "secrets", row }
}

fn row(path: &ConnectionPath) -> Vec<u8> {
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
pub enum LinkSecretsError {
    /// They cannot be opened.
    #[error(transparent)]
    Sealed(#[from] VaultError),
    /// They can, and are something else.
    #[error("the secrets are not written as this version writes them")]
    Unreadable,
}

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

    /// Seals them for the link at `path`.
    pub fn seal(
        &self,
        vault: &Vault,
        ids: &dyn IdSource,
        path: &ConnectionPath,
    ) -> Result<Sealed, LinkSecretsError> {
        let plain = serde_json::to_vec(self).map_err(|_unwritable| LinkSecretsError::Unreadable)?;
        let mut nonce = [0; NONCE_BYTES];
        ids.fill(&mut nonce);
        Ok(Sealed(vault.seal(&binding(&row(path)), &plain, nonce)))
    }

    /// Opens those of a link; there are none of one that never had any.
    pub fn open(vault: &Vault, link: &Link) -> Result<Self, LinkSecretsError> {
        let Some(sealed) = &link.secrets else { return Ok(Self::default()) };
        let plain = vault.open(&binding(&row(&link.path)), &sealed.0)?;
        serde_json::from_slice(&plain).map_err(|_unreadable| LinkSecretsError::Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::{ClientId, CompanyId, ConnectionId};
    use domain::platform::XERO;
    use uuid::Uuid;
    use vault::VaultKey;

    #[derive(Debug)]
    struct Nought;

    impl IdSource for Nought {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    fn path(connection: u128) -> ConnectionPath {
        let id = Uuid::from_u128(7);
        let connection = ConnectionId::new(Uuid::from_u128(connection));
        ConnectionPath { client: ClientId::new(id), company: CompanyId::new(id), connection }
    }

    #[test]
    fn secrets_come_back_to_their_link_only_and_show_nothing() {
        let vault = Vault::new(VaultKey::derive(b"a key", "test"), Vec::new());
        let id = ConsentId::new(Uuid::from_u128(7));
        let mut secrets = LinkSecrets::default();
        let pair = TokenPair { access: "a-1".into(), refresh: "r-1".into(), access_ends_at: 7 };
        secrets.tokens = Some(pair.clone());
        let consent =
            ConsentSecrets { state: "s".into(), tokens: Some(pair), ..Default::default() };
        secrets.put_consent(id, consent.clone());
        let sealed = secrets.seal(&vault, &Nought, &path(1)).unwrap();
        let mut link = Link { secrets: Some(sealed), ..Link::new(path(1), &XERO) };
        let opened = LinkSecrets::open(&vault, &link).unwrap();
        assert_eq!(opened, secrets);
        assert_eq!(opened.consent(id), Some(&consent));
        assert!(!format!("{opened:?}").contains("r-1"));
        link.path = path(2);
        let moved = LinkSecrets::open(&vault, &link);
        assert_eq!(moved, Err(LinkSecretsError::Sealed(VaultError::Tampered)));
        link.secrets = None;
        assert_eq!(LinkSecrets::open(&vault, &link), Ok(LinkSecrets::default()));
        let mut kept = opened;
        kept.keep_consents(std::iter::empty());
        assert_eq!(kept.consent(id), None);
    }
}
