//! Whose browser this is: a visit to the pages of one connection, by the cookie that opening its link has set. Each
//! connection has a cookie of its own, so that links of two companies may stay open in one browser.

use crate::brand::Brand;
use crate::cookies::{Cookie, find_cookie};
use crate::form::Form;
use crate::page::Frame;
use crate::refusal::{Refusal, Why};
use crate::state::{Shared, WebState};
use crate::visit::Visit;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use domain::client_settings::Profile;
use domain::connection::Connection;
use domain::ids::{ConnectionId, ConnectionPath};
use domain::link::Fingerprint;
use domain::link_session::{LINK_SESSION_LIFE, LinkSession, LinkSessionSecret};
use jiff::Timestamp;

/// The name of the path parameter that says which connection a page is about.
const CONNECTION_PARAMETER: &str = "connectionId";

/// A visit that goes on, in one request. As an extractor it needs a path with `{connectionId}`; without a visit to that
/// connection the answer is a friendly page, HTTP 401.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    /// The only connection that it opens.
    pub(crate) connection: ConnectionPath,
    /// What the client's own program appended to the link, in its order.
    pub(crate) parameters: Vec<(String, String)>,
    /// When it was opened.
    pub(crate) began_at: Timestamp,
    /// What the client calls itself, and where it wants its customers to go at the end.
    pub(crate) profile: Profile,
    /// The same for people to see.
    pub(crate) brand: Brand,
    /// Where in the pages, and in which language.
    pub(crate) visit: Visit,
    secret: LinkSessionSecret,
}

impl Session {
    /// The visit to a connection that a browser's cookies tell of, if there is one that has not ended.
    pub(crate) async fn find(
        state: &WebState,
        headers: &HeaderMap,
        visit: &Visit,
        connection: ConnectionId,
    ) -> Result<Option<Self>, Refusal> {
        let name = cookie_name(state, connection);
        let Some(secret) = find_cookie(headers, &name).and_then(LinkSessionSecret::parse) else {
            return Ok(None);
        };
        let found = state.store.find_link_session(&secret.hash(), state.now()).await;
        let found = found.map_err(|error| Refusal::fault(visit, None, &error))?;
        let Some(LinkSession { path, parameters, expires_at, .. }) = found else {
            return Ok(None);
        };
        if path.connection != connection {
            return Ok(None);
        }
        let profile = state.store.find_profile(path.client).await;
        let profile = profile.map_err(|error| Refusal::fault(visit, None, &error))?;
        let Some(profile) = profile else { return Ok(None) };
        let brand = Brand::load(state, path.client, &profile, visit).await?;
        let visit = visit.clone();
        let began_at = expires_at.saturating_sub(LINK_SESSION_LIFE).unwrap_or(expires_at);
        let connection = path;
        Ok(Some(Self { connection, parameters, began_at, profile, brand, visit, secret }))
    }

    /// The frame of this visit's pages.
    pub(crate) fn frame(&self) -> Frame {
        Frame::new(&self.visit, Some(self.brand.clone()))
    }

    /// Where this connection's pages begin.
    pub(crate) fn home(&self) -> String {
        link_home(self.connection.connection)
    }

    /// A form of this visit that is sent to `step`, a path below [`Session::home`].
    pub(crate) fn form(&self, step: &str) -> Form {
        Form::new(format!("{}/{step}", self.home()), &self.secret)
    }

    /// Whether a form sent to `path` came from a page of this visit.
    pub(crate) fn accepts_form(&self, path: &str, token: &str) -> bool {
        self.secret.accepts_form(path, token)
    }

    /// What tells this visit from every other, and opens nothing.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.secret.hash().0)
    }

    /// The connection as it is kept.
    pub(crate) async fn load_connection(&self, state: &WebState) -> Result<Connection, Refusal> {
        let found = state.store.find_connection(&self.connection).await;
        found.map_err(|error| self.fault(&error))?.ok_or_else(|| self.refuse(Why::Gone))
    }

    /// A refusal on this visit's pages.
    pub(crate) fn refuse(&self, why: Why) -> Refusal {
        Refusal::new(why, self.frame()).with_home(&self.home())
    }

    /// The same for something that is nobody's fault but ours.
    pub(crate) fn fault(&self, error: &store::StoreError) -> Refusal {
        Refusal::fault(&self.visit, Some(self.brand.clone()), error).with_home(&self.home())
    }
}

impl FromRequestParts<Shared> for Session {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Refusal> {
        let visit = Visit::read(parts);
        let nobody = || Refusal::new(Why::NoVisit, Frame::new(&visit, None));
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_no_parameters| nobody())?;
        let mut parameters = parameters.into_iter();
        let (_, id) =
            parameters.find(|(name, _)| *name == CONNECTION_PARAMETER).ok_or_else(nobody)?;
        let connection = ConnectionId::parse(id).ok_or_else(nobody)?;
        Self::find(state, &parts.headers, &visit, connection).await?.ok_or_else(nobody)
    }
}

/// Where a connection's pages begin.
pub(crate) fn link_home(connection: ConnectionId) -> String {
    format!("/link/{connection}")
}

/// Gives a browser a visit.
pub(crate) fn give_session(
    state: &WebState,
    headers: &mut HeaderMap,
    connection: ConnectionId,
    secret: &LinkSessionSecret,
) {
    let name = cookie_name(state, connection);
    let (life_secs, is_secure) = (LINK_SESSION_LIFE.as_secs(), state.is_secure());
    Cookie { name: &name, value: secret.reveal(), life_secs, is_secure }.set(headers);
}

/// Browsers take the prefix only over TLS, and with it from nobody but this very host.
fn cookie_name(state: &WebState, connection: ConnectionId) -> String {
    let prefix = if state.is_secure() { "__Host-" } else { "" };
    format!("{prefix}millrace-link-{}", connection.uuid().simple())
}
