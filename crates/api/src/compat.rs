//! Where a caller's library is known to fail at an answer that the contract allows. Each kindness names who needs it;
//! everybody else gets the contract's answer.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use domain::platform::SourceType;
use std::convert::Infallible;

/// The first version of codat-bankfeeds for Python whose closed list of source types knows `BankFeed`.
const PYTHON_MAJOR_WITH_BANK_FEED: u32 = 6;

/// Who looks at the answer, as far as it changes the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Viewer {
    lacks_bank_feed: bool,
}

impl Viewer {
    fn of(headers: &HeaderMap) -> Self {
        let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        let major = agent.and_then(python_major);
        Self { lacks_bank_feed: major.is_some_and(|major| major < PYTHON_MAJOR_WITH_BANK_FEED) }
    }

    /// The name of a source type. The Python library before version 6, among them the tutorials', refuses a connection
    /// of a type that it does not know.
    pub(crate) const fn source_type(self, source_type: SourceType) -> &'static str {
        match source_type {
            SourceType::BankFeed if self.lacks_bank_feed => "Other",
            SourceType::BankFeed | SourceType::Accounting => source_type.name(),
        }
    }
}

/// The major version in `speakeasy-sdk/python 0.25.2 2.39.2 2.1.0`.
fn python_major(agent: &str) -> Option<u32> {
    let (major, _rest) = agent.strip_prefix("speakeasy-sdk/python ")?.split_once('.')?;
    major.parse().ok()
}

impl<S: Send + Sync> FromRequestParts<S> for Viewer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn shown_to(agent: &'static str) -> &'static str {
        let agent = (header::USER_AGENT, HeaderValue::from_static(agent));
        Viewer::of(&HeaderMap::from_iter([agent])).source_type(SourceType::BankFeed)
    }

    #[test]
    fn only_the_python_library_before_version_6_is_shown_other() {
        for agent in ["speakeasy-sdk/python 0.25.2 2.39.2 2.1.0", "speakeasy-sdk/python 5.1.0 x"] {
            assert_eq!(shown_to(agent), "Other", "{agent}");
        }
        for agent in [
            "speakeasy-sdk/python 6.1.1 x",
            "speakeasy-sdk/python 12.0.0 x",
            "speakeasy-sdk/typescript 5.0.0 x",
            "codat-sdk/python 1.0.0",
            "speakeasy-sdk/python",
        ] {
            assert_eq!(shown_to(agent), "BankFeed", "{agent}");
        }
        let old = Viewer { lacks_bank_feed: true };
        assert_eq!(old.source_type(SourceType::Accounting), "Accounting");
    }
}
