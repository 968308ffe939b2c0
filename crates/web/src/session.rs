//! Whose browser this is: a visit to the pages of a company or of one connection, by the cookie that opening a link has
//! set, or by the address of a framed page. What a visit is about has a cookie of its own, so that links of two companies
//! may stay open in one browser.

use crate::brand::{Brand, spoken_name};
use crate::cookies::{Cookie, find_cookie};
use crate::form::Form;
use crate::framing::Ancestor;
use crate::page::Frame;
use crate::refusal::{Refusal, Why};
use crate::state::{Shared, WebState};
use crate::subject::Subject;
use crate::told::Told;
use crate::visit::{PAGES, Visit};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use domain::client_settings::{Origin, Profile};
use domain::connection::Connection;
use domain::ids::ConnectionPath;
use domain::link::Fingerprint;
use domain::link_session::{LINK_SESSION_LIFE, LinkSession, LinkSessionSecret, LinkTarget};
use jiff::Timestamp;
use uuid::Uuid;

/// A visit that goes on, in one request. As an extractor it needs a path that names its subject; without a visit to that
/// the answer is a friendly page, HTTP 401.
#[derive(Clone, Debug)]
pub(crate) struct Session<About = ConnectionPath> {
    /// What its pages are about.
    pub(crate) about: About,
    /// All that it opens.
    pub(crate) target: LinkTarget,
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
    /// The client's own page that it began in.
    framed_by: Option<Origin>,
    /// Who may show this very page within theirs.
    ancestor: Ancestor,
    secret: LinkSessionSecret,
}

impl<About: Subject> Session<About> {
    /// The visit to something that a request tells of, if there is one that has not ended.
    pub(crate) async fn find(
        state: &WebState,
        headers: &HeaderMap,
        visit: &Visit,
        id: About::Id,
    ) -> Result<Option<Self>, Refusal> {
        let Some(secret) = presented(state, headers, visit, About::uuid(id)) else {
            return Ok(None);
        };
        let fault = |error| Refusal::fault(visit, None, &error);
        let found = state.store.find_link_session(&secret.hash(), state.now()).await;
        let Some(found) = found.map_err(fault)? else { return Ok(None) };
        let LinkSession { target, framed_by, parameters, expires_at, .. } = found;
        // What began by itself is framed by nobody.
        if visit.framing.is_some() && framed_by.is_none() {
            return Ok(None);
        }
        let about = About::within(&*state.store, target, id).await.map_err(fault)?;
        let Some(about) = about else { return Ok(None) };
        let client = target.company().client;
        let profile = state.store.find_profile(client).await.map_err(fault)?;
        let Some(profile) = profile else { return Ok(None) };
        let brand = Brand::load(state, client, &profile, visit).await?;
        let ancestor = match &framed_by {
            Some(origin) if visit.framing.is_some() => {
                let listed = state.store.list_origins(client).await.map_err(fault)?;
                let may = listed.contains(origin);
                if may { Ancestor::Page(origin.clone()) } else { Ancestor::Nobody }
            }
            Some(_) | None => Ancestor::Nobody,
        };
        let visit = visit.clone();
        let began_at = expires_at.saturating_sub(LINK_SESSION_LIFE).unwrap_or(expires_at);
        Ok(Some(Self {
            about,
            target,
            parameters,
            began_at,
            profile,
            brand,
            visit,
            framed_by,
            ancestor,
            secret,
        }))
    }

    /// The frame of this visit's pages.
    pub(crate) fn frame(&self) -> Frame {
        let frame = Frame::new(&self.visit, Some(self.brand.clone())).within(self.ancestor.clone());
        match self.software_page() {
            Some(page) => frame.below(page),
            None => frame,
        }
    }

    /// Where the pages of what this visit is about begin.
    pub(crate) fn home(&self) -> String {
        self.visit.address(&self.about.page())
    }

    /// A form of this visit that is sent to `step`, a path below [`Session::home`].
    pub(crate) fn form(&self, step: &str) -> Form {
        let page = format!("{}/{step}", self.about.page());
        let token = self.secret.form_token(&format!("{PAGES}/{page}"));
        Form { action: self.visit.address(&page), token }
    }

