//! Passwords that were right a moment ago, so that a client which polls fifty accounts pays for one slow hash. Only
//! asked after the store has shown the credential: one that was revoked is not found there, whatever is remembered.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use domain::credential::Credential;
use domain::ids::{CredentialId, IdSource};
use jiff::{SignedDuration, Timestamp};
use ofx::Secret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// A poll of many accounts is over by then.
const REMEMBERED_FOR: SignedDuration = SignedDuration::from_mins(5);
/// A few megabytes; when it is full, further ones are hashed each time.
const REMEMBERED_MAX: usize = 20_000;
const KEY_BYTES: usize = 32;

type Proof = [u8; 32];

/// Keyed digests: what a dump of the memory shows is of no use without the key, and of little with it.
pub(crate) struct RememberedPasswords {
    key: [u8; KEY_BYTES],
    proofs: Mutex<HashMap<CredentialId, (Proof, Timestamp)>>,
}

impl RememberedPasswords {
    /// Remembers nothing yet.
    pub(crate) fn new(ids: &dyn IdSource) -> Self {
        let mut key = [0; KEY_BYTES];
        ids.fill(&mut key);
        Self { key, proofs: Mutex::default() }
    }

    /// Whether this password was right not long ago.
    pub(crate) fn knows(
        &self,
        credential: &Credential,
        user_pass: &Secret,
        now: Timestamp,
    ) -> bool {
        let Some((proof, until)) = self.proofs().get(&credential.id).copied() else { return false };
        now < until && bool::from(proof.ct_eq(&self.proof(credential, user_pass)))
    }

    /// This password has just been found right.
    pub(crate) fn remember(&self, credential: &Credential, user_pass: &Secret, now: Timestamp) {
        let Ok(until) = now.checked_add(REMEMBERED_FOR) else { return };
        let proof = self.proof(credential, user_pass);
        let mut proofs = self.proofs();
        if proofs.len() >= REMEMBERED_MAX {
            proofs.retain(|_, (_, until)| now < *until);
        }
        if proofs.len() < REMEMBERED_MAX {
            proofs.insert(credential.id, (proof, until));
        }
    }

    /// The slow hash is in it as well, so a new password makes the old proof worthless.
    fn proof(&self, credential: &Credential, user_pass: &Secret) -> Proof {
        let mut digest = Sha256::new();
        digest.update(self.key);
        digest.update(credential.password_hash.as_bytes());
        digest.update([0]);
        digest.update(user_pass.expose().as_bytes());
        digest.finalize().into()
    }

    fn proofs(&self) -> MutexGuard<'_, HashMap<CredentialId, (Proof, Timestamp)>> {
        self.proofs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for RememberedPasswords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RememberedPasswords({})", self.proofs().len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{NOON, SeededIds, a_client, a_company, a_connection, a_credential, noon_plus};

    fn credential() -> Credential {
        a_credential(a_connection(&a_company(a_client().id)).path())
    }

    fn remembered() -> RememberedPasswords {
        RememberedPasswords::new(&SeededIds::new(1))
    }

    #[test]
    fn only_the_remembered_password_of_that_credential_is_known() {
        let (memory, one, other) = (remembered(), credential(), credential());
        let right = Secret::new("right");
        assert!(!memory.knows(&one, &right, NOON));
        memory.remember(&one, &right, NOON);
        assert!(memory.knows(&one, &right, NOON));
        assert!(!memory.knows(&one, &Secret::new("wrong"), NOON));
        assert!(!memory.knows(&other, &right, NOON));
    }

    #[test]
    fn a_password_is_forgotten_after_a_while_and_when_it_was_replaced() {
        let (memory, kept) = (remembered(), credential());
        let right = Secret::new("right");
        memory.remember(&kept, &right, NOON);
        assert!(memory.knows(&kept, &right, noon_plus(4)));
        assert!(!memory.knows(&kept, &right, noon_plus(5)));
        let replaced = Credential { password_hash: "another".to_owned(), ..kept };
        assert!(!memory.knows(&replaced, &right, NOON));
    }

    #[test]
    fn memory_is_bounded_and_makes_room_for_what_comes_after() {
        let memory = remembered();
        let right = Secret::new("right");
        for _ in 0..REMEMBERED_MAX {
            memory.remember(&credential(), &right, NOON);
        }
        let late = credential();
        memory.remember(&late, &right, NOON);
        assert!(!memory.knows(&late, &right, NOON));
        memory.remember(&late, &right, noon_plus(5));
        assert!(memory.knows(&late, &right, noon_plus(5)));
        assert_eq!(format!("{memory:?}"), "RememberedPasswords(1)");
    }
}
