//! Pages of a client's own that call from a browser: which origins may, and what a browser is told. It asks first
//! (without saying on whose behalf), so that question is answered if any client allows the origin; the answer to the
//! call itself is readable only for an origin that the calling client allows.

use crate::auth::Caller;
use crate::state::Shared;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::client_settings::Origin;
use tracing::warn;

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
const REQUEST_HEADERS: HeaderValue =
    HeaderValue::from_static("Authorization, Content-Type, Idempotency-Key");
const ANSWER_HEADERS: HeaderValue = HeaderValue::from_static(
    "X-Correlation-Id, Retry-After, Idempotency-Replayed, X-Rate-Limit-Limit, X-Rate-Limit-Remaining, \
     X-Rate-Limit-Reset",
);
/// How long a browser may remember the answer to its question: ten minutes after a change it asks again.
const ANSWER_SECS: HeaderValue = HeaderValue::from_static("600");

/// Answers a browser's question, and marks answers that it may show to the page.
pub(crate) async fn answer_browsers(
    State(state): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let Some(sent) = request.headers().get(header::ORIGIN).cloned() else {
        return next.run(request).await;
    };
    let origin = sent.to_str().ok().and_then(|text| Origin::parse(text).ok());
    if is_question(&request) {
        let may = is_known(&state, origin.as_ref()).await;
        return answer_question(may.then_some(sent));
    }
    let mut response = next.run(request).await;
    let caller = response.extensions().get::<Caller>().copied();
    let may_read = match caller {
        Some(caller) => is_allowed(&state, caller, origin.as_ref()).await,
        // Whoever is refused for the lack of a key should be able to read that.
        None => is_known(&state, origin.as_ref()).await,
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if may_read {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, sent);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, ANSWER_HEADERS);
    }
    response
}

/// A browser asks, before it sends, whether it may.
fn is_question(request: &Request) -> bool {
    *request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

fn answer_question(allowed: Option<HeaderValue>) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, ANSWER_SECS);
    }
    (StatusCode::NO_CONTENT, headers).into_response()
}

async fn is_known(state: &Shared, origin: Option<&Origin>) -> bool {
    let Some(origin) = origin else { return false };
    state.store.is_origin_known(origin).await.unwrap_or_else(|error| {
        warn!(%error, "a browser's question could not be answered");
        false
    })
}

async fn is_allowed(state: &Shared, caller: Caller, origin: Option<&Origin>) -> bool {
    let Some(origin) = origin else { return false };
    match state.store.list_origins(caller.client).await {
        Ok(origins) => origins.contains(origin),
        Err(error) => {
            warn!(%error, "a browser's question could not be answered");
            false
        }
    }
}
