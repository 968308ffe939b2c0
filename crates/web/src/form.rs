//! Forms: what a page sends, and the proof that it was one of ours that sent it. Two proofs are asked for, each enough by
//! itself: browsers say where a form comes from, and a form carries a token that only a page of the visit can know.

use crate::refusal::{Refusal, Why};
use crate::session::Session;
use crate::state::{Shared, WebState};
use crate::subject::Subject;
use axum::body::to_bytes;
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::http::{HeaderMap, HeaderName, header};
use domain::ids::ConnectionPath;
use url::{Url, form_urlencoded};

/// The field that carries the token.
pub(crate) const TOKEN_FIELD: &str = "token";
/// Names, choices and dates: no form of ours is longer.
const BODY_BYTES_MAX: usize = 64 * 1024;
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Where a form is sent, and the token that it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// For the form's `action`.
    pub(crate) action: String,
    /// For a hidden field named `token`.
    pub(crate) token: String,
}

/// What a page of a visit has sent. As an extractor it refuses whatever did not come from one of its pages.
#[derive(Clone, Debug)]
pub(crate) struct Posted<About = ConnectionPath> {
    /// The visit.
    pub(crate) session: Session<About>,
    fields: Vec<(String, String)>,
}

impl<About> Posted<About> {
    /// The first field of that name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl<About: Subject> FromRequest<Shared> for Posted<About> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &Shared) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let session = Session::<About>::from_request_parts(&mut parts, state).await?;
        if !comes_from_us(state, &parts.headers) {
            return Err(session.refuse(Why::NotOurForm));
        }
        let body = to_bytes(body, BODY_BYTES_MAX).await;
        let body = body.map_err(|_too_long| session.refuse(Why::NotOurForm))?;
        let fields = form_urlencoded::parse(&body).into_owned().collect();
        let posted = Self { session, fields };
        let token = posted.get(TOKEN_FIELD).unwrap_or_default();
        if posted.session.accepts_form(parts.uri.path(), token) {
            Ok(posted)
        } else {
            Err(posted.session.refuse(Why::NotOurForm))
        }
    }
}

/// What the browser says of where a form comes from. One that says nothing leaves it to the token; so does `null`, which
/// browsers without `Sec-Fetch-Site` send because our pages ask them to tell nobody where they were.
fn comes_from_us(state: &WebState, headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site == "same-origin";
    }
    match headers.get(header::ORIGIN).map(|origin| origin.to_str().unwrap_or_default()) {
        None | Some("null") => true,
        Some(origin) => is_ours(origin, &state.public_url, headers),
    }
}

/// A proxy may rewrite the host, and a person may come by another name than the public one: either will do.
fn is_ours(origin: &str, public_url: &str, headers: &HeaderMap) -> bool {
    let public = Url::parse(public_url).map(|url| url.origin().ascii_serialization());
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let named = origin.split_once("://").map(|(_, host)| host);
    public.is_ok_and(|public| public == origin) || (named.is_some() && named == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_another_site_is_told_by_its_origin() {
        let is_ours = |origin: &str, host: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            is_ours(origin, "https://feeds.bank.example", &headers)
        };
        assert!(is_ours("https://feeds.bank.example", "internal:8717"));
        assert!(is_ours("http://127.0.0.1:8717", "127.0.0.1:8717"));
        assert!(!is_ours("https://evil.example", "feeds.bank.example"));
        assert!(!is_ours("http://feeds.bank.example", "internal:8717"));
        assert!(!is_ours("", ""));
    }
}
