//! What is kept encrypted. Sealing and opening is the roof's and the doors' business: whoever only keeps it cannot read it.

use std::fmt;

/// Encrypted bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub Vec<u8>);

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}
