//! OFX bytes to messages and back: 1.x SGML and 2.x XML.
//!
//! Pure: no I/O, no HTTP, no clock. What a message *means* (which account, whose password, which
//! window) is for the caller to decide; this crate knows the grammar and nothing of the bank.
//! It must not panic on any input, so arithmetic that could is refused at compile time.
#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic)]

mod charset;
mod error;
mod header;
mod limits;
mod tree;

mod account;
mod amount;
mod datetime;
mod fit_id;
mod message_set;
mod secret;
mod status;

mod request;
mod response;

mod read_back;
mod write;

pub use account::{AccountFrom, AccountType};
pub use amount::Amount;
pub use datetime::{DateField, OfxDateTime, Precision, UnreadableDate};
pub use error::{Fault, ReadError};
pub use fit_id::fit_id;
pub use header::{Form, Header};
pub use limits::{FITID_CHARS_MAX, MEMO_CHARS_MAX, NAME_CHARS_MAX, REQUEST_BYTES_MAX};
pub use message_set::{MessageSet, TransactionKind};
pub use read_back::read_response;
pub use request::{
    ANONYMOUS, Credentials, Fi, Request, RequestMessage, SignOn, SyncRequest, Trn, Window,
    read_request,
};
pub use response::{
    AccountEntry, AccountInfo, Balance, Profile, Response, ResponseHeader, ResponseMessage,
    ServiceStatus, SignOnResponse, SignOnRules, Statement, StatementLine, SyncResponse,
    TransactionList, TransactionType,
};
pub use secret::Secret;
pub use status::{Severity, Status, StatusCode};
pub use tree::Element;
pub use write::write_response;
