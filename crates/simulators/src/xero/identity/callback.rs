//! Where the browser is sent after a consent, and what may be sent with it.

use axum::response::{IntoResponse, Redirect, Response};
use url::Url;

/// Where the browser shall come back to, and what it brings back unchanged.
#[derive(Clone, Debug)]
pub(super) struct Callback {
    url: Url,
    state: Option<String>,
}

impl Callback {
    /// The address, or why Xero does not send anybody there.
    pub(super) fn parse(
        uri: &str,
        state: Option<&str>,
        registered: &[String],
    ) -> Result<Self, String> {
        let url = Url::parse(uri).map_err(|error| format!("redirect_uri is no URL: {error}"))?;
        let is_local = url.scheme() == "http" && url.host_str() == Some("localhost");
        if url.scheme() != "https" && !is_local {
            let words = "redirect_uri must begin with https://, or with http://localhost";
            return Err(words.to_owned());
        }
        if uri.contains('*') || url.fragment().is_some() {
            return Err("redirect_uri must have no wildcard and no fragment".to_owned());
        }
        if !registered.is_empty() && !registered.iter().any(|known| known == uri) {
            return Err(format!("redirect_uri {uri:?} is not registered for this app"));
        }
        Ok(Self { url, state: state.map(str::to_owned) })
    }

    /// The address with a code.
    pub(super) fn with_code(&self, code: &str, scope: &str) -> Url {
        self.with(&[("code", code), ("scope", scope)])
    }

    /// The address with an error.
    pub(super) fn with_error(&self, error: &str, words: &str) -> Url {
        self.with(&[("error", error), ("error_description", words)])
    }

    /// The same callback with a `state` that nobody sent.
    pub(super) fn with_wrong_state(self) -> Self {
        Self { state: Some("not-what-you-sent".to_owned()), ..self }
    }

    fn with(&self, fields: &[(&str, &str)]) -> Url {
        let mut url = self.url.clone();
        url.query_pairs_mut().extend_pairs(fields);
        if let Some(state) = &self.state {
            url.query_pairs_mut().append_pair("state", state);
        }
        url
    }
}

/// Sends the browser there.
pub(super) fn redirect(url: &Url) -> Response {
    Redirect::to(url.as_str()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(uri: &str, registered: &[String]) -> Result<Callback, String> {
        Callback::parse(uri, Some("s 1"), registered)
    }

    #[test]
    fn a_browser_is_sent_to_https_or_localhost_only() {
        for uri in ["https://bank.example/cb", "http://localhost:8080/cb?x=1"] {
            assert!(parse(uri, &[]).is_ok(), "{uri}");
        }
        let cases = [
            ("http://127.0.0.1/cb", "begin with https://"),
            ("http://bank.example/cb", "begin with https://"),
            ("https://*.bank.example/cb", "no wildcard"),
            ("https://bank.example/cb#x", "no fragment"),
            ("/cb", "no URL"),
        ];
        for (uri, words) in cases {
            assert!(parse(uri, &[]).unwrap_err().contains(words), "{uri}");
        }
        let registered = ["https://bank.example/cb".to_owned()];
        assert!(parse("https://bank.example/cb", &registered).is_ok());
        let error = parse("https://bank.example/cb/", &registered).unwrap_err();
        assert!(error.contains("is not registered"), "{error}");
    }

    #[test]
    fn the_state_comes_back_unchanged_beside_what_the_address_had() {
        let callback = parse("http://localhost/cb?x=1", &[]).unwrap();
        let url = callback.with_code("c", "a b");
        assert_eq!(url.as_str(), "http://localhost/cb?x=1&code=c&scope=a+b&state=s+1");
        let url = callback.with_wrong_state().with_error("access_denied", "no");
        assert!(url.as_str().ends_with("state=not-what-you-sent"));
    }
}
