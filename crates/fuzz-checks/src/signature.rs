//! The webhook's signature: a receiver that checks it by the published rule accepts the genuine message, and nothing that
//! differs from it in id, time, body or key. The other side is a published library, not ours.

use crate::supply::Supply;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::webhook::{SigningKey, sign};
use jiff::Timestamp;
use standardwebhooks::Webhook;

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Message {
    id: String,
    at: Timestamp,
    body: String,
}

/// Two keys and two messages; the same bytes once more, as a key's text.
pub(crate) fn check(bytes: &[u8]) {
    if let Ok(text) = str::from_utf8(bytes) {
        check_key_text(text);
    }
    let mut supply = Supply::new(bytes);
    let [first, second] = [supply.counted(), supply.counted()];
    let (Some(ours), Some(next)) = (check_key(first), check_key(second)) else { return };
    let [genuine, other] = [Message::supplied(&mut supply), Message::supplied(&mut supply)];
    let header = genuine.signed_with(&[ours.clone(), next.clone()]);
    assert!(header.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '), "{header:?}");
    assert_eq!(header.split(' ').count(), 2);
    // While keys change, a receiver may have either.
    assert!(genuine.is_proved_by(&header, first) && genuine.is_proved_by(&header, second));
    assert_eq!(other.is_proved_by(&header, first), other == genuine, "{other:?}");
    let header = genuine.signed_with(&[ours]);
    assert_eq!(genuine.is_proved_by(&header, second), is_same_key(first, second));
    let without = genuine.signed_with(&[]);
    assert!(!genuine.is_proved_by(&without, first), "no key proves nothing");
    assert!(!genuine.is_proved_by(&header.replace("v1,", "v2,"), first));
}

fn check_key_text(text: &str) {
    if let Ok(key) = SigningKey::parse(text) {
        assert_eq!(key.reveal(), text, "a key has one text");
        assert_eq!(format!("{key:?}"), "SigningKey(…)");
    }
}

/// The key of these bytes, unless they are too few or too many.
fn check_key(bytes: &[u8]) -> Option<SigningKey> {
    let text = format!("whsec_{}", BASE64_STANDARD.encode(bytes));
    let key = SigningKey::parse(&text);
    assert_eq!(key.is_ok(), (16..=96).contains(&bytes.len()));
    assert!(key.as_ref().is_ok_and(|key| key.reveal() == text) || key.is_err());
    key.ok()
}

/// HMAC fills a key up with zeros, so these do not count.
fn is_same_key(left: &[u8], right: &[u8]) -> bool {
    let trimmed = |key: &[u8]| {
        let end = key.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1));
        key.iter().copied().take(end).collect::<Vec<_>>()
    };
    // Only one that is longer than a block of the hash is hashed itself, and then its zeros count.
    if left.len() > 64 || right.len() > 64 {
        left == right
    } else {
        trimmed(left) == trimmed(right)
    }
}

impl Message {
    fn supplied(supply: &mut Supply<'_>) -> Self {
        // Our ids have no dot, which parts them from what follows.
        let id = supply.counted().iter().map(|byte| char::from(*byte));
        let id = id.filter(|letter| letter.is_ascii_graphic() && *letter != '.').collect();
        let at = Timestamp::from_second(i64::from(u32::from_le_bytes(supply.array()))).unwrap();
        let body = String::from_utf8_lossy(supply.counted()).into_owned();
        Self { id, at, body }
    }

    fn signed_with(&self, keys: &[SigningKey]) -> String {
        sign(keys, &self.id, self.at, self.body.as_bytes())
    }

    /// As receivers are told to look at it: one of the signatures in the header must be right.
    fn is_proved_by(&self, header: &str, key: &[u8]) -> bool {
        let receiver = Webhook::from_bytes(key.to_vec()).unwrap();
        let right = receiver.sign(&self.id, self.at.as_second(), self.body.as_bytes()).unwrap();
        header.split(' ').any(|signature| signature == right)
    }
}
