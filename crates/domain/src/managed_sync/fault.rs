//! Why a sync did not bring everything: a code for programs, a sentence for the operator.

/// Why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncFault {
    /// For programs.
    pub code: SyncErrorCode,
    /// For the operator.
    pub message: String,
}

impl SyncFault {
    /// Both.
    pub fn new(code: SyncErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident $name:literal,)*) => {
        /// One code for each different next step of the operator.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum SyncErrorCode {
            $($(#[$doc])* $code,)*
        }

        impl SyncErrorCode {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// Its name on the wire.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$code => $name,)*
                }
            }
        }
    };
}

codes! {
    /// No bank is configured.
    NotConfigured "notConfigured",
    /// The account or its connection cannot take lines.
    AccountNotConnected "accountNotConnected",
    /// The account was deleted meanwhile.
    AccountDeleted "accountDeleted",
    /// No connection to the bank.
    BankUnreachable "bankUnreachable",
    /// The bank did not answer in time.
    BankTimedOut "bankTimedOut",
    /// The bank refuses our authorization.
    BankRefusedAuthorization "bankRefusedAuthorization",
    /// The bank does not know the account.
    BankUnknownAccount "bankUnknownAccount",
    /// The bank asks to be left alone for a while.
    BankBusy "bankBusy",
    /// The bank failed.
    BankFailed "bankFailed",
    /// The bank answered with a status that means nothing here.
    BankAnsweredUnexpectedly "bankAnsweredUnexpectedly",
    /// The bank's answer is not what was agreed.
    BankAnswerInvalid "bankAnswerInvalid",
    /// The bank's answer is larger than allowed.
    BankAnswerTooLarge "bankAnswerTooLarge",
    /// The platform's rules refuse lines.
    LinesRefused "linesRefused",
    /// The run was begun again and again and never ended.
    Interrupted "interrupted",
}

impl SyncErrorCode {
    /// The code of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}
