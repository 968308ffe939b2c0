//! The routes: identity, connections, accounting, bank feeds, and the control API beside them.

use super::door::attend;
use super::{Xero, accounting, control, feeds, identity};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post};

/// All of `xero`, to be served at the root or nested anywhere.
pub fn router(xero: Xero) -> Router {
    let feeds = Router::new()
        .route("/FeedConnections", get(feeds::list_feeds).post(feeds::create_feeds))
        .route("/FeedConnections/DeleteRequests", post(feeds::delete_feeds))
        .route("/FeedConnections/{id}", get(feeds::get_feed))
        .route("/Statements", get(feeds::list_statements).post(feeds::create_statements))
        .route("/Statements/{id}", get(feeds::get_statement));
    let accounting = Router::new()
        .route("/Accounts", get(accounting::list_accounts))
        .route("/Organisation", get(accounting::get_organisation));
    let identity = Router::new()
        .route("/authorize", get(identity::show_consent).post(identity::consent))
        .route("/connect/authorize", get(identity::show_consent).post(identity::consent))
        .route("/connect/token", post(identity::token))
        .route("/connect/revocation", post(identity::revoke))
        .route("/.well-known/openid-configuration", get(identity::discovery));
    Router::new()
        .nest("/identity", identity)
        .route("/connections", get(identity::list_connections))
        .route("/connections/{id}", delete(identity::delete_connection))
        .nest("/api.xro/2.0", accounting)
        .nest("/bankfeeds.xro/1.0", feeds)
        .route_layer(from_fn_with_state(xero.clone(), attend))
        .nest("/control", control::routes())
        // Xero takes more than is usual; attend.rs has a limit of its own.
        .layer(DefaultBodyLimit::disable())
        .with_state(xero)
}
