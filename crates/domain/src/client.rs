//! A client: one tenant of the server, that is, one bank or fintech.

use crate::ids::ClientId;
use jiff::Timestamp;
use thiserror::Error;

/// The client that exists from the first start.
pub const CLIENT_NAME_DEFAULT: &str = "default";
/// One line of a terminal.
pub const CLIENT_NAME_CHARS_MAX: usize = 60;

/// One tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Never changes.
    pub id: ClientId,
    /// Unique on the server.
    pub name: ClientName,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A name that is easy to type: letters, digits, `-`, `_` and `.`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientName(String);

/// Why a name is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a client's name has 1 to {CLIENT_NAME_CHARS_MAX} letters, digits, '-', '_' or '.'")]
pub struct ClientNameError;

impl ClientName {
    /// Checks a name.
    pub fn parse(text: &str) -> Result<Self, ClientNameError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if text.is_empty() || text.len() > CLIENT_NAME_CHARS_MAX || !text.chars().all(allowed) {
            return Err(ClientNameError);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
