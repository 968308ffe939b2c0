//! Encryption at rest: XChaCha20-Poly1305 under a key of the operator's. A sealed value is bound to the row and column
//! that it stands in, so whoever can write to the database cannot move it elsewhere. Where keys come from is the roof's
//! business; randomness is a parameter.

mod key;
mod seal;

pub use key::{KEY_BYTES, KeyError, VaultKey};
pub use seal::{Binding, DerivedKeys, NONCE_BYTES, Vault, VaultError};
