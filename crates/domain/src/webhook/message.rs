//! What a message is: which event it tells, and in which form. Its words are written by the door.

use crate::ids::ClientId;
use sha2::{Digest, Sha256};
use std::fmt;
use uuid::{Builder, Uuid};

/// How an event is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageForm {
    /// As the contract's webhooks do.
    Modern,
    /// As rules did, under this name of theirs.
    Rule(&'static str),
}

/// Names a message; the same for every attempt, and for every consumer of the event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessageId(String);

impl MessageId {
    /// Of a client's event.
    pub fn of(client: ClientId, sequence: u64) -> Self {
        Self(format!("msg_{}", event_id(client, sequence).simple()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of a client's event. It is made of its place, so that nothing has to be kept to tell it again.
pub fn event_id(client: ClientId, sequence: u64) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(client.uuid().as_bytes());
    hash.update(sequence.to_be_bytes());
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    for (byte, hashed) in bytes.iter_mut().zip(digest) {
        *byte = hashed;
    }
    Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_keeps_its_id_and_shares_it_with_no_other() {
        let client = ClientId::new(Uuid::from_u128(7));
        assert_eq!(event_id(client, 1), event_id(client, 1));
        assert_ne!(event_id(client, 1), event_id(client, 2));
        assert_ne!(event_id(client, 1), event_id(ClientId::new(Uuid::from_u128(8)), 1));
        assert_eq!(MessageId::of(client, 1).as_str().len(), 36);
    }
}
