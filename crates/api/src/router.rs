//! All routes of the door, and the layers around them.

use crate::access::{Watch, answer_panic, watch};
use crate::auth::require_key;
use crate::envelope::ApiError;
use crate::json::BodyLimit;
use crate::leftover::discard_leftover;
use crate::state::{ApiState, Shared};
use crate::{ext, nouns};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::{Extension, Router};
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// The door. It answers every path that no other door merged with it knows.
pub fn router(state: ApiState) -> Router {
    let shared: Shared = Arc::new(state);
    let watched = Watch { clock: Arc::clone(&shared.clock), ids: Arc::clone(&shared.ids) };
    let body_bytes_max = shared.body_bytes_max;
    let routes = nouns::routes()
        .merge(ext::routes())
        .route_layer(from_fn_with_state(Arc::clone(&shared), require_key))
        .with_state(shared);
    enclose(routes, watched, body_bytes_max)
}

/// Puts the layers around routes: inside the limit of bodies, then the net for panics, what takes the rest of a body,
/// and outside the watch.
fn enclose(routes: Router, watched: Watch, body_bytes_max: usize) -> Router {
    routes
        .fallback(|| async { ApiError::no_such_route() })
        .method_not_allowed_fallback(|| async { ApiError::no_such_method() })
        .layer(Extension(BodyLimit(body_bytes_max)))
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(from_fn(discard_leftover))
        .layer(from_fn_with_state(watched, watch))
}

#[cfg(test)]
#[path = "router_tests.rs"]
mod tests;
