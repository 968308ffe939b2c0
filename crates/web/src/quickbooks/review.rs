//! What QuickBooks will get, before anything is done.

use super::{SETUP, standing};
use crate::page::{Frame, page};
use crate::refusal::Refusal;
use crate::session::Session;
use crate::state::WebState;
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::connection::Connection;
use standing::Standing;

#[derive(Template)]
#[template(path = "quickbooks/review.html")]
pub(super) struct Content<'a> {
    pub(super) frame: &'a Frame,
    pub(super) home: String,
}

/// The first page; who has been further goes on there.
pub(crate) async fn show(
    state: &WebState,
    session: &Session,
    connection: &Connection,
) -> Result<Response, Refusal> {
    if standing::find(state, session, connection).await? != Standing::Fresh {
        return Ok(Redirect::to(&format!("{}/{SETUP}", session.home())).into_response());
    }
    let frame = session.frame_of(connection);
    Ok(page(StatusCode::OK, &frame, &Content { frame: &frame, home: session.home() }))
}
