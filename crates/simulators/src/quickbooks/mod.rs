//! QuickBooks Online as a bank sees it: signs on by OFX 1.0.2, lists accounts, fetches statements, and keeps books.
//!
//! Rules it plays, from what is known of Intuit's side: an anonymous profile request comes first, then the list of
//! accounts; the first statement begins at the customer's start date but never more than 90 days back; later ones begin
//! 7 days before the end of the last good answer; an account whose sign-in or number the bank refuses needs attention
//! and is not asked for until it is linked again; a row is new when its `FITID` is new for (connection, account).
//! It leaves out sending anything: no payments, no message when a customer disconnects an account.
//!
//! # Control
//! JSON in and out under `/simulators/quickbooks`; a refusal is a 4xx (or 502: the bank did not answer) with
//! `{"error": "…"}`.
//!
//! | call | body | answer |
//! |---|---|---|
//! | `POST /link` | `connection`, `username`, `password`, `accounts`: `"all"` or numbers, `start`?, `sourceAccountIds`?: number → id | `institution`, `offered`, `chosen` |
//! | `POST /poll` | none | `polls`: one entry for each account, with its counters or its `error` |
//! | `GET /books` | | the books, as below |
//! | `POST /disconnect` | `connection`, `account`: number or source account id | the books |
//! | `POST /faults/{name}` | `connection`? | `fault`, `exchanges` |
//! | `POST /reset` | none | the books, empty |
//!
//! # Books
//! ```json
//! {"customers":[{"connection":"…","accounts":[{"accountId":"acc-1","number":"MR0001","name":"Current","kind":"bank",
//!  "booksType":"Bank","connected":true,"attention":null,"startDate":"2024-02-22","balance":"123.45",
//!  "imported":1,"seenAgain":0,"changedUnderSameFitid":0,
//!  "lines":[{"fitId":"t-1","date":"2024-02-29","amount":"-42.50","name":"Coffee","memo":"Coffee","type":"DEBIT"}]}]}],
//!  "polls":[{"at":"2024-02-29T12:00:00Z","connection":"…","accountId":"acc-1","number":"MR0001",
//!  "imported":1,"seenAgain":0,"changedUnderSameFitid":0,"error":null}]}
//! ```
//! `accountId` is the bank's own id where the caller told it, the account's number otherwise. `kind` is `bank` or
//! `card`, `booksType` is `Bank` or `CreditCard`. `connected` is what the customer wants; `attention` says in words why
//! the account is not asked for although connected: `signed out: …` or `gone: …`, until it is linked again. `startDate`
//! is where the first answer said that it begins. Amounts are text with the digits that came. `polls` are the latest
//! 1000, the oldest first. `changedUnderSameFitid` must stay 0, whatever else happens.

mod answer;
mod attention;
mod books;
#[cfg(test)]
mod canned;
mod control;
mod error;
mod fault;
mod import;
mod message;
mod play;
mod raw;
mod request;
mod shown;
mod simulator;
mod state_file;
mod tags;
mod wire;

pub use books::{AccountKind, Offer};
pub use control::router;
pub use error::QuickBooksError;
pub use fault::{Exchange, Fault, FaultReport};
pub use import::Counters;
pub use simulator::{Choice, Chosen, PollOutcome, QuickBooks, SignedIn};
pub use wire::Bank;
