//! Calls of Xero: how they are made, and what becomes of those that bring nothing. What a refusal means is answer.rs.

use super::answer::{Effect, refusal};
use super::options::XeroOptions;
use crate::access::{Access, Secret};
use crate::error::PlatformError;
use crate::gate::{Gate, OpenGate};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use domain::clock::Clock;
use jiff::Timestamp;
use outbound::{Call, CallError, Outbound, Plaintext, Reply, Target};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::Duration;

/// Whoever sends holds what is sent for three calls: one, a refresh, and the same once more.
const ANSWER_WAIT: Duration = Duration::from_secs(20);

/// Makes calls with tokens, and with the app's secret.
pub(super) struct Client {
    outbound: Outbound,
    clock: Arc<dyn Clock>,
    api: String,
    plaintext: Plaintext,
    /// Every call of an organisation goes through it.
    pub(super) gate: Arc<dyn Gate>,
    /// `Authorization` of the app itself.
    basic: Secret,
}

impl Client {
    pub(super) fn new(options: &XeroOptions, outbound: Outbound, clock: Arc<dyn Clock>) -> Self {
        let pair = format!("{}:{}", options.client_id, options.client_secret.expose());
        Self {
            outbound,
            clock,
            api: options.urls.api.trim_end_matches('/').to_owned(),
            plaintext: options.plaintext,
            gate: Arc::new(OpenGate),
            basic: Secret::new(format!("Basic {}", BASE64_STANDARD.encode(pair))),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A form from the app to a URL of Xero's identity service, whatever it answers.
    pub(super) async fn post_form(
        &self,
        url: &str,
        fields: &[(&str, &str)],
    ) -> Result<Reply, PlatformError> {
        let call = Call::post_form(self.target(url)?, fields);
        let call = with(call, "Authorization", self.basic.expose())?;
        // Codes and tokens that were used up are told from lost ones by the next call.
        self.send(call, Effect::Repeatable).await
    }

    /// Reads what no organisation is named for.
    pub(super) async fn get_own(&self, token: &Secret, path: &str) -> Result<Reply, PlatformError> {
        let call = bearing(Call::get(self.path(path)?), token)?;
        self.checked(call, Effect::Repeatable).await
    }

    /// Takes away what no organisation is named for, whatever is answered.
    pub(super) async fn delete_own(
        &self,
        token: &Secret,
        path: &str,
    ) -> Result<Reply, PlatformError> {
        let call = bearing(Call::delete(self.path(path)?), token)?;
        self.send(call, Effect::Repeatable).await
    }

    /// Reads, whatever is answered.
    pub(super) async fn get(&self, access: Access<'_>, path: &str) -> Result<Reply, PlatformError> {
        let call = naming(Call::get(self.path(path)?), access)?;
        self.send_gated(access, call, Effect::Repeatable).await
    }

    /// Reads, and refuses what is no success.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        access: Access<'_>,
        path: &str,
    ) -> Result<T, PlatformError> {
        let reply = self.get(access, path).await?;
        self.take(&reply, Effect::Repeatable)
    }

    /// Has something done, whatever is answered. The attempt and the body make the key: a key never meets another body.
    pub(super) async fn post<T: Serialize + Sync>(
        &self,
        access: Access<'_>,
        path: &str,
        (body, attempt): (&T, &str),
        effect: Effect,
    ) -> Result<Reply, PlatformError> {
        let body = serde_json::to_vec(body)
            .map_err(|error| PlatformError::rejected(format!("cannot be written: {error}")))?;
        let key = idempotency_key(&body, attempt);
        let call = naming(Call::post(self.path(path)?, body), access)?;
        let call = with(call, "Content-Type", "application/json")?;
        self.send_gated(access, with(call, "Idempotency-Key", &key)?, effect).await
    }

    /// The body of a success; of anything else, why.
    pub(super) fn take<T: DeserializeOwned>(
        &self,
        reply: &Reply,
        effect: Effect,
    ) -> Result<T, PlatformError> {
        if !is_success(reply) {
            return Err(self.refusal(reply, effect));
        }
        serde_json::from_slice(&reply.body).map_err(|error| {
            effect.uncertain(format!("xero answers HTTP {} with {error}", reply.status))
        })
    }

    /// What an answer means that is no success.
    pub(super) fn refusal(&self, reply: &Reply, effect: Effect) -> PlatformError {
        refusal(reply, effect, self.now())
    }

    async fn checked(&self, call: Call, effect: Effect) -> Result<Reply, PlatformError> {
        let reply = self.send(call, effect).await?;
        if is_success(&reply) { Ok(reply) } else { Err(self.refusal(&reply, effect)) }
    }

    /// A call of an organisation, counted.
    async fn send_gated(
        &self,
        access: Access<'_>,
        call: Call,
        effect: Effect,
    ) -> Result<Reply, PlatformError> {
        let entered = self.gate.enter(access.organisation).await?;
        let outcome = self.send(call, effect).await;
        let busy = outcome.as_ref().ok().filter(|reply| reply.status == 429);
        let silent_until = busy.and_then(|reply| self.refusal(reply, effect).retry_at());
        self.gate.leave(access.organisation, entered, silent_until).await;
        outcome
    }

    async fn send(&self, call: Call, effect: Effect) -> Result<Reply, PlatformError> {
        let origin = call.origin();
        let answered = self.outbound.send(call.within(ANSWER_WAIT)).await;
        answered.map_err(|error| unanswered(&error, &origin, effect))
    }

    fn path(&self, path: &str) -> Result<Target, PlatformError> {
        self.target(&format!("{}/{path}", self.api))
    }

    fn target(&self, url: &str) -> Result<Target, PlatformError> {
        Target::parse(url, self.plaintext)
            .map_err(|error| PlatformError::unavailable(format!("xero's URL: {error}")))
    }
}

fn bearing(call: Call, token: &Secret) -> Result<Call, PlatformError> {
    // The accounting API answers XML to those who do not ask for JSON.
    let call = with(call, "Accept", "application/json")?;
    with(call, "Authorization", &format!("Bearer {}", token.expose()))
}

fn naming(call: Call, access: Access<'_>) -> Result<Call, PlatformError> {
    with(bearing(call, access.token)?, "Xero-Tenant-Id", access.organisation)
}

pub(super) fn is_success(reply: &Reply) -> bool {
    (200..300).contains(&reply.status)
}

fn with(call: Call, name: &str, value: &str) -> Result<Call, PlatformError> {
    call.with(name, value).map_err(|error| PlatformError::unavailable(error.to_string()))
}

fn idempotency_key(body: &[u8], attempt: &str) -> String {
    let digest = Sha256::new().chain_update(attempt).chain_update([0]).chain_update(body);
    BASE64_URL_SAFE_NO_PAD.encode(digest.finalize())
}

/// A call that never left can be repeated; of one that may have arrived nothing is known.
fn unanswered(error: &CallError, origin: &str, effect: Effect) -> PlatformError {
    let detail = format!("xero at {origin}: {error}");
    match error {
        CallError::Unsound(_) | CallError::Refused(_) => PlatformError::unavailable(detail),
        CallError::Unreachable(_)
        | CallError::TimedOut
        | CallError::TooLarge { .. }
        | CallError::BrokenOff(_) => effect.uncertain(detail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_of_one_attempt_and_one_body() {
        let key = idempotency_key(b"body", "1");
        assert_eq!((key.len(), &key), (43, &idempotency_key(b"body", "1")));
        assert_ne!(key, idempotency_key(b"body", "2"));
        assert_ne!(key, idempotency_key(b"bodz", "1"));
    }

    #[test]
    fn only_a_call_that_may_have_arrived_leaves_doubt() {
        let lost = CallError::TimedOut;
        assert!(matches!(unanswered(&lost, "h", Effect::Once), PlatformError::Unknown { .. }));
        assert!(matches!(
            unanswered(&lost, "h", Effect::Repeatable),
            PlatformError::Unavailable { .. }
        ));
        let kept = CallError::Refused("no".to_owned());
        assert!(matches!(unanswered(&kept, "h", Effect::Once), PlatformError::Unavailable { .. }));
    }
}
