//! The faults, their names, and which operations each makes sense for.

use crate::xero::operation::{Operation, Service};

macro_rules! faults {
    ($($(#[$doc:meta])* $fault:ident = $name:literal,)*) => {
        /// Something that goes wrong on Xero's side, or on the way.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Fault { $($(#[$doc])* $fault,)* }

        impl Fault {
            /// All of them.
            pub(crate) const ALL: &[Self] = &[$(Self::$fault,)*];

            /// Its name in the control API.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$fault => $name,)* }
            }
        }
    };
}

faults! {
    /// The answer comes later.
    Latency = "latency",
    /// The connection is dropped; nothing was done.
    ResetBefore = "reset-before",
    /// The connection is dropped; everything was done.
    ResetAfter = "reset-after",
    /// The connection is dropped in the middle of the answer.
    TruncatedBody = "truncated-body",
    /// The answer comes in small pieces.
    SlowDrip = "slow-drip",
    /// 429 with `Retry-After`.
    TooManyRequests = "too-many-requests",
    /// 429 without `Retry-After`.
    TooManyRequestsBare = "too-many-requests-bare",
    /// 500; nothing was done.
    InternalError = "internal-error",
    /// 500; everything was done, and the idempotency key remembers the real answer.
    InternalErrorAfter = "internal-error-after",
    /// 500; nothing was done, and the idempotency key remembers the 500.
    InternalErrorKept = "internal-error-kept",
    /// 503: this organisation is offline.
    OrganisationOffline = "organisation-offline",
    /// 503: the whole API is offline, and the answer is a page.
    Maintenance = "maintenance",
    /// Answers have fields that nobody knows.
    ExtraFields = "extra-fields",
    /// Numbers in answers are text.
    StringsForNumbers = "strings-for-numbers",
    /// 401: the access token has expired before its time.
    TokenExpired = "token-expired",
    /// All tokens of the caller are revoked before the call is looked at.
    TokensRevoked = "tokens-revoked",
    /// 403: the application may not do this any more.
    PermissionLost = "permission-lost",
    /// The user takes the app off the organisation before the call is looked at.
    UserDisconnects = "user-disconnects",
    /// The token endpoint takes the refresh token for one that was used before.
    RefreshTokenReused = "refresh-token-reused",
    /// The browser comes back with another `state`.
    WrongState = "wrong-state",
    /// The callback is fetched once by a machine before the browser comes.
    DuplicateCallback = "duplicate-callback",
    /// The browser comes back only when somebody follows the link on a page, be it after later consents.
    OutOfOrderCallback = "out-of-order-callback",
    /// What is accepted stays PENDING for ever.
    StaysPending = "stays-pending",
    /// What is accepted is REJECTED later.
    RejectedLate = "rejected-late",
    /// The first item is REJECTED, the others are accepted.
    SomeRejected = "some-rejected",
    /// The account tokens have feeds in another organisation.
    FeedConnectedElsewhere = "feed-connected-elsewhere",
    /// The user has switched the feeds off, and this call is the first to notice.
    FeedSwitchedOff = "feed-switched-off",
}

impl Fault {
    /// The fault of that name.
    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.name() == name)
    }

    /// Whether it can happen to this operation.
    pub(crate) fn fits(self, operation: Operation) -> bool {
        let service = operation.service();
        let creates = matches!(operation, Operation::CreateFeeds | Operation::CreateStatements);
        match self {
            Self::Latency
            | Self::ResetBefore
            | Self::ResetAfter
            | Self::TruncatedBody
            | Self::SlowDrip
            | Self::TooManyRequests
            | Self::TooManyRequestsBare
            | Self::InternalError
            | Self::InternalErrorAfter
            | Self::Maintenance => true,
            Self::ExtraFields | Self::StringsForNumbers => {
                !matches!(operation, Operation::ShowConsent | Operation::Consent)
            }
            Self::OrganisationOffline | Self::PermissionLost | Self::UserDisconnects => {
                matches!(service, Service::Accounting | Service::BankFeeds)
            }
            Self::TokenExpired | Self::TokensRevoked => service != Service::Identity,
            Self::InternalErrorKept => operation.is_kept(),
            Self::RefreshTokenReused => operation == Operation::Token,
            Self::WrongState | Self::DuplicateCallback | Self::OutOfOrderCallback => {
                matches!(operation, Operation::ShowConsent | Operation::Consent)
            }
            Self::StaysPending | Self::RejectedLate | Self::SomeRejected => creates,
            Self::FeedConnectedElsewhere => operation == Operation::CreateFeeds,
            Self::FeedSwitchedOff => operation == Operation::CreateStatements,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_name_and_fits_somewhere() {
        assert_eq!(Fault::ALL.len(), 27);
        for fault in Fault::ALL {
            assert_eq!(Fault::find(fault.name()), Some(*fault));
            assert!(Operation::ALL.iter().any(|operation| fault.fits(*operation)));
        }
        assert_eq!(Fault::find("no-such-fault"), None);
    }
}
