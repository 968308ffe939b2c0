//! What a visit begins with: the page of the connection's platform.

use crate::refusal::{Refusal, Why};
use crate::session::Session;
use crate::state::Shared;
use axum::extract::State;
use axum::response::Response;

/// Shows where the connection stands.
pub(super) async fn show_link(
    State(state): State<Shared>,
    session: Session,
) -> Result<Response, Refusal> {
    let connection = session.load_connection(&state).await?;
    let frame = session.frame().about(connection.platform.name);
    Err(Refusal::new(Why::NotSwitchedOn, frame))
}
