//! `/healthz`: the process lives. `/readyz`: it can serve; `?verbose` says more. No key is needed, so no more is told.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use std::sync::Arc;
use store::Store;

/// What health is told from.
#[derive(Clone)]
pub(crate) struct Health {
    /// Must answer.
    pub(crate) store: Arc<dyn Store>,
    /// Shown, so that nobody takes an evaluation for the real thing.
    pub(crate) simulators: bool,
    /// Whether this process settles pushes.
    pub(crate) worker: bool,
    /// Which database.
    pub(crate) storage: &'static str,
}

/// The two routes.
pub(crate) fn router(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(health)
}

async fn ready(State(health): State<Health>, RawQuery(query): RawQuery) -> Response {
    let checked = health.store.check_health().await;
    let status = if checked.is_ok() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    if !query.is_some_and(|query| query.split('&').any(|part| part.starts_with("verbose"))) {
        return (status, if checked.is_ok() { "ready\n" } else { "not ready\n" }).into_response();
    }
    let database = checked.as_ref().map_or_else(ToString::to_string, |()| "ok".to_owned());
    let body = json!({
        "ready": checked.is_ok(),
        "version": env!("CARGO_PKG_VERSION"),
        "storage": health.storage,
        "database": database,
        "simulators": health.simulators,
        "worker": health.worker,
    });
    (status, Json(body)).into_response()
}
