//! Brings one message to its consumer: signed, within the time that the contract gives it.

use domain::clock::Clock;
use domain::ids::ConsumerId;
use domain::sealed::Sealed;
use domain::webhook::{DeliveryLease, Sent, sign};
use jiff::Timestamp;
use outbound::{Call, CallError, Outbound, Plaintext, Reply, Target};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{ConsumerSecrets, SECRETS_COLUMN, SECRETS_TABLE, secrets_row};
use vault::{Binding, Vault};

/// The contract's.
const ANSWER_WAIT: Duration = Duration::from_secs(15);
/// Enough of an answer to see what is wrong with it.
const ANSWER_CHARS_SHOWN: usize = 512;
/// More consumers than are sent to at a time.
const OPENED_MAX: usize = 1_000;

/// What sending takes.
#[derive(Clone, Debug)]
pub(super) struct Sender {
    pub(super) outbound: Outbound,
    pub(super) vault: Vault,
    pub(super) clock: Arc<dyn Clock>,
    /// The secrets that were opened last, by their consumer, with what they were opened from.
    pub(super) opened: Arc<Mutex<HashMap<ConsumerId, Opened>>>,
}

/// Secrets, and what they were opened from: they hold as long as that is what is kept.
#[derive(Debug)]
pub(super) struct Opened {
    from: Sealed,
    secrets: Arc<ConsumerSecrets>,
}

impl Sender {
    /// Sends a message once. Its body is given away: nobody needs it to settle.
    pub(super) async fn send(&self, lease: &mut DeliveryLease) -> Sent {
        let began_at = self.clock.now();
        let answer = match self.call(lease, began_at) {
            Ok(call) => self.outbound.send(call).await.map_err(|error| error.to_string()),
            Err(why) => Err(why),
        };
        let ended_at = self.clock.now();
        let took = ended_at.duration_since(began_at);
        match answer {
            Ok(reply) => Sent {
                status: Some(reply.status),
                error: fault_of(reply.status),
                answer: shown(&reply),
                took,
                not_before: reply.retry.not_before(ended_at),
            },
            Err(why) => {
                let (status, answer, not_before) = (None, String::new(), None);
                Sent { status, error: Some(why), answer, took, not_before }
            }
        }
    }

    fn call(&self, lease: &mut DeliveryLease, now: Timestamp) -> Result<Call, String> {
        let secrets = self.secrets(lease)?;
        let body = std::mem::take(&mut lease.delivery.message.body);
        let (delivery, consumer) = (&lease.delivery, &lease.consumer);
        let target = Target::parse(consumer.url.as_str(), Plaintext::Anywhere);
        let target = target.map_err(|error| error.to_string())?;
        let id = delivery.message_id();
        let signature = sign(&secrets.keys(now), id.as_str(), now, body.as_bytes());
        let sequence = delivery.message.sequence.to_string();
        let mut call = Call::post(target, body).within(ANSWER_WAIT);
        // Ours come last: nobody replaces them.
        let own = secrets.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let ours = [
            ("content-type", "application/json"),
            ("webhook-id", id.as_str()),
            ("webhook-timestamp", &now.as_second().to_string()),
            ("webhook-signature", &signature),
            ("webhook-sequence", &sequence),
        ];
        for (name, value) in own.chain(ours) {
            call = call.with(name, value).map_err(|error: CallError| error.to_string())?;
        }
        Ok(call)
    }

    fn secrets(&self, lease: &DeliveryLease) -> Result<Arc<ConsumerSecrets>, String> {
        let consumer = &lease.consumer;
        let Some(sealed) = &consumer.secrets else {
            return Err("the consumer has no signing secret: rotate it to make one".to_owned());
        };
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = opened.get(&consumer.id).filter(|known| known.from == *sealed) {
            return Ok(known.secrets.clone());
        }
        let row = secrets_row(consumer.client, consumer.id);
        let binding = Binding { table: SECRETS_TABLE, column: SECRETS_COLUMN, row: &row };
        let plain = self.vault.open(&binding, &sealed.0).map_err(|error| error.to_string())?;
        let secrets = ConsumerSecrets::read(&plain).map_err(|error| error.to_string())?;
        let secrets = Arc::new(secrets);
        // Those of consumers that are gone are forgotten with the others.
        if opened.len() >= OPENED_MAX {
            opened.clear();
        }
        opened.insert(consumer.id, Opened { from: sealed.clone(), secrets: secrets.clone() });
        Ok(secrets)
    }
}

/// What is wrong with an answer, in words; nothing with a yes.
fn fault_of(status: u16) -> Option<String> {
    match status {
        200..300 => None,
        300..400 => Some("redirects are not followed: name the final address".to_owned()),
        _ => Some(format!("the answer was HTTP {status}")),
    }
}

fn shown(reply: &Reply) -> String {
    String::from_utf8_lossy(&reply.body).chars().take(ANSWER_CHARS_SHOWN).collect()
}
