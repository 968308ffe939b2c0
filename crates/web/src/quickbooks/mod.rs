//! QuickBooks, which signs on here and fetches: what its user is told, and the credentials that they type in there.

mod credentials;
mod pictures;
mod review;
mod setup;
mod standing;

pub(crate) use pictures::pictures;
pub(crate) use review::show;

use crate::link::HOME;
use crate::refusal::{Refusal, Why};
use crate::session::Session;
use crate::state::{Shared, WebState};
use axum::Router;
use axum::routing::get;
use domain::connection::Connection;
use domain::platform::Delivery;

/// Pages below a connection's home.
const SETUP: &str = "setup";
const CREDENTIALS: &str = "credentials";
const REVOKE: &str = "revoke";

/// The pages.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(&format!("{HOME}/{SETUP}"), get(setup::show))
        .route(&format!("{HOME}/{CREDENTIALS}"), get(credentials::go_back).post(credentials::issue))
        .route(&format!("{HOME}/{REVOKE}"), get(credentials::ask).post(credentials::revoke))
}

/// The connection, if it is one to QuickBooks.
async fn load(state: &WebState, session: &Session) -> Result<Connection, Refusal> {
    let connection = session.load_connection(state).await?;
    if connection.platform.delivery == Delivery::Pulled {
        Ok(connection)
    } else {
        Err(session.refuse(Why::NoPage))
    }
}
