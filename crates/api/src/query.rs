//! Query strings, decoded once: a space is `+` or `%20`, and names are taken in any case, as the contract's own samples
//! write `orderBy` and `orderby`.

use crate::envelope::{Answer, ApiError};
use axum::extract::{FromRequestParts, Query};
use axum::http::Uri;
use axum::http::request::Parts;

/// The parameters of a request.
#[derive(Debug, Default)]
pub(crate) struct Parameters {
    pairs: Vec<(String, String)>,
    /// The request's path, without the query.
    path: String,
    /// The query as it was sent.
    raw: String,
}

impl Parameters {
    /// The value of the first parameter of that name; nothing when it is absent or empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// See the field.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// See the field.
    pub(crate) fn raw(&self) -> &str {
        &self.raw
    }
}

impl Parameters {
    /// Those of a URI.
    pub(crate) fn of_uri(uri: &Uri) -> Answer<Self> {
        let Query(pairs) = Query::try_from_uri(uri).map_err(|error| {
            ApiError::refused(format!("the query string cannot be read: {error}"))
        })?;
        let raw = uri.query().unwrap_or_default().to_owned();
        Ok(Self { pairs, path: uri.path().to_owned(), raw })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Answer<Self> {
        Self::of_uri(&parts.uri)
    }
}

#[cfg(test)]
impl Parameters {
    /// Those of a URI in a test.
    pub(crate) fn of(uri: &str) -> Self {
        Self::of_uri(&uri.parse().unwrap()).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_names_are_read_in_every_way_that_libraries_write_them() {
        let parameters = Parameters::of("/x?query=name+~%20Acme&ORDERBY=-created&empty=");
        assert_eq!(parameters.get("query"), Some("name ~ Acme"));
        assert_eq!(parameters.get("orderBy"), Some("-created"));
        assert_eq!(parameters.get("empty"), None);
    }
}
