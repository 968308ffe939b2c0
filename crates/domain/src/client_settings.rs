//! What a client sets for the pages that its customers see, and for pages of its own that call the API. Filling a
//! redirect in, and answering a browser, are the doors' business.

use std::fmt;
use thiserror::Error;
use url::Url;

/// Longer than any URL that browsers agree on.
pub const URL_CHARS_MAX: usize = 2_000;
/// One line of a page's header.
pub const PROFILE_NAME_CHARS_MAX: usize = 200;
/// More pages than a client has; enough to keep a check short.
pub const ORIGINS_MAX: usize = 100;
/// See [`ORIGINS_MAX`].
pub const WHITE_LIST_MAX: usize = 100;

/// The parameters that a redirect is filled with; every other name is the client's own, filled from the link's query.
pub const REDIRECT_PARAMETERS: [&str; 12] = [
    "clientId",
    "connectionId",
    "companyId",
    "integrationId",
    "sourceId",
    "platform",
    "platformName",
    "sourceType",
    "statusCode",
    "errorMessage",
    "statusText",
    "data.company.companyName",
];

/// How a client shows itself, and where its customers go when they are done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name on the pages.
    pub name: String,
    /// Nothing: customers end on a page of ours.
    pub redirect: Option<RedirectTemplate>,
    /// An image of the client's.
    pub logo_url: Option<WebUrl>,
    /// See `logo_url`.
    pub icon_url: Option<WebUrl>,
    /// Where redirects may lead whose host has a parameter.
    pub white_list: Vec<WebUrl>,
}

/// A URL of the web: http or https, with a host and without a password in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebUrl(String);

/// A URL with `{parameters}` in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectTemplate(String);

/// Where a page of a client's comes from: scheme, host and port, as browsers write it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

/// Why a URL is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UrlError {
    /// It is no URL.
    #[error("it is not a URL such as https://www.example.com/page")]
    NotAUrl,
    /// It leads elsewhere than to the web.
    #[error("it must begin with https:// or http://")]
    NotTheWeb,
    /// It carries a name or password.
    #[error("it must not carry a user name or a password")]
    WithPassword,
    /// It has more than an origin has.
    #[error("it must be a scheme, a host and perhaps a port, such as https://www.example.com")]
    NotAnOrigin,
    /// A brace stands alone.
    #[error("every parameter is a name in braces, such as {{companyId}}")]
    Braces,
    /// A parameter that anybody knows stands in the host.
    #[error("the host must not have a parameter that Millrace fills in")]
    ReservedInHost,
}

impl WebUrl {
    /// Checks a URL; it is kept as it was written.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        parse_web(text).map(|_| Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl RedirectTemplate {
    /// Checks a template; it is kept as it was written.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let mut names = Vec::new();
        // Filled with something harmless, a template must be a URL.
        let filled = fill(text, |name| {
            names.push(name.to_owned());
            "x".to_owned()
        })?;
        parse_web(&filled)?;
        let template = Self(text.to_owned());
        let in_host = template.host_parameters();
        if in_host.iter().any(|name| REDIRECT_PARAMETERS.contains(&name.as_str())) {
            return Err(UrlError::ReservedInHost);
        }
        Ok(template)
    }

    /// The names of the parameters that stand in its host: where it leads depends on them.
    pub fn host_parameters(&self) -> Vec<String> {
        let after_scheme = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let host = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
        let mut names = Vec::new();
        // The braces were checked when it was parsed.
        drop(fill(host, |name| {
            names.push(name.to_owned());
            String::new()
        }));
        names
    }

    /// Its text with something in the place of each parameter. What stands there must be written so that it stays
    /// there: that is the caller's business, and so is looking where the result leads.
    pub fn fill(&self, value_of: impl FnMut(&str) -> String) -> String {
        // The braces were checked when it was parsed.
        fill(&self.0, value_of).unwrap_or_default()
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Replaces every `{name}`.
fn fill(text: &str, mut value_of: impl FnMut(&str) -> String) -> Result<String, UrlError> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, next) = after.split_once('}').ok_or(UrlError::Braces)?;
        if before.contains('}') || name.is_empty() || name.contains('{') {
            return Err(UrlError::Braces);
        }
        filled.push_str(before);
        filled.push_str(&value_of(name));
        rest = next;
    }
    if rest.contains('}') {
        return Err(UrlError::Braces);
    }
    filled.push_str(rest);
    Ok(filled)
}

impl Origin {
    /// Reads an origin; a slash at its end is taken too.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let url = parse_web(text)?;
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(UrlError::NotAnOrigin);
        }
        Ok(Self(url.origin().ascii_serialization()))
    }

    /// As browsers write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! shown_as_written {
    ($($kind:ty),*) => {$(
        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

shown_as_written!(Origin, RedirectTemplate, WebUrl);

fn parse_web(text: &str) -> Result<Url, UrlError> {
    let url = Url::parse(text).map_err(|_not_a_url| UrlError::NotAUrl)?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(UrlError::NotTheWeb);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlError::WithPassword);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_urls_of_the_web_are_taken() {
        assert!(WebUrl::parse("https://www.example.com/logo.png?v=1").is_ok());
        for (text, error) in [
            ("", UrlError::NotAUrl),
            ("www.example.com", UrlError::NotAUrl),
            ("javascript:alert(1)", UrlError::NotTheWeb),
            ("file:///etc/passwd", UrlError::NotTheWeb),
            ("https://user:pass@example.com", UrlError::WithPassword),
        ] {
            assert_eq!(WebUrl::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_redirect_has_parameters_but_none_of_ours_in_its_host() {
        let template = "https://bank.{countrySuffix}/done/{companyId}?code={statusCode}";
        let template = RedirectTemplate::parse(template).unwrap();
        assert_eq!(template.host_parameters(), ["countrySuffix"]);
        for (text, error) in [
            ("https://{companyId}.example.com/", UrlError::ReservedInHost),
            ("https://example.com/{companyId", UrlError::Braces),
            ("https://example.com/}", UrlError::Braces),
            ("https://example.com/{}", UrlError::Braces),
            ("{scheme}://example.com/", UrlError::NotTheWeb),
            ("bank/{companyId}", UrlError::NotAUrl),
        ] {
            assert_eq!(RedirectTemplate::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (text, origin) in [
            ("https://www.Example.com", "https://www.example.com"),
            ("https://example.com:443/", "https://example.com"),
            ("http://localhost:3000", "http://localhost:3000"),
        ] {
            assert_eq!(Origin::parse(text).unwrap().as_str(), origin);
        }
        for text in ["https://example.com/page", "https://example.com?a", "https://example.com#a"] {
            assert_eq!(Origin::parse(text), Err(UrlError::NotAnOrigin), "{text}");
        }
        for text in ["*", "null", "https://*.example.com/x", "example.com"] {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
    }
}
