//! Platforms that we send to: the customer gives their consent there and comes back. Pages record what the customer
//! wants; the worker talks with the platform meanwhile, and the pages wait for it a little.

mod begin;
mod callback;
mod consent;
mod pictures;
mod state_text;

pub(crate) use begin::{leading_out, show};
pub(crate) use pictures::pictures;

use crate::link::HOME;
use crate::linked::{find_link, keep_link};
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
use tracing::error;

/// Pages below a connection's home.
pub(crate) const AUTHORIZE: &str = "authorize";
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
        if keep_link(state, session, link, Effects::default()).await? {
            return Ok(());
        }
    }
}
