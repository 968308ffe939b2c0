//! `POST /ofx`: the door that QuickBooks-style clients knock on with the credentials of a connection.
//!
//! Bytes to messages and back is the `ofx` crate's; what is kept is the store's. Here is decided who asks, which
//! account is meant, which days are served, and what the answer says when something is wrong.

mod options;
mod state;

mod body;
mod door;
mod exchange;
mod journal;

mod answer;
mod sign_on;
mod test_lines;
mod window;

pub use door::{router, turned_away};
pub use options::{BankId, BankIdError, Institution, OfxOptions, TestTransactions};
pub use state::OfxState;
