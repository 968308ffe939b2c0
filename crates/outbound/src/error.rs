//! Why a call brought no answer.

use std::error::Error;
use thiserror::Error;

/// One variant for each different next step. None of them shows more of the URL than its host: the rest may hold a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CallError {
    /// Try again; the name, the network or the other side may be back.
    #[error("no connection: {0}")]
    Unreachable(String),
    /// Try again, or allow more time.
    #[error("no answer in time")]
    TimedOut,
    /// The same call gives the same answer: ask for less, or allow more.
    #[error("the answer is larger than {bytes_max} bytes")]
    TooLarge {
        /// What is allowed.
        bytes_max: usize,
    },
    /// Try again; the answer began and broke off.
    #[error("the answer broke off: {0}")]
    BrokenOff(String),
    /// The call itself cannot be made: mend what it is made of.
    #[error("the call cannot be made: {0}")]
    Unsound(String),
    /// It leads where calls of this client may not: another URL is needed, or a subnet that the operator allows.
    #[error("the call is refused: {0}")]
    Refused(String),
}

/// Why a client cannot be made.
#[derive(Debug, Error)]
#[error("the HTTP client cannot be made: {0}")]
pub struct ClientError(pub(crate) String);

/// Why a URL is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TargetError {
    /// It cannot be read.
    #[error("not a URL: {0}")]
    Malformed(String),
    /// Neither http nor https.
    #[error("the scheme {0:?} is neither https nor http")]
    Scheme(String),
    /// Readable on its way.
    #[error("http to {0:?} could be read on its way: use https")]
    Plaintext(String),
    /// Nobody to call.
    #[error("no host")]
    NoHost,
    /// Would travel in logs and referrers.
    #[error("a user or password stands in it: send them in a header")]
    UserInfo,
}

/// The error with its causes: the library's own words are only a headline, and would name the URL.
pub(crate) fn sentence(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        causes.push(error.to_string());
        cause = error.source();
    }
    causes.dedup();
    if causes.is_empty() { "the connection failed".to_owned() } else { causes.join(": ") }
}
