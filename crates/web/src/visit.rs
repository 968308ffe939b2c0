//! How somebody comes: to which page, and in which language. Who they are is session.rs.

use crate::cookies::{Cookie, find_cookie};
use crate::framing::Framing;
use crate::locale::Locale;
use crate::scripts::Nonce;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri, header};
use domain::link_session::LinkSessionSecret;
use url::form_urlencoded;

/// Where pages are.
pub(crate) const PAGES: &str = "/link";
const LOCALE_COOKIE: &str = "link-locale";
/// Set by `assets/link.js`.
const SCRIPTS_COOKIE: &str = "link-scripts";
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
    /// Within which page of a client's own, if any.
    pub(crate) framing: Option<Framing>,
    /// Whether scripts are known to run in this browser.
    pub(crate) has_scripts: bool,
    /// Scripts of the answer show it.
    pub(crate) nonce: Nonce,
    /// Whether the language was chosen by this very request.
    is_chosen_now: bool,
}

impl Visit {
    /// What a request tells.
    pub(crate) fn read(parts: &Parts) -> Self {
        let has_address = parts.method == Method::GET;
        let visit = Self::of(&parts.uri, &parts.headers);
        let nonce = parts.extensions.get().cloned().unwrap_or_default();
        let framing: Option<Framing> = parts.extensions.get().cloned();
        let locale = framing.as_ref().map_or(visit.locale, |framing| framing.locale);
        let has_scripts = visit.has_scripts || framing.is_some();
        Self { locale, has_address, framing, has_scripts, nonce, ..visit }
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
        let has_scripts = find_cookie(headers, SCRIPTS_COOKIE).is_some();
        let nonce = Nonce::default();
        Self { locale, path, has_address: true, framing: None, has_scripts, nonce, is_chosen_now }
    }

    /// The same within a page of a client's own.
    pub(crate) fn framed(&self, secret: LinkSessionSecret) -> Self {
        Self { framing: Some(Framing { secret, locale: self.locale }), ..self.clone() }
    }

    /// The same, whose scripts show that.
    pub(crate) fn with_nonce(self, nonce: Nonce) -> Self {
        Self { nonce, ..self }
    }

    /// The address of a page below `/link`, for this visit.
    pub(crate) fn address(&self, page: &str) -> String {
        match &self.framing {
            None => format!("{PAGES}/{page}"),
            Some(framing) => framing.address(framing.locale, page),
        }
    }

    /// The address of this very page in another language.
    pub(crate) fn address_in(&self, locale: Locale) -> String {
        let page = self.path.strip_prefix(PAGES).map(|page| page.trim_start_matches('/'));
        match (&self.framing, page) {
            (Some(framing), Some(page)) => framing.address(locale, page),
            _ => format!("{}?{LOCALE_PARAMETER}={}", self.path, locale.tag()),
        }
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
