//! What a client brings back.

use crate::retry::RetryHint;
use bytes::Bytes;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use std::fmt;

/// What came back, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Bytes,
    /// When to call again, if the answer says so.
    pub retry: RetryHint,
    /// Its headers.
    pub headers: Headers,
}

impl Reply {
    /// An answer; when to call again stands in its headers.
    pub fn new(status: u16, headers: HeaderMap, body: Bytes) -> Self {
        let retry = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        let retry = retry.map_or(RetryHint::Unsaid, RetryHint::parse);
        Self { status, body, retry, headers: Headers(headers) }
    }

    /// The first header of that name, in any case, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.0.get(name).and_then(|value| value.to_str().ok())
    }
}

/// The headers of an answer.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(pub(crate) HeaderMap);

/// Values stay out: they may hold secrets.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Headers as a test wants them; names and values that no header can have are left out.
impl<'a> FromIterator<(&'a str, &'a str)> for Headers {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(pairs: I) -> Self {
        let pairs = pairs.into_iter();
        Self(
            pairs
                .filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?)))
                .collect(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_found_in_any_case_and_its_value_is_not_shown() {
        let headers = Headers::from_iter([("X-Rate-Limit", "7"), ("x-id", "geheim"), ("a b", "c")]);
        let reply = Reply { status: 200, body: Bytes::new(), retry: RetryHint::Unsaid, headers };
        assert_eq!(reply.header("x-rate-limit"), Some("7"));
        assert_eq!(reply.header("X-ID"), Some("geheim"));
        assert_eq!(reply.header("a b"), None);
        let shown = format!("{reply:?}");
        assert!(shown.contains("x-id") && !shown.contains("geheim"), "{shown}");
    }
}
