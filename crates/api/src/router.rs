//! All routes of the door, and the layers around them.

use crate::access::{Watch, answer_panic, watch};
use crate::auth::require_key;
use crate::cors::answer_browsers;
use crate::envelope::ApiError;
use crate::idempotency::do_once;
use crate::json::BodyLimit;
use crate::leftover::discard_leftover;
use crate::limits::{limit_address, limit_client};
use crate::state::{ApiState, Shared};
use crate::surface::{CONTENT_POLICY, Edition, Surface, describe, render};
use crate::{ext, nouns, platforms};
use axum::body::Bytes;
use axum::http::header;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use axum::{Extension, Router};
use serde_json::Value;
use std::future::ready;
use std::sync::{Arc, LazyLock};
use tower_http::catch_panic::CatchPanicLayer;

/// The door. It answers every path that no other door merged with it knows.
pub fn router(state: ApiState) -> Router {
    let shared: Shared = Arc::new(state);
    let watched = Watch { clock: Arc::clone(&shared.clock), ids: Arc::clone(&shared.ids) };
    let body_bytes_max = shared.body_bytes_max;
    let routes = surface()
        .into_router()
        .route_layer(from_fn_with_state(Arc::clone(&shared), do_once))
        .route_layer(from_fn_with_state(Arc::clone(&shared), limit_client))
        .route_layer(from_fn_with_state(Arc::clone(&shared), require_key))
        .route_layer(from_fn_with_state(Arc::clone(&shared), limit_address))
        .with_state(Arc::clone(&shared))
        .merge(documents(&shared.public_url))
        .merge(platforms::images());
    enclose(routes, watched, body_bytes_max).layer(from_fn_with_state(shared, answer_browsers))
}

/// The OpenAPI document of an edition, as it is served.
pub fn openapi(edition: Edition) -> Value {
    describe(surface().operations(), edition)
}

/// The documents and their page, for whoever asks: they hold nothing of anybody's.
fn documents(url: &str) -> Router {
    let url = url.to_owned();
    let page = when_asked(move || render(&[Edition::Compatible, Edition::Ext].map(openapi), &url));
    let html = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    ];
    let serve = |edition| {
        let document = when_asked(move || openapi(edition).to_string());
        let json = [(header::CONTENT_TYPE, "application/json")];
        get(move || ready((json, document())))
    };
    Router::new()
        .route("/docs", get(move || ready((html, page()))))
        .route("/openapi.json", serve(Edition::Compatible))
        .route("/ext/openapi.json", serve(Edition::Ext))
}

/// A text that is written when somebody asks for it first: a start takes no time for what is seldom read.
fn when_asked(
    write: impl FnOnce() -> String + Send + 'static,
) -> impl Fn() -> Bytes + Clone + Send + Sync + 'static {
    let text = Arc::new(LazyLock::new(move || Bytes::from(write())));
    move || Bytes::clone(&text)
}

/// Everything that is behind the key check.
fn surface() -> Surface {
    nouns::surface().merge(platforms::surface()).merge(ext::surface())
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
