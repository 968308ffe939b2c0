//! `/healthz`: the process lives. `/readyz`: it can serve; `?verbose` says more. No key is needed, so no more is told.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};
use tracing::{info, warn};

/// A look costs a commit, and anybody may ask: so all who ask within this time are answered from one.
const LOOK_LIFE: Duration = Duration::from_secs(1);
/// Far longer than a database takes that can serve.
const LOOK_MAX: Duration = Duration::from_secs(3);

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
    /// The last look at the database.
    pub(crate) looked: Arc<Mutex<Option<Look>>>,
}

/// What a look has shown.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    at: Instant,
    fault: Option<String>,
}

impl Health {
    /// What is wrong with the database, if anything is.
    async fn fault(&self) -> Option<String> {
        let mut looked = self.looked.lock().await;
        if let Some(last) = looked.as_ref().filter(|last| last.at.elapsed() < LOOK_LIFE) {
            return last.fault.clone();
        }
        let fault = match timeout(LOOK_MAX, self.store.check_health()).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(_elapsed) => Some(format!("no answer within {} s", LOOK_MAX.as_secs())),
        };
        let before = looked.as_ref().and_then(|last| last.fault.as_ref());
        match (before, &fault) {
            (Some(_), None) => info!("the server is ready again"),
            (before, Some(fault)) if before != Some(fault) => {
                warn!(fault, "the server is not ready");
            }
            (None | Some(_), None | Some(_)) => {}
        }
        *looked = Some(Look { at: Instant::now(), fault: fault.clone() });
        fault
    }
}

/// The two routes.
pub(crate) fn router(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(health)
}

async fn ready(State(health): State<Health>, RawQuery(query): RawQuery) -> Response {
    let fault = health.fault().await;
    let is_ready = fault.is_none();
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    if !query.is_some_and(|query| query.split('&').any(|part| part.starts_with("verbose"))) {
        return (status, if is_ready { "ready\n" } else { "not ready\n" }).into_response();
    }
    let body = json!({
        "ready": is_ready,
        "version": env!("CARGO_PKG_VERSION"),
        "storage": health.storage,
        "database": fault.unwrap_or_else(|| "ok".to_owned()),
        "simulators": health.simulators,
        "worker": health.worker,
    });
    (status, Json(body)).into_response()
}
