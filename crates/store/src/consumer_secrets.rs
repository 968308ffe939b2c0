//! What a consumer and we share, as it stands sealed in the consumer's row: who makes it and who sends by it must mean
//! the same. Sealing is the caller's business; here it is only written and read.

use domain::ids::{ClientId, ConsumerId};
use domain::webhook::SigningKey;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// The table that a sealed value of these is bound to.
pub const SECRETS_TABLE: &str = "webhook_consumer";
/// The column.
pub const SECRETS_COLUMN: &str = "secrets";

/// The row's key, to which they are bound as well.
pub fn secrets_row(client: ClientId, consumer: ConsumerId) -> Vec<u8> {
    [client.uuid().into_bytes(), consumer.uuid().into_bytes()].concat()
}

/// Signing keys and headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumerSecrets {
    /// Signs every message.
    pub key: SigningKey,
    /// Signs as well until a moment: the receiver may still have it.
    pub previous: Option<(SigningKey, Timestamp)>,
    /// Sent with every message.
    pub headers: BTreeMap<String, String>,
}

/// Why secrets cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the secrets are not written as this version writes them")]
pub struct SecretsError;

#[derive(Serialize, Deserialize)]
struct Written {
    key: String,
    previous: Option<(String, i64)>,
    headers: BTreeMap<String, String>,
}

impl ConsumerSecrets {
    /// With a key and nothing else.
    pub const fn new(key: SigningKey) -> Self {
        Self { key, previous: None, headers: BTreeMap::new() }
    }

    /// The keys that sign now.
    pub fn keys(&self, now: Timestamp) -> Vec<SigningKey> {
        let previous = self.previous.iter().filter(|(_, until)| *until > now);
        std::iter::once(&self.key).chain(previous.map(|(key, _)| key)).cloned().collect()
    }

    /// As they are sealed.
    pub fn write(&self) -> Result<Vec<u8>, SecretsError> {
        let previous = self.previous.as_ref();
        let written = Written {
            key: self.key.reveal(),
            previous: previous.map(|(key, until)| (key.reveal(), until.as_microsecond())),
            headers: self.headers.clone(),
        };
        serde_json::to_vec(&written).map_err(|_unwritable| SecretsError)
    }

    /// See [`ConsumerSecrets::write`].
    pub fn read(bytes: &[u8]) -> Result<Self, SecretsError> {
        let written: Written = serde_json::from_slice(bytes).map_err(|_unreadable| SecretsError)?;
        let key = |text: &str| SigningKey::parse(text).map_err(|_no_key| SecretsError);
        let previous = match &written.previous {
            None => None,
            Some((text, until)) => {
                let until = Timestamp::from_microsecond(*until).map_err(|_never| SecretsError)?;
                Some((key(text)?, until))
            }
        };
        Ok(Self { key: key(&written.key)?, previous, headers: written.headers })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn key(letter: char) -> SigningKey {
        SigningKey::parse(&format!("whsec_{}", letter.to_string().repeat(32))).unwrap()
    }

    #[test]
    fn secrets_come_back_as_they_went() {
        let headers = BTreeMap::from([("X-Bank".to_owned(), "caf\u{e9}".to_owned())]);
        let previous = Some((key('B'), Timestamp::UNIX_EPOCH));
        let secrets = ConsumerSecrets { key: key('A'), previous, headers };
        assert_eq!(ConsumerSecrets::read(&secrets.write().unwrap()), Ok(secrets));
        assert_eq!(ConsumerSecrets::read(b"{}"), Err(SecretsError));
    }

    #[test]
    fn the_previous_key_signs_until_its_end() {
        let end = Timestamp::UNIX_EPOCH;
        let secrets =
            ConsumerSecrets { previous: Some((key('B'), end)), ..ConsumerSecrets::new(key('A')) };
        assert_eq!(secrets.keys(end - SignedDuration::from_secs(1)), [key('A'), key('B')]);
        assert_eq!(secrets.keys(end), [key('A')]);
    }
}
