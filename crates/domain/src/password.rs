//! The slow hash of generated passwords. Slow on purpose: call it where blocking is allowed.

use crate::ids::IdSource;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use thiserror::Error;

/// OWASP's figures for Argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const SALT_BYTES: usize = 16;

/// A password could not be hashed: the machine lacks the memory for it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the password could not be hashed: {0}")]
pub struct HashError(String);

/// The hash of `password` in PHC form, with its salt and its cost.
pub fn hash(password: &str, ids: &dyn IdSource) -> Result<String, HashError> {
    let failed = |error: &dyn std::fmt::Display| HashError(error.to_string());
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|error| failed(&error))?;
    let mut salt = [0; SALT_BYTES];
    ids.fill(&mut salt);
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: PasswordHash = hasher
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| failed(&error))?;
    Ok(hash.to_string())
}

/// Whether `password` is the one that was hashed.
pub fn verify(password: &str, hash: &str) -> bool {
    let Ok(hash) = PasswordHash::new(hash) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

/// Well-formed, with the figures above, and the hash of nothing that anybody knows.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$rKxkNjPtBW8jTbwZ3aFVXUNcfkqwX0Aq6VQ4T0N7o2E";

/// Takes as long as [`verify`], for a name that nobody has: its answer must not come sooner.
pub fn verify_nothing(password: &str) {
    let _never = verify(password, NOBODY);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Sevens;
    impl IdSource for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    #[test]
    fn only_the_right_password_is_verified() {
        let kept = hash("Right1Horse2", &Sevens).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify("Right1Horse2", &kept));
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!verify("right1horse2", &kept) && !verify("", &kept) && !verify("x", "garbage"));
    }
}
