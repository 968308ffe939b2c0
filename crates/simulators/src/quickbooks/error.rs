//! What can go wrong, each with the words that a customer of the real thing would read.

/// Why the simulator did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum QuickBooksError {
    /// The bank does not know the credentials.
    #[error(
        "check your sign-in details: the bank does not accept the username and password, OFX status 15500 ({})",
        words(15500)
    )]
    SignIn,
    /// The bank locked the credentials.
    #[error(
        "the sign-in is locked: too many attempts with a wrong password, try again later, OFX status 15502 ({})",
        words(15502)
    )]
    Locked,
    /// The credentials see no account.
    #[error("nothing to link: the bank lists no accounts for these credentials")]
    NothingToLink,
    /// The bank answered another OFX status.
    #[error("the bank refused {what} with OFX status {code} ({})", words(*code))]
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
    /// The bank shows a certificate that nobody here vouches for.
    #[error("the certificate of the bank at {target} is not trusted on this machine")]
    Untrusted {
        /// Whom was asked.
        target: String,
        /// What is wrong with it.
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

impl QuickBooksError {
    /// The error with everything that led to it.
    pub(super) fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        text
    }
}

/// An OFX status in words, for those that banks answer to what is asked here.
pub(super) const fn words(code: u32) -> &'static str {
    match code {
        2000 => "general error",
        2003 => "account not found",
        2004 => "account closed",
        2005 => "account not authorized",
        2019 => "duplicate request",
        2020 => "invalid date",
        2027 => "invalid date range",
        2028 => "requested element unknown",
        15000 => "the password must be changed",
        15500 => "signon invalid",
        15501 => "account already in use",
        15502 => "password lockout",
        15510 => "the institution's name is missing",
        _ => "not one of the usual ones",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_in_full_ends_with_its_cause() {
        let source = std::io::Error::other("connection refused").into();
        let error = QuickBooksError::Unreachable { target: "http://b".to_owned(), source };
        assert_eq!(error.in_full(), "the bank at http://b does not answer: connection refused");
        assert_eq!(QuickBooksError::SignIn.in_full(), QuickBooksError::SignIn.to_string());
    }

    #[test]
    fn a_status_is_told_by_number_and_in_words() {
        let error = QuickBooksError::Refused { what: "it".to_owned(), code: 2005 };
        assert!(error.to_string().ends_with("OFX status 2005 (account not authorized)"));
        assert!(QuickBooksError::Locked.to_string().ends_with("15502 (password lockout)"));
    }
}