    /// Whether a form sent to `path` came from a page of this visit.
    pub(crate) fn accepts_form(&self, path: &str, token: &str) -> bool {
        self.secret.accepts_form(path, token)
    }

    /// What tells this visit from every other, and opens nothing.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.secret.hash().0)
    }

    /// Whether it began in a page of the client's own, which is told how it ends.
    pub(crate) fn is_embedded(&self) -> bool {
        self.framed_by.is_some()
    }

    /// Whether this page stands by itself though its visit began in a frame: where platforms are, which let nobody frame
    /// them.
    pub(crate) fn is_beside_its_frame(&self) -> bool {
        self.is_embedded() && self.visit.framing.is_none()
    }

    /// Lets this browser go on with the visit on pages about something that it opens as well.
    pub(crate) fn give_cookie(&self, state: &WebState, headers: &mut HeaderMap, about: Uuid) {
        give_session(state, headers, about, &self.secret);
    }

    /// A refusal on this visit's pages.
    pub(crate) fn refuse(&self, why: Why) -> Refusal {
        Refusal::new(why, self.frame()).with_home(&self.home())
    }

    /// The same for something that is nobody's fault but ours.
    pub(crate) fn fault(&self, error: &store::StoreError) -> Refusal {
        self.refuse(Why::of(error))
    }

    /// Where the visit chose its software, seen from the pages of that.
    fn software_page(&self) -> Option<String> {
        let LinkTarget::Company(company) = self.target else { return None };
        let page = company.page();
        (self.about.page() != page).then(|| self.visit.address(&page))
    }
}

impl Session {
    /// The connection as it is kept.
    pub(crate) async fn load_connection(&self, state: &WebState) -> Result<Connection, Refusal> {
        let found = state.store.find_connection(&self.about).await;
        found.map_err(|error| self.fault(&error))?.ok_or_else(|| self.refuse(Why::Gone))
    }

    /// The frame of pages about that connection.
    pub(crate) fn frame_of(&self, connection: &Connection) -> Frame {
        let frame = self.frame().about(spoken_name(connection.platform));
        frame.telling(Told::standing(connection))
    }
}

impl<About: Subject> FromRequestParts<Shared> for Session<About> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Refusal> {
        let visit = Visit::read(parts);
        let nobody = || Refusal::nobody(&visit);
        let parameters = RawPathParams::from_request_parts(parts, state).await;
        let parameters = parameters.map_err(|_no_parameters| nobody())?;
        let mut parameters = parameters.into_iter();
        let (_, id) = parameters.find(|(name, _)| *name == About::PARAMETER).ok_or_else(nobody)?;
        let id = About::parse(id).ok_or_else(nobody)?;
        Self::find(state, &parts.headers, &visit, id).await?.ok_or_else(nobody)
    }
}

/// What a request shows for a visit to that.
fn presented(
    state: &WebState,
    headers: &HeaderMap,
    visit: &Visit,
    about: Uuid,
) -> Option<LinkSessionSecret> {
    match &visit.framing {
        Some(framing) => Some(framing.secret.clone()),
        None => find_cookie(headers, &cookie_name(state, about)).and_then(LinkSessionSecret::parse),
    }
}

/// Gives a browser a visit.
pub(crate) fn give_session(
    state: &WebState,
    headers: &mut HeaderMap,
    about: Uuid,
    secret: &LinkSessionSecret,
) {
    let name = cookie_name(state, about);
    let (life_secs, is_secure) = (LINK_SESSION_LIFE.as_secs(), state.is_secure());
    Cookie { name: &name, value: secret.reveal(), life_secs, is_secure }.set(headers);
}

/// Browsers take the prefix only over TLS, and with it from nobody but this very host.
fn cookie_name(state: &WebState, about: Uuid) -> String {
    let prefix = if state.is_secure() { "__Host-" } else { "" };
    format!("{prefix}millrace-link-{}", about.simple())
}
