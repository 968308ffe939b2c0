//! How much of anything is read or written, and why. Time limits are the server's.

/// The largest request seen from a real client is 6 kB; a file that asks for every account of a
/// big customer stays under 100 kB.
pub const REQUEST_BYTES_MAX: usize = 256 * 1024;

/// A payee's name, as the grammar has it.
pub const NAME_CHARS_MAX: usize = 32;

/// Free text beside a payee's name.
pub const MEMO_CHARS_MAX: usize = 255;

/// A transaction's identity.
pub const FITID_CHARS_MAX: usize = 255;

/// The header ends within this many bytes, or it is not one.
pub(crate) const HEADER_BYTES_MAX: usize = 2 * 1024;

/// The longest name in the grammar has 22 letters; vendors prefix theirs.
pub(crate) const TAG_BYTES_MAX: usize = 40;

/// What one reading may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Length of the file.
    pub(crate) bytes: usize,
    /// Elements open at one time; the grammar needs 12.
    pub(crate) depth: usize,
    /// Elements in the file.
    pub(crate) elements: usize,
    /// Length of one value, as sent. A bank-mail body may have 10 000 characters.
    pub(crate) value_bytes: usize,
}

impl Limits {
    /// For what strangers send.
    pub(crate) const REQUEST: Self =
        Self { bytes: REQUEST_BYTES_MAX, depth: 32, elements: 16_384, value_bytes: 16 * 1024 };

    /// For answers, which carry whole statements.
    pub(crate) const RESPONSE: Self =
        Self { bytes: 256 * 1024 * 1024, depth: 32, elements: 8_000_000, value_bytes: 16 * 1024 };
}
