//! What is answered. `write` turns it into bytes, `read_back` turns bytes into it.

mod account_info;
mod profile;
mod statement;

use crate::datetime::OfxDateTime;
use crate::header::{Form, Header};
use crate::message_set::{MessageSet, TransactionKind};
use crate::request::{Fi, Trn};
use crate::status::Status;
use crate::tree::Element;

pub use account_info::{AccountEntry, AccountInfo, ServiceStatus};
pub use profile::{Profile, SignOnRules};
pub use statement::{Balance, Statement, StatementLine, TransactionList, TransactionType};

/// A file to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The form and version of the request.
    pub header: ResponseHeader,
    /// The answer to the sign-on, which is never left out.
    pub sign_on: SignOnResponse,
    /// The answers, in the order of the request. Message sets are sorted when written.
    pub messages: Vec<ResponseMessage>,
}

/// What the header of an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResponseHeader {
    /// Which syntax.
    pub form: Form,
    /// The version, as the client sent it.
    pub version: u16,
}

impl From<&Header> for ResponseHeader {
    fn from(request: &Header) -> Self {
        Self { form: request.form, version: request.version }
    }
}

/// `SONRS`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOnResponse {
    /// Whether the client may come in.
    pub status: Status,
    /// Our clock.
    pub dt_server: OfxDateTime,
    /// The client's language, three letters.
    pub language: String,
    /// When the profile last changed.
    pub dt_profile_up: Option<OfxDateTime>,
    /// When the list of accounts last changed.
    pub dt_acct_up: Option<OfxDateTime>,
    /// The institution, when the client named it.
    pub fi: Option<Fi>,
}

/// The answer to one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponseMessage {
    /// What this server can do.
    Profile {
        /// As the client sent it.
        trn: Trn,
        /// The profile.
        profile: Box<Profile>,
    },
    /// Which accounts there are.
    AccountInfo {
        /// As the client sent it.
        trn: Trn,
        /// The accounts.
        info: AccountInfo,
    },
    /// A statement.
    Statement {
        /// As the client sent it.
        trn: Trn,
        /// The statement.
        statement: Statement,
    },
    /// No content: a failure, or a client that is up to date.
    StatusOnly {
        /// As the client sent it.
        trn: Trn,
        /// What had been asked.
        kind: TransactionKind,
        /// Why there is no content.
        status: Status,
    },
    /// An empty history.
    Sync(SyncResponse),
}

/// A `…SYNCRS` for a history that we do not keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncResponse {
    /// What is left of the tag without `SYNCRS`, and its set.
    pub kind: TransactionKind,
    /// The client's token.
    pub token: String,
    /// The client's account.
    pub account: Option<Element>,
    /// A [`ResponseMessage::StatusOnly`] for each transaction that came along.
    pub refusals: Vec<ResponseMessage>,
}

impl ResponseMessage {
    /// The set in which it is sent.
    pub fn set(&self) -> MessageSet {
        match self {
            Self::Profile { .. } => MessageSet::Profile,
            Self::AccountInfo { .. } => MessageSet::SignUp,
            Self::Statement { statement, .. } => statement.kind().set(),
            Self::StatusOnly { kind, .. } => kind.set(),
            Self::Sync(sync) => sync.kind.set(),
        }
    }
}
