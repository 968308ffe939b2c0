//! Pages within a page of a client's own: browsers keep cookies of others from frames, so the visit's secret and the
//! language travel in the address, before the page's own: `/link/framed/{locale}/{secret}/…` is `/link/…`. Which page
//! may frame a visit's pages was said when it began (link/start.rs), and must still be among the client's origins.

use crate::locale::Locale;
use crate::visit::PAGES;
use axum::Router;
use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use domain::client_settings::Origin;
use domain::link_session::LinkSessionSecret;
use tower::ServiceExt as _;

const FRAMED: &str = "/link/framed";

/// How a framed page is addressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Framing {
    /// The visit.
    pub(crate) secret: LinkSessionSecret,
    /// Its language.
    pub(crate) locale: Locale,
}

/// Who may show a page within one of theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ancestor {
    /// Nobody.
    #[default]
    Nobody,
    /// This page of the client's.
    Page(Origin),
    /// Anybody: there is nothing on the page but words, and nobody knows whose it is.
    Anybody,
}

impl Ancestor {
    /// For a page's content policy.
    pub(crate) fn policy(&self) -> &str {
        match self {
            Self::Nobody => "'none'",
            Self::Page(origin) => origin.as_str(),
            Self::Anybody => "*",
        }
    }

    /// To whom a page tells what becomes of it.
    pub(crate) fn listener(&self) -> Option<&str> {
        match self {
            Self::Nobody => None,
            Self::Page(_) | Self::Anybody => Some(self.policy()),
        }
    }
}

impl Framing {
    /// The address of a page below `/link`.
    pub(crate) fn address(&self, locale: Locale, page: &str) -> String {
        format!("{FRAMED}/{}/{}/{page}", locale.tag(), self.secret.reveal())
    }

    /// What an address says, and that of the page itself.
    fn read(uri: &Uri) -> Option<(Self, Uri)> {
        let rest = uri.path().strip_prefix(FRAMED)?.strip_prefix('/')?;
        let (locale, rest) = rest.split_once('/')?;
        let (secret, page) = rest.split_once('/')?;
        let framing =
            Self { secret: LinkSessionSecret::parse(secret)?, locale: Locale::parse(locale)? };
        let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
        let page = PathAndQuery::try_from(format!("{PAGES}/{page}{query}")).ok()?;
        Some((framing, Uri::from(page)))
    }
}

/// The same pages, framed ones too.
pub(crate) fn with_framed(pages: Router) -> Router {
    let inner = pages.clone();
    let enter = any(async move |request: Request| enter(inner, request).await);
    pages.route(&format!("{FRAMED}/{{locale}}/{{secret}}/{{*page}}"), enter)
}

async fn enter(pages: Router, request: Request) -> Response {
    let Some((framing, uri)) = Framing::read(request.uri()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (mut parts, body) = request.into_parts();
    // The path's own parameters must not get among those of the page.
    let nonce = parts.extensions.remove::<crate::scripts::Nonce>();
    parts.extensions.clear();
    parts.extensions.insert(nonce.unwrap_or_default());
    parts.extensions.insert(framing);
    parts.uri = uri;
    match pages.oneshot(Request::from_parts(parts, body)).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_a_framed_page_says_whose_visit_it_is_and_in_which_language() {
        let secret = "s".repeat(48);
        let read = |path: &str| Framing::read(&path.parse().unwrap());
        let (framing, page) = read(&format!("/link/framed/fr-CA/{secret}/7/setup?a=b")).unwrap();
        assert_eq!(page, "/link/7/setup?a=b");
        assert_eq!(framing.address(framing.locale, "7"), format!("/link/framed/fr-CA/{secret}/7"));
        assert_eq!(framing.address(Locale::English, ""), format!("/link/framed/en/{secret}/"));
        for wrong in [
            format!("/link/framed/xx/{secret}/7"),
            "/link/framed/en/short/7".to_owned(),
            format!("/link/framed/en/{secret}"),
        ] {
            assert_eq!(read(&wrong), None, "{wrong}");
        }
    }
}
