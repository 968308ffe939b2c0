//! The outermost layer: what every answer says to browsers, one line in the log for every request, and the net that
//! catches panics. Query strings and forms never get to the log: they hold passwords.

use crate::page::MayBeFramed;
use crate::scripts::Nonce;
use crate::state::Shared;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::any::Any;
use tracing::{error, info};

/// For every answer, whatever it is: none is guessed at or told to the next site.
const ALWAYS: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];
/// For answers that do not say more: nothing may be loaded or sent.
const STRICTEST: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// Watches one request from its coming to its answer.
pub(crate) async fn watch(
    State(state): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let came_at = state.clock.now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    request.extensions_mut().insert(Nonce::generate(&*state.ids));
    let mut response = next.run(request).await;
    let may_be_framed = response.extensions_mut().remove::<MayBeFramed>().is_some();
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !may_be_framed {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(STRICTEST);
    headers.entry(header::CACHE_CONTROL).or_insert(NO_STORE);
    let duration = state.clock.now().duration_since(came_at);
    info!(
        http.method = %method,
        http.route = route.as_ref().map_or("none", MatchedPath::as_str),
        http.status = response.status().as_u16(),
        duration_micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX),
        "page answered"
    );
    response
}

/// A panic in a page is one failed request, not a lost connection.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
pub(crate) fn answer_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    error!(panic = text, "a page panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong. Please try again.").into_response()
}
