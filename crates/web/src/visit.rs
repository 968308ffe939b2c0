//! How somebody comes: to which page, and in which language. Who they are is session.rs.

use crate::cookies::{Cookie, find_cookie};
use crate::locale::Locale;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, header};
use url::form_urlencoded;

const LOCALE_COOKIE: &str = "link-locale";
const LOCALE_PARAMETER: &str = "locale";
/// A language is chosen once.
const LOCALE_LIFE_SECS: i64 = 365 * 24 * 60 * 60;

/// A request, as far as every page must know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Visit {
    /// In which language.
    pub(crate) locale: Locale,
    /// Where, without the query.
    pub(crate) path: String,
    /// Whether the page can be asked for again by its address, as an answer to a form cannot.
    pub(crate) has_address: bool,
    /// Whether the language was chosen by this very request.
    is_chosen_now: bool,
}

impl Visit {
    /// What a request tells.
    pub(crate) fn read(parts: &Parts) -> Self {
        let has_address = parts.method == Method::GET;
        Self { has_address, ..Self::of(&parts.uri, &parts.headers) }
    }

    /// The same of a request for a page.
    pub(crate) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let query = uri.query().unwrap_or_default();
        let chosen = form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == LOCALE_PARAMETER)
            .and_then(|(_, value)| Locale::parse(&value));
        let remembered = || find_cookie(headers, LOCALE_COOKIE).and_then(Locale::parse);
        let preferred = || Locale::preferred(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?);
        let locale = chosen.or_else(remembered).or_else(preferred).unwrap_or_default();
        let (path, is_chosen_now) = (uri.path().to_owned(), chosen.is_some());
        Self { locale, path, has_address: true, is_chosen_now }
    }

    /// Remembers the language if it was chosen now.
    pub(crate) fn remember_locale(&self, headers: &mut HeaderMap) {
        if self.is_chosen_now {
            let (name, value) = (LOCALE_COOKIE, self.locale.tag());
            let cookie = Cookie { name, value, life_secs: LOCALE_LIFE_SECS, is_secure: false };
            cookie.set(headers);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_goes_before_what_is_remembered_and_that_before_what_is_preferred() {
        let mut headers = HeaderMap::new();
        let locale = |uri: &str, headers: &HeaderMap| {
            let visit = Visit::of(&uri.parse().unwrap(), headers);
            (visit.locale, visit.is_chosen_now)
        };
        assert_eq!(locale("/link/7", &headers), (Locale::English, false));
        headers.insert(header::ACCEPT_LANGUAGE, "fr-FR".parse().unwrap());
        assert_eq!(locale("/link/7", &headers), (Locale::French, false));
        headers.insert(header::COOKIE, "link-locale=fr-CA".parse().unwrap());
        assert_eq!(locale("/link/7", &headers), (Locale::CanadianFrench, false));
        assert_eq!(locale("/link/7?locale=en", &headers), (Locale::English, true));
        assert_eq!(locale("/link/7?locale=xx", &headers), (Locale::CanadianFrench, false));
    }
}
