//! Typed ids and where random ones come from. Making randomness is the roof's business.

use jiff::Timestamp;
use std::fmt;
use uuid::{Builder, Uuid};

/// The only source of randomness; a seeded one makes a whole run repeatable.
pub trait IdSource: Send + Sync + fmt::Debug {
    /// Fills `bytes` with random bytes; the real one is a cryptographic generator.
    fn fill(&self, bytes: &mut [u8]);
}

/// A random (version 4) id: for what callers hold and must not guess from another.
pub fn random_uuid(ids: &dyn IdSource) -> Uuid {
    let mut bytes = [0; 16];
    ids.fill(&mut bytes);
    Builder::from_random_bytes(bytes).into_uuid()
}

/// A time-ordered (version 7) id: new ones go to the end of an index instead of anywhere in it.
pub fn ordered_uuid(ids: &dyn IdSource, now: Timestamp) -> Uuid {
    let mut bytes = [0; 10];
    ids.fill(&mut bytes);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
}

/// `count` characters drawn evenly from `alphabet`, which holds at most 256 ASCII characters.
pub fn random_text(ids: &dyn IdSource, alphabet: &[u8], count: usize) -> String {
    // Bytes beyond the last whole multiple of the alphabet are drawn again: no letter is likelier than another.
    let fair = 256_usize.saturating_sub(256_usize.checked_rem(alphabet.len()).unwrap_or(0));
    let mut text = String::with_capacity(count);
    let mut block = [0_u8; 64];
    while text.len() < count {
        ids.fill(&mut block);
        let letters = block.iter().map(|byte| usize::from(*byte)).filter(|value| *value < fair);
        let letters =
            letters.filter_map(|value| alphabet.get(value.checked_rem(alphabet.len())?).copied());
        text.extend(letters.map(char::from).take(count.saturating_sub(text.len())));
    }
    text
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Names an id that came from a store or from an id source.
            pub const fn new(value: Uuid) -> Self {
                Self(value)
            }

            /// The id in `text`, or nothing when it is not a UUID (callers answer "not found").
            pub fn parse(text: &str) -> Option<Self> {
                Uuid::try_parse(text).ok().map(Self)
            }

            /// The bare value, for storing.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    )*};
}

typed_ids! {
    /// One tenant of the server: a bank or fintech.
    ClientId;
    /// One API key of a client.
    ApiKeyId;
    /// One customer of a client.
    CompanyId;
    /// One link between a company and an accounting platform.
    ConnectionId;
    /// One push operation; callers know it as `pushOperationKey`.
    PushKey;
    /// One set of generated credentials.
    CredentialId;
    /// One statement handed to a platform that pulls.
    FetchId;
    /// A caller's own id of one request.
    IdempotencyKey;
    /// One attempt at such a request.
    ClaimId;
    /// One request under way.
    RequestId;
    /// One run that fetches lines from a bank.
    SyncId;
    /// One webhook consumer of a client.
    ConsumerId;
    /// One consent of a customer at a platform.
    ConsentId;
    /// One call of a platform.
    CallId;
    /// One hold on a piece of work; a new one is made for every lease.
    LeaseToken;
}

/// A company with the tenant that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CompanyPath {
    /// The tenant.
    pub client: ClientId,
    /// The tenant's customer.
    pub company: CompanyId,
}

/// A connection with everything it belongs to: what every store call about it must name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConnectionPath {
    /// The tenant.
    pub client: ClientId,
    /// The tenant's customer.
    pub company: CompanyId,
    /// The customer's connection.
    pub connection: ConnectionId,
}

impl ConnectionPath {
    /// Whose connection it is.
    pub const fn of_company(&self) -> CompanyPath {
        CompanyPath { client: self.client, company: self.company }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU8, Ordering};

    #[derive(Debug)]
    struct Counting(AtomicU8);

    impl IdSource for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            for byte in bytes {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn random_text_draws_every_letter_equally_often() {
        let text = random_text(&Counting(AtomicU8::new(0)), b"abc", 255);
        let count = |letter| text.chars().filter(|c| *c == letter).count();
        assert_eq!((text.len(), count('a'), count('b'), count('c')), (255, 85, 85, 85));
    }

    #[test]
    fn ordered_ids_grow_with_time() {
        let ids = Counting(AtomicU8::new(9));
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        assert!(
            ordered_uuid(&ids, at(1_700_000_000_000)) < ordered_uuid(&ids, at(1_700_000_000_001))
        );
    }

    #[test]
    fn what_is_not_a_uuid_is_no_id() {
        assert_eq!(CompanyId::parse("7"), None);
        let text = "6b113e06-e818-45d7-977b-8e6bb3d01269";
        assert_eq!(CompanyId::parse(text).map(|id| id.to_string()).as_deref(), Some(text));
    }
}
