//! Why bytes of a ledger cannot be read.

use crate::StoreError;
use thiserror::Error;

/// The bytes were not written by this module, or have changed since.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Damage(String);

impl Damage {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }
}

impl From<Damage> for StoreError {
    fn from(damage: Damage) -> Self {
        Self::Damaged(damage.0)
    }
}
