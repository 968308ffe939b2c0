//! Opening a link: its one-time password is exchanged for a visit, and leaves the address bar. A link opens once; whoever
//! opens it again in the same browser just goes on with the visit.

use super::knock::Knock;
use crate::attempts::Attempts;
use crate::brand::Brand;
use crate::page::Frame;
use crate::redirect::{End, Ended, destination};
use crate::refusal::{Refusal, Why};
use crate::session::{Session, give_session};
use crate::state::{Shared, WebState};
use crate::subject::Subject;
use crate::visit::Visit;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::client_settings::{Origin, Profile};
use domain::ids::{CompanyPath, ConnectionPath};
use domain::link_session::{
    LINK_SESSION_LIFE, LinkOpening, LinkSession, LinkSessionSecret, LinkTarget,
};
use jiff::Timestamp;
use std::sync::Arc;
use store::LinkOpened;
use tracing::{info, warn};
use uuid::Uuid;

/// Programs look at links before people do, to show what is behind them. They may know that something is there; the
/// password is not theirs to use up.
pub(super) async fn announce() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Opens a link.
pub(super) async fn open_link(
    State(state): State<Shared>,
    Extension(attempts): Extension<Arc<Attempts>>,
    knock: Knock,
) -> Result<Response, Refusal> {
    let Knock { visit, .. } = &knock;
    let Some(target) = knock.find_target(&state).await? else {
        return Err(knock.refuse(&state, &attempts, None));
    };
    let framed_by = find_embedder(&state, &knock, target).await?;
    let is_framed = framed_by.is_some();
    if let Some(secret) = open(&state, &knock, target, framed_by).await? {
        return Ok(welcome(&state, visit, target, (secret, is_framed)));
    }
    // The way back, a second click: who has a visit already goes on with it.
    if !is_framed && goes_on(&state, &knock, target).await? {
        return Ok(go(visit, &page_of(target)));
    }
    let profile = load_profile(&state, visit, target).await?;
    let brand = Brand::load(&state, target.company().client, &profile, visit).await?;
    let back = way_back(&state, visit, (target, &profile), &brand).await?;
    Err(knock.refuse(&state, &attempts, Some(brand)).with_way_back(back))
}

/// The page that wants to show the pages within itself, which its client must have listed.
async fn find_embedder(
    state: &WebState,
    knock: &Knock,
    target: LinkTarget,
) -> Result<Option<Origin>, Refusal> {
    let Some(named) = &knock.link.embedder else { return Ok(None) };
    let client = target.company().client;
    let listed = state.store.list_origins(client).await;
    let listed = listed.map_err(|error| Refusal::fault(&knock.visit, None, &error))?;
    let origin = Origin::parse(named).ok().filter(|origin| listed.contains(origin));
    if origin.is_none() {
        warn!(client.id = %client, origin = named, "a page that is not among the corsSettings wants to show a link");
        return Err(Refusal::new(Why::NotFramed, Frame::new(&knock.visit, None)));
    }
    Ok(origin)
}

/// A new visit, always: nobody can have chosen its secret for somebody else.
async fn open(
    state: &WebState,
    knock: &Knock,
    target: LinkTarget,
    framed_by: Option<Origin>,
) -> Result<Option<LinkSessionSecret>, Refusal> {
    let now = state.now();
    let Knock { link, visit, .. } = knock;
    let otp = match target {
        LinkTarget::Company(path) => state.otp.check(&link.otp, path.company, now),
        LinkTarget::Connection(path) => state.otp.check(&link.otp, path.connection, now),
    };
    let Some(otp) = otp else { return Ok(None) };
    let secret = LinkSessionSecret::generate(&*state.ids);
    let session = LinkSession {
        hash: secret.hash(),
        target,
        framed_by,
        parameters: link.parameters.clone(),
        expires_at: now.saturating_add(LINK_SESSION_LIFE).unwrap_or(Timestamp::MAX),
    };
    let opened = state.store.open_link_session(&LinkOpening { session, otp }).await;
    match opened.map_err(|error| Refusal::fault(visit, None, &error))? {
        LinkOpened::Opened => Ok(Some(secret)),
        LinkOpened::Used | LinkOpened::Unknown => Ok(None),
    }
}

async fn goes_on(state: &WebState, knock: &Knock, target: LinkTarget) -> Result<bool, Refusal> {
    let Knock { headers, visit, .. } = knock;
    Ok(match target {
        LinkTarget::Company(path) => {
            Session::<CompanyPath>::find(state, headers, visit, path.company).await?.is_some()
        }
        LinkTarget::Connection(path) => {
            Session::<ConnectionPath>::find(state, headers, visit, path.connection).await?.is_some()
        }
    })
}

fn page_of(target: LinkTarget) -> String {
    match target {
        LinkTarget::Company(path) => path.page(),
        LinkTarget::Connection(path) => path.page(),
    }
}

fn uuid_of(target: LinkTarget) -> Uuid {
    match target {
        LinkTarget::Company(path) => path.company.uuid(),
        LinkTarget::Connection(path) => path.connection.uuid(),
    }
}

fn welcome(
    state: &WebState,
    visit: &Visit,
    target: LinkTarget,
    (secret, is_framed): (LinkSessionSecret, bool),
) -> Response {
    let company = target.company().company;
    info!(company.id = %company, is_framed, "a link was opened");
    let page = page_of(target);
    if is_framed {
        return go(&visit.framed(secret), &page);
    }
    let mut response = go(visit, &page);
    give_session(state, response.headers_mut(), uuid_of(target), &secret);
    response
}

fn go(visit: &Visit, page: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    if let Ok(address) = HeaderValue::try_from(visit.address(page)) {
        headers.insert(header::LOCATION, address);
    }
    visit.remember_locale(headers);
    response
}

async fn load_profile(
    state: &WebState,
    visit: &Visit,
    target: LinkTarget,
) -> Result<Profile, Refusal> {
    let found = state.store.find_profile(target.company().client).await;
    let found = found.map_err(|error| Refusal::fault(visit, None, &error))?;
    found.ok_or_else(|| Refusal::new(Why::NoLink, Frame::new(visit, None)))
}

/// Nothing that the link's query says is passed on: it may come from anybody.
async fn way_back(
    state: &WebState,
    visit: &Visit,
    (target, profile): (LinkTarget, &Profile),
    brand: &Brand,
) -> Result<Option<String>, Refusal> {
    if profile.redirect.is_none() {
        return Ok(None);
    }
    let fault = |error| Refusal::fault(visit, Some(brand.clone()), &error);
    let of = target.company();
    let company = state.store.find_company(of.client, of.company).await.map_err(fault)?;
    let Some(company) = company else { return Ok(None) };
    let connection = match target.connection() {
        None => None,
        Some(path) => state.store.find_connection(&path).await.map_err(fault)?,
    };
    let (company_name, connection) = (company.name.as_str(), connection.as_ref());
    let ended = Ended { of, company_name, connection, end: End::Failed, parameters: &[] };
    Ok(destination(profile, &ended).ok())
}
