//! What can go wrong, each with the words that a customer of the real thing would read.

/// Why the simulator did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum QuickBooksError {
    /// The bank does not know the credentials.
    #[error("check your sign-in details: the bank does not accept the username and password")]
    SignIn,
    /// The bank locked the credentials.
    #[error("the sign-in is locked: too many attempts with a wrong password, try again later")]
    Locked,
    /// The credentials see no account.
    #[error("nothing to link: the bank lists no accounts for these credentials")]
    NothingToLink,
    /// The bank answered another OFX status.
    #[error("the bank refused {what} with OFX status {code}")]
    Refused {
        /// What was asked for.
        what: String,
        /// The OFX status.
        code: u32,
    },
    /// The bank answered something else than OFX over HTTP 200.
    #[error("the bank answered HTTP {status} instead of OFX")]
    Http {
        /// The HTTP status.
        status: u16,
    },
    /// The bank's answer breaks the grammar.
    #[error("the bank's answer cannot be read: {0}")]
    Unreadable(String),
    /// No answer at all.
    #[error("the bank at {target} does not answer")]
    Unreachable {
        /// Whom was asked.
        target: String,
        /// What the connection said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No customer has linked this connection.
    #[error("nobody has linked the connection {0:?} yet")]
    UnknownConnection(String),
    /// The bank did not offer this account.
    #[error("there is no account {wanted:?}; there are: {}", known.join(", "))]
    UnknownAccount {
        /// What was asked for.
        wanted: String,
        /// What there is.
        known: Vec<String>,
    },
    /// A fault needs somebody to play it.
    #[error("no account is linked that could play this: link one first")]
    NobodyLinked,
    /// A fault of the HTTP layer cannot be played through TLS.
    #[error("this fault is played on the bare connection, so only over http://")]
    NeedsPlainHttp,
    /// The target is no URL, or no HTTP client can be made.
    #[error("{target:?} cannot be a bank's address: {reason}")]
    Target {
        /// What was given.
        target: String,
        /// Why not.
        reason: String,
    },
    /// The state file cannot be read or written.
    #[error("the file of the simulated books {path} cannot be used")]
    StateFile {
        /// Which file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}
