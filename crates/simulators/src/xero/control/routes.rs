//! Its routes.

use super::{company, faults, look, turn};
use crate::xero::Xero;
use axum::Router;
use axum::routing::{get, post};

/// The control API.
pub(crate) fn routes() -> Router<Xero> {
    Router::new()
        .route("/organisations", get(look::organisations).post(company::add_organisation))
        .route("/organisations/{tenant}/accounts", post(company::add_account))
        .route("/organisations/{tenant}/disconnect", post(company::disconnect))
        .route("/feeds/{id}/switch-off", post(company::switch_off_feed))
        .route("/faults", get(faults::list).post(faults::order).delete(faults::clear))
        .route("/settings", get(turn::settings).patch(turn::change_settings))
        .route("/time", get(turn::time).post(turn::advance))
        .route("/tokens/expire", post(turn::expire_tokens))
        .route("/tokens/revoke", post(turn::revoke_tokens))
        .route("/ledger", get(look::ledger))
        .route("/calls", get(look::calls))
        .route("/reset", post(turn::reset))
}
