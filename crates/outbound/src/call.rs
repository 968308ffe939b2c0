//! What a client sends.

use crate::error::CallError;
use crate::target::Target;
use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use std::fmt;
use std::time::Duration;
use url::form_urlencoded;

/// One call.
#[derive(Clone)]
pub struct Call {
    pub(crate) method: Method,
    pub(crate) target: Target,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
    /// The client's own bound where there is none.
    pub(crate) timeout: Option<Duration>,
}

/// Header values and the body stay out: they hold secrets.
impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.method, self.target)
    }
}

impl Call {
    fn new(method: Method, target: Target, body: Option<Bytes>) -> Self {
        Self { method, target, headers: HeaderMap::new(), body, timeout: None }
    }

    /// A call that only reads.
    pub fn get(target: Target) -> Self {
        Self::new(Method::GET, target, None)
    }

    /// A call that brings something.
    pub fn post(target: Target, body: impl Into<Bytes>) -> Self {
        Self::new(Method::POST, target, Some(body.into()))
    }

    /// A call that brings a form, as token endpoints want it; its `Content-Type` is set.
    pub fn post_form(target: Target, fields: &[(&str, &str)]) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut call = Self::post(target, body);
        let form = HeaderValue::from_static("application/x-www-form-urlencoded");
        call.headers.insert(CONTENT_TYPE, form);
        call
    }

    /// A call that puts something in the place of what is there.
    pub fn put(target: Target, body: impl Into<Bytes>) -> Self {
        Self::new(Method::PUT, target, Some(body.into()))
    }

    /// A call that takes something away.
    pub fn delete(target: Target) -> Self {
        Self::new(Method::DELETE, target, None)
    }

    /// Whom it goes to, to be told.
    pub fn origin(&self) -> String {
        self.target.origin()
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

    /// The same with a bound of its own from its first byte to the answer's last, instead of the client's.
    #[must_use]
    pub fn within(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }
}
