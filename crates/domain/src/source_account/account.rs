//! The account itself, in the two shapes that the contract knows.

use crate::ids::{ConnectionId, ConnectionPath, IdSource, random_text};
use crate::money::{Amount, CurrencyCode};
use jiff::Timestamp;
use jiff::civil::Date;
use std::fmt;
use thiserror::Error;

/// No source names a limit; this one keeps an id on one line of a log and far below an index page.
pub const ACCOUNT_ID_CHARS_MAX: usize = 200;
/// Fits OFX (22) and can be read aloud in three groups of four.
pub const PUBLIC_NUMBER_CHARS: usize = 12;
/// No 0, 1, I, L, O: people type these.
const PUBLIC_NUMBER_ALPHABET: &[u8] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// The caller's id of an account, unique within its connection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(String);

/// Why an id is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AccountIdError {
    /// Nothing there.
    #[error("the id is empty")]
    Empty,
    /// Too long.
    #[error("the id is longer than {ACCOUNT_ID_CHARS_MAX} characters")]
    Long,
    /// Would break logs and URLs.
    #[error("the id holds a control character")]
    Control,
    /// Would be taken for another operation's path.
    #[error("'batch' and 'credentials' are names of operations and cannot be ids")]
    Reserved,
    /// Clients take it out of a path before they send it, so that no request could name the account.
    #[error("'.' and '..' are steps of a path and cannot be ids")]
    Step,
}

impl AccountId {
    /// Checks an id.
    pub fn parse(text: &str) -> Result<Self, AccountIdError> {
        if text.is_empty() {
            return Err(AccountIdError::Empty);
        }
        if text.chars().count() > ACCOUNT_ID_CHARS_MAX {
            return Err(AccountIdError::Long);
        }
        if text.chars().any(char::is_control) {
            return Err(AccountIdError::Control);
        }
        if matches!(text, "batch" | "credentials") {
            return Err(AccountIdError::Reserved);
        }
        if matches!(text, "." | "..") {
            return Err(AccountIdError::Step);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An account with everything it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountPath {
    /// Its connection.
    pub connection: ConnectionPath,
    /// The account on it.
    pub account: AccountId,
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceAccount {
    /// The caller's id.
    pub id: AccountId,
    /// The connection it is on.
    pub connection: ConnectionId,
    /// The shape it was made in and is shown in.
    pub shape: Shape,
    /// What the caller says of it.
    pub details: AccountDetails,
    /// The newest balance: the caller's, then that of the last line pushed.
    pub balance: Option<Amount>,
    /// Whether lines flow.
    pub status: AccountStatus,
    /// The first day that its target wants.
    pub feed_start: Option<Date>,
    /// The account number that OFX clients see: ours, because an IBAN does not fit and tells too much.
    pub public_number: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the caller last changed it.
    pub modified_at: Timestamp,
    /// When it was disconnected, if it is.
    pub disconnected_at: Option<Timestamp>,
}

/// Which of the contract's two shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Before August 2024: only the id is required.
    V1,
    /// Since then: a closed list of types, and routing information.
    V2,
}

/// What the caller says of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountDetails {
    /// What its owner calls it.
    pub name: Option<String>,
    /// Number at the bank.
    pub number: Option<String>,
    /// United Kingdom.
    pub sort_code: Option<String>,
    /// Free text in v1, one of [`super::V2_TYPES`] in v2.
    pub account_type: Option<String>,
    /// Its currency.
    pub currency: Option<CurrencyCode>,
    /// v2 only.
    pub routing: Option<RoutingInfo>,
    /// v2 only.
    pub info: Option<AccountInfo>,
}

/// Where the bank is found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoutingInfo {
    /// The code.
    pub bank_code: Option<String>,
    /// What kind of code.
    pub kind: Option<String>,
}

/// More that a v2 account may say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountInfo {
    /// Free text.
    pub description: Option<String>,
    /// Free text.
    pub nickname: Option<String>,
    /// When the account was opened at the bank.
    pub opened_on: Option<Date>,
    /// What can be spent.
    pub available_balance: Option<Amount>,
}

/// Whether lines flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountStatus {
    /// Made; not chosen in the books yet.
    Pending,
    /// Its mapping is being set up.
    Connecting,
    /// Lines flow.
    Connected,
    /// Lines do not flow any more.
    Disconnected,
}

impl AccountStatus {
    /// Every status.
    pub const ALL: [Self; 4] =
        [Self::Pending, Self::Connecting, Self::Connected, Self::Disconnected];

    /// The contract's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Disconnected => "disconnected",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// A new number for OFX clients.
pub fn public_number(ids: &dyn IdSource) -> String {
    random_text(ids, PUBLIC_NUMBER_ALPHABET, PUBLIC_NUMBER_CHARS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_would_be_other_operations_are_refused() {
        assert_eq!(AccountId::parse("batch"), Err(AccountIdError::Reserved));
        assert_eq!(AccountId::parse("credentials"), Err(AccountIdError::Reserved));
        assert_eq!(AccountId::parse(".."), Err(AccountIdError::Step));
        assert_eq!(AccountId::parse(""), Err(AccountIdError::Empty));
        assert_eq!(AccountId::parse("a\0b"), Err(AccountIdError::Control));
        assert!(AccountId::parse("acc 1/ä").is_ok());
    }
}
