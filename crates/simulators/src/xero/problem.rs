//! The errors of the bank feeds API: `type`, `title`, `status` and `detail`, bare or inside an item.

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::{Serialize, Serializer};

/// The longest that the contract allows for what is wrong in words.
const DETAIL_CHARS_MAX: usize = 255;
/// What errors are sent as.
pub(crate) const PROBLEM_TYPE: &str = "application/problem+json";

macro_rules! kinds {
    ($($kind:ident = $name:literal, $status:literal, $title:literal, $detail:literal;)*) => {
        /// Xero's word for what is wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Kind { $($kind,)* }

        impl Kind {
            /// All of them.
            pub(crate) const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The word itself.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            const fn rest(self) -> (u16, &'static str, &'static str) {
                match self { $(Self::$kind => ($status, $title, $detail),)* }
            }
        }
    };
}

kinds! {
    InvalidRequest = "invalid-request", 400, "Invalid Request",
        "The request is not valid.";
    InvalidApplication = "invalid-application", 403, "Invalid Application",
        "This application may not use the bank feeds endpoints.";
    InvalidFeedConnection = "invalid-feed-connection", 403, "Invalid Feed Connection",
        "The feed connection does not exist, is not connected or was disconnected.";
    DuplicateStatement = "duplicate-statement", 409, "Duplicate Statement",
        "A statement with the same content was received before.";
    InvalidEndBalance = "invalid-end-balance", 422, "Invalid End Balance",
        "The start balance and the statement lines do not add up to the end balance.";
    InvalidStartAndEndDate = "invalid-start-and-end-date", 400, "Invalid Start And End Date",
        "The start date is after the end date.";
    InvalidStartDate = "invalid-start-date", 400, "Invalid Start Date",
        "The start date is more than one year ago.";
    InvalidEndDate = "invalid-end-date", 400, "Invalid End Date",
        "The end date is in the future.";
    InternalError = "internal-error", 500, "Internal Error",
        "Something went wrong for a moment: send the request again.";
    ConnectedHere = "feed-already-connected-in-current-organisation", 409,
        "Feed Already Connected In Current Organisation",
        "The account token or the bank account already has a feed in this organisation.";
    ConnectedThere = "feed-connected-in-different-organisation", 409,
        "Feed Connected In Different Organisation",
        "The feed belongs to a bank account of another organisation.";
    AlreadyConnectedThere = "feed-already-connected-in-different-organisation", 409,
        "Feed Already Connected In Different Organisation",
        "The account token already has a feed in another organisation.";
    BankFeedNotFound = "bank-feed-not-found", 400, "Bank Feed Not Found",
        "There is no such feed connection.";
    InvalidCountry = "invalid-country-specified", 400, "Invalid Country Specified",
        "The country is not the organisation's.";
    InvalidOrganisation = "invalid-organisation-bank-feeds", 400, "Invalid Organisation",
        "The organisation may not have bank feeds.";
    InvalidCurrency = "invalid-organisation-multi-currency", 400, "Invalid Organisation Currency",
        "The organisation does not use this currency.";
    FeedOfAnotherOrganisation = "invalid-feed-connection-for-organisation", 403,
        "Invalid Feed Connection For Organisation",
        "The feed connection belongs to another organisation.";
    InvalidUserRole = "invalid-user-role", 403, "Invalid User Role",
        "The user's role does not allow connecting feeds.";
    AccountNotValid = "account-not-valid", 400, "Account Not Valid",
        "The account is no active bank account of this type and currency.";
    FeedNotFound = "feed-not-found-or-already-deleted", 404, "Feed Not Found Or Already Deleted",
        "There is no such feed connection any more.";
    StatementNotFound = "statement-not-found", 404, "Statement Not Found",
        "There is no such statement.";
}

impl Kind {
    /// The kind of that name.
    pub(crate) fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// One error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    pub(crate) title: &'static str,
    pub(crate) status: u16,
    pub(crate) detail: String,
}

impl Problem {
    /// A request that says something impossible. What was sent may be part of the words, so they are cut.
    pub(crate) fn request(detail: impl AsRef<str>) -> Self {
        let detail = detail.as_ref().chars().take(DETAIL_CHARS_MAX).collect();
        Self { detail, ..Kind::InvalidRequest.into() }
    }

    /// A field of a request that is not what it should be: `what` begins with a verb.
    pub(crate) fn field(name: &str, what: &str) -> Self {
        Self::request(format!("For the request field '{name}' {what}."))
    }

    /// As an HTTP answer of its own.
    pub(crate) fn answer(&self) -> Response {
        problem_answer(self.status, self)
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        let (status, title, detail) = kind.rest();
        Self { kind, title, status, detail: detail.to_owned() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.answer()
    }
}

/// An answer of this status whose body is, or holds, errors.
pub(crate) fn problem_answer(status: u16, body: &impl Serialize) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(CONTENT_TYPE, PROBLEM_TYPE)], axum::Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_contract_is_there_once() {
        assert_eq!(Kind::ALL.len(), 21);
        for kind in Kind::ALL {
            assert_eq!(Kind::find(kind.name()), Some(*kind));
            let problem = Problem::from(*kind);
            let longest = problem.title.len().max(problem.detail.len());
            assert!(longest <= DETAIL_CHARS_MAX);
        }
        assert_eq!(Kind::find("no-such-word"), None);
    }

    #[test]
    fn a_problem_has_the_four_fields() {
        let shown = serde_json::to_value(Problem::field("Name", "is missing")).unwrap();
        let wanted = serde_json::json!({"type": "invalid-request", "title": "Invalid Request",
            "status": 400, "detail": "For the request field 'Name' is missing."});
        assert_eq!(shown, wanted);
    }
}
