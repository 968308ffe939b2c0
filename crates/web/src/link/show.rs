//! What a visit begins with: the page of the connection's platform.

use super::ending::find_way_out;
use crate::redirect::End;
use crate::refusal::{Refusal, Why};
use crate::session::Session;
use crate::state::Shared;
use crate::{authorize, mapping, quickbooks};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use domain::platform::Delivery;

/// Shows where the connection stands.
pub(super) async fn show_link(
    State(state): State<Shared>,
    session: Session,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let connection = session.load_connection(&state).await?;
    let is_set_up = state.platforms.of(connection.platform).is_some();
    match connection.platform.delivery {
        Delivery::Pulled => quickbooks::show(&state, &session, &connection).await,
        Delivery::Sent if is_set_up && mapping::is_home_of(&connection) => {
            mapping::show(&state, &session, &connection, query.as_deref()).await
        }
        Delivery::Sent if is_set_up => authorize::show(&state, &session, &connection).await,
        Delivery::Sent => {
            let frame = session.frame_of(&connection);
            let back = find_way_out(&state, &session, Some(&connection), End::NotSupported).await?;
            Err(Refusal::new(Why::NotSwitchedOn, frame).with_way_back(back))
        }
    }
}
