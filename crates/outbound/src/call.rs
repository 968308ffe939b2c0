//! What a client sends, and what it brings back.

use crate::error::CallError;
use crate::retry::RetryHint;
use crate::target::Target;
use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::fmt;

/// One call.
#[derive(Clone)]
pub struct Call {
    pub(crate) method: Method,
    pub(crate) target: Target,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Header values stay out: they hold secrets.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.method, self.target)
    }
}

impl Call {
    /// A call that only reads.
    pub fn get(target: Target) -> Self {
        Self { method: Method::GET, target, headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// A call that brings something.
    pub fn post(target: Target, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        Self { method: Method::POST, target, headers: HeaderMap::new(), body }
    }

    /// The same with a header; a later one of the same name replaces it. It is kept out of logs.
    pub fn with(mut self, name: &str, value: &str) -> Result<Self, CallError> {
        // The value is not told: it may be a secret.
        let unsound = |what: &str| CallError::Unsound(format!("the {what} of the header {name:?}"));
        let key = HeaderName::try_from(name).map_err(|_bad| unsound("name"))?;
        let mut value = HeaderValue::from_str(value).map_err(|_bad| unsound("value"))?;
        value.set_sensitive(true);
        self.headers.insert(key, value);
        Ok(self)
    }
}

/// What came back, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The whole body.
    pub body: Bytes,
    /// When to call again, if the answer says so.
    pub retry: RetryHint,
}
