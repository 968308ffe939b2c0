//! Status codes: number, severity, short text. When to use which is the server's decision.

/// How bad a status is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Severity {
    /// Done.
    Info,
    /// Not done.
    Error,
}

impl Severity {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Error => "ERROR",
        }
    }
}

macro_rules! status_codes {
    ($($variant:ident = $number:literal, $text:literal;)+) => {
        /// What an answer can say about a request.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum StatusCode {
            $(#[doc = $text] $variant,)+
        }

        impl StatusCode {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The number on the wire.
            pub fn number(self) -> u16 {
                match self { $(Self::$variant => $number,)+ }
            }

            /// The short text that people know it by.
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    };
}

status_codes! {
    Success = 0, "Success";
    UpToDate = 1, "Client is up-to-date";
    GeneralError = 2000, "General error";
    InvalidAccount = 2001, "Invalid account";
    GeneralAccountError = 2002, "General account error";
    AccountNotFound = 2003, "Account not found";
    AccountClosed = 2004, "Account closed";
    AccountNotAuthorized = 2005, "Account not authorized";
    DuplicateRequest = 2019, "Duplicate request";
    InvalidDate = 2020, "Invalid date";
    UnsupportedVersion = 2021, "Unsupported version";
    UnknownFitId = 2023, "Unknown FITID";
    InvalidDateRange = 2027, "Invalid date range";
    ElementUnknown = 2028, "Requested element unknown";
    UnableToEnroll = 13500, "Unable to enroll";
    InvalidService = 13502, "Invalid service";
    CannotChangeUser = 13503, "Cannot change user information";
    FiMissingOrInvalid = 13504, "FI missing or invalid in SONRQ";
    MustChangePassword = 15000, "Must change USERPASS";
    SignOnInvalid = 15500, "Signon invalid";
    AccountInUse = 15501, "Customer account already in use";
    PasswordLockout = 15502, "USERPASS lockout";
    CannotChangePassword = 15503, "Could not change USERPASS";
    CountryNotSupported = 15505, "Country system not supported";
    EmptySignOn = 15506, "Empty signon not supported";
    SignOnNeedsPasswordChange = 15507, "Signon invalid without PIN change request";
    NotAuthorized = 15508, "Transaction not authorized";
}

impl StatusCode {
    /// The code with this number.
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.number() == number)
    }

    /// `INFO` for the two that are no failure.
    pub fn severity(self) -> Severity {
        if self.number() <= 1 { Severity::Info } else { Severity::Error }
    }
}

/// A code, and a message when the short text does not say enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The code.
    pub code: StatusCode,
    /// For the person in front of the client; at most 255 characters are sent.
    pub message: Option<String>,
}

impl Status {
    /// All is well.
    pub const SUCCESS: Self = Self { code: StatusCode::Success, message: None };

    /// A code with a message of our own.
    pub fn with_message(code: StatusCode, message: impl Into<String>) -> Self {
        Self { code, message: Some(message.into()) }
    }
}

/// A code with its short text, which success does not need.
impl From<StatusCode> for Status {
    fn from(code: StatusCode) -> Self {
        let message = (code != StatusCode::Success).then(|| code.text().to_owned());
        Self { code, message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_by_its_number() {
        for &code in StatusCode::ALL {
            assert_eq!(StatusCode::from_number(code.number()), Some(code));
        }
        assert_eq!(StatusCode::from_number(4242), None);
    }

    #[test]
    fn only_success_and_up_to_date_are_no_errors() {
        let quiet = |code: &StatusCode| code.severity() == Severity::Info;
        let quiet: Vec<_> = StatusCode::ALL.iter().copied().filter(quiet).collect();
        assert_eq!(quiet, [StatusCode::Success, StatusCode::UpToDate]);
    }

    #[test]
    fn a_failure_explains_itself() {
        let status = Status::from(StatusCode::SignOnInvalid);
        assert_eq!(status.message.as_deref(), Some("Signon invalid"));
        assert_eq!(Status::from(StatusCode::Success), Status::SUCCESS);
    }
}
