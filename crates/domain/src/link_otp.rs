//! One-time passwords in link URLs. They are signed instead of kept, so that reading a list writes nothing
//! (docs/decisions/link-otp.md); remembering which were used is the store's.

use crate::ids::{CompanyId, ConnectionId, IdSource};
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

/// As long as what SHA-256 makes, which is all that a longer key would count for.
pub const OTP_KEY_BYTES: usize = 32;
/// What HMAC fills a key up to, with zeros.
const BLOCK_BYTES: usize = 64;
const NONCE_BYTES: usize = 8;
const EXPIRY_BYTES: usize = 8;
/// 128 bits: nobody guesses one, whatever the number of tries.
const SIGNATURE_BYTES: usize = 16;

/// A password that was shown and is genuine: what must be remembered so that it opens nothing a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedOtp {
    /// Tells it from every other of its company.
    pub nonce: OtpNonce,
    /// From then on it opens nothing anyhow.
    pub expires_at: Timestamp,
}

/// What differs in two passwords of one company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OtpNonce(pub [u8; NONCE_BYTES]);

/// What a password opens. A company and a connection never have the same id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtpSubject(Uuid);

impl From<CompanyId> for OtpSubject {
    fn from(id: CompanyId) -> Self {
        Self(id.uuid())
    }
}

impl From<ConnectionId> for OtpSubject {
    fn from(id: ConnectionId) -> Self {
        Self(id.uuid())
    }
}

/// Signs one-time passwords with one key, checks them with that and older ones.
#[derive(Clone)]
pub struct OtpSigner {
    current: Hmac<Sha256>,
    older: Vec<Hmac<Sha256>>,
}

impl std::fmt::Debug for OtpSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OtpSigner(…)")
    }
}

impl OtpSigner {
    /// A signer with the installation's own key.
    pub fn new(key: &[u8; OTP_KEY_BYTES]) -> Self {
        Self { current: keyed(key), older: Vec::new() }
    }

    /// The same, which takes what that key signed for genuine, too.
    #[must_use]
    pub fn also_accepting(mut self, key: &[u8; OTP_KEY_BYTES]) -> Self {
        self.older.push(keyed(key));
        self
    }

    /// A password for `subject` that is good until `now` + `life`.
    pub fn issue(
        &self,
        subject: impl Into<OtpSubject>,
        ids: &dyn IdSource,
        now: Timestamp,
        life: SignedDuration,
    ) -> String {
        let expires_at = now.saturating_add(life).unwrap_or(Timestamp::MAX).as_second();
        let mut nonce = [0; NONCE_BYTES];
        ids.fill(&mut nonce);
        let mut token = Vec::with_capacity(EXPIRY_BYTES + NONCE_BYTES + SIGNATURE_BYTES);
        token.extend_from_slice(&expires_at.to_be_bytes());
        token.extend_from_slice(&nonce);
        let signature = sign(&self.current, subject.into(), &token);
        token.extend_from_slice(&signature);
        hex(&token)
    }

    /// What `text` is, if it is a password that this signer issued for `subject` and that has not expired. Whether
    /// it was used before is the store's to say.
    pub fn check(
        &self,
        text: &str,
        subject: impl Into<OtpSubject>,
        now: Timestamp,
    ) -> Option<UsedOtp> {
        let token = unhex(text)?;
        let (signed, signature) = token.split_at_checked(EXPIRY_BYTES + NONCE_BYTES)?;
        let subject = subject.into();
        let mut keys = std::iter::once(&self.current).chain(&self.older);
        let genuine = keys.any(|key| sign(key, subject, signed).ct_eq(signature).into());
        let (expiry, nonce) = signed.split_first_chunk::<EXPIRY_BYTES>()?;
        let expires_at = Timestamp::from_second(i64::from_be_bytes(*expiry)).ok()?;
        let nonce = OtpNonce(nonce.try_into().ok()?);
        (genuine && now.as_second() < expires_at.as_second())
            .then_some(UsedOtp { nonce, expires_at })
    }
}

fn keyed(key: &[u8; OTP_KEY_BYTES]) -> Hmac<Sha256> {
    let mut block = [0; BLOCK_BYTES];
    for (byte, own) in block.iter_mut().zip(key) {
        *byte = *own;
    }
    Hmac::new(&block.into())
}

fn sign(key: &Hmac<Sha256>, OtpSubject(id): OtpSubject, signed: &[u8]) -> Vec<u8> {
    let mut mac = key.clone();
    mac.update(id.as_bytes());
    mac.update(signed);
    mac.finalize().into_bytes().iter().copied().take(SIGNATURE_BYTES).collect()
}

/// Bytes as text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || text.len() != 2 * (EXPIRY_BYTES + NONCE_BYTES + SIGNATURE_BYTES) {
        return None;
    }
    let pairs = text.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).ok());
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
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
    fn a_password_opens_its_own_connection_for_its_own_time() {
        let signer = OtpSigner::new(&[1; OTP_KEY_BYTES]);
        let connection = ConnectionId::new(Uuid::from_u128(5));
        let now: Timestamp = "2024-02-29T12:00:00Z".parse().unwrap();
        let hour = SignedDuration::from_hours(1);
        let otp = signer.issue(connection, &Sevens, now, hour);
        let used = UsedOtp { nonce: OtpNonce([7; NONCE_BYTES]), expires_at: now + hour };
        assert_eq!(signer.check(&otp, connection, now), Some(used));
        assert_eq!(signer.check(&otp, connection, now + hour), None);
        assert_eq!(signer.check(&otp, CompanyId::new(Uuid::from_u128(6)), now), None);
        assert_eq!(signer.check(&otp, ConnectionId::new(Uuid::from_u128(6)), now), None);
        assert_eq!(OtpSigner::new(&[2; OTP_KEY_BYTES]).check(&otp, connection, now), None);
        let after = OtpSigner::new(&[2; OTP_KEY_BYTES]).also_accepting(&[1; OTP_KEY_BYTES]);
        assert_eq!(after.check(&otp, connection, now), Some(used), "an older key still checks");
        let newer = after.issue(connection, &Sevens, now, hour);
        assert_eq!(signer.check(&newer, connection, now), None, "and signs nothing");
        let mut forged = otp.clone();
        forged.replace_range(0..1, "1");
        assert_eq!(signer.check(&forged, connection, now), None);
        for text in ["é", ""] {
            assert_eq!(signer.check(text, connection, now), None);
        }
    }
}
