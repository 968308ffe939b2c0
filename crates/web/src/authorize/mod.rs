//! Platforms that we send to: the customer gives their consent there and comes back. Pages record what the customer
//! wants; the worker talks with the platform meanwhile, and the pages wait for it a little.

mod begin;
mod callback;
mod consent;
mod pictures;
mod state_text;

pub(crate) use begin::show;
pub(crate) use pictures::pictures;

use crate::link::HOME;
use crate::refusal::{Refusal, Why};
use crate::session::Session;
use crate::state::{Shared, WebState};
use axum::Router;
use axum::routing::{get, post};
use domain::connection::Connection;
use domain::ids::ConsentId;
use domain::link::{Effects, Link};
use platforms::{Authorizes, Platform};
use store::link_secrets::LinkSecretsError;
use store::{LinkChange, LinkChanged};
use tracing::error;

/// Pages below a connection's home.
const AUTHORIZE: &str = "authorize";
const CONSENT: &str = "consent";
/// Of all connections: platforms know one address.
const CALLBACK: &str = "/link/callback";

/// The pages.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(CALLBACK, get(callback::come_back))
        .route(&format!("{HOME}/{AUTHORIZE}"), post(begin::begin))
        .route(&format!("{HOME}/{CONSENT}/{{consentId}}"), get(consent::show).post(consent::choose))
}

fn consent_path(session: &Session, id: ConsentId) -> String {
    format!("{}/{CONSENT}/{id}", session.home())
}

/// The adapter that consents are asked for with.
fn adapter<'a>(
    state: &'a WebState,
    session: &Session,
    connection: &Connection,
) -> Result<&'a dyn Authorizes, Refusal> {
    let platform = state.platforms.of(connection.platform);
    platform.and_then(Platform::authorization).ok_or_else(|| session.refuse(Why::NotSwitchedOn))
}

/// The connection's link, or a new one.
async fn find_link(
    state: &WebState,
    session: &Session,
    connection: &Connection,
) -> Result<Link, Refusal> {
    let found = state.store.find_link(&session.connection).await;
    let found = found.map_err(|error| session.fault(&error))?;
    Ok(found.unwrap_or_else(|| Link::new(session.connection, connection.platform)))
}

/// Changes the connection's link from how it stands, again while others change it first.
async fn change(
    state: &WebState,
    session: &Session,
    connection: &Connection,
    mut alter: impl FnMut(&mut Link) -> Result<(), LinkSecretsError> + Send,
) -> Result<(), Refusal> {
    loop {
        let mut link = find_link(state, session, connection).await?;
        alter(&mut link).map_err(|error| {
            error!(connection.id = %connection.id, %error, "a link's secrets cannot be opened");
            session.refuse(Why::Broken)
        })?;
        let change =
            LinkChange { link, effects: Effects::default(), held_by: None, now: state.now() };
        let changed = state.store.change_link(&change).await;
        match changed.map_err(|error| session.fault(&error))? {
            LinkChanged::Changed => return Ok(()),
            LinkChanged::Outdated | LinkChanged::LeaseLost => {}
            LinkChanged::Gone => return Err(session.refuse(Why::Gone)),
        }
    }
}
