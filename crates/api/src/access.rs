//! The outermost layer: a correlation id for every answer, one line in the log for every request, and the net that
//! catches panics. What a log must not hold — query strings, bodies, keys — never gets here.

use crate::auth::Caller;
use crate::envelope::{ApiError, finish};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Extensions, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::clock::Clock;
use domain::ids::{IdSource, random_uuid};
use std::any::Any;
use std::sync::Arc;
use tracing::info;

/// Where an answer has its correlation id.
pub(crate) const CORRELATION_HEADER: HeaderName = HeaderName::from_static("x-correlation-id");

/// Names a request in its answer and in the log.
#[derive(Clone, Debug)]
pub(crate) struct CorrelationId(String);

impl CorrelationId {
    /// The one that the layer gave.
    pub(crate) fn of(extensions: &Extensions) -> String {
        extensions.get::<Self>().map(|id| id.0.clone()).unwrap_or_default()
    }
}

/// What the layer needs.
#[derive(Clone, Debug)]
pub(crate) struct Watch {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
}

/// Watches one request from its coming to its answer.
pub(crate) async fn watch(
    State(watch): State<Watch>,
    mut request: Request,
    next: Next,
) -> Response {
    let came_at = watch.clock.now();
    let correlation_id = name(&*watch.ids);
    request.extensions_mut().insert(CorrelationId(correlation_id.clone()));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();

    let mut response = finish(next.run(request).await, &correlation_id);
    if let Ok(value) = HeaderValue::from_str(&correlation_id) {
        response.headers_mut().insert(CORRELATION_HEADER, value);
    }
    // Answers hold secrets and link passwords: no cache between us and the caller may keep them.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

    let client = response.extensions().get::<Caller>().map(|caller| caller.client.to_string());
    let duration = watch.clock.now().duration_since(came_at);
    info!(
        http.method = %method,
        http.route = route.as_ref().map_or("none", MatchedPath::as_str),
        http.status = response.status().as_u16(),
        duration_micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX),
        correlation.id = correlation_id,
        client.id = client.as_deref().unwrap_or("none"),
        "request answered"
    );
    response
}

/// A new correlation id.
pub(crate) fn name(ids: &dyn IdSource) -> String {
    random_uuid(ids).simple().to_string()
}

/// A panic in a handler is one failed request, not a lost connection.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
pub(crate) fn answer_panic(panic: Box<dyn Any + Send>) -> Response {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    ApiError::internal(format!("panic: {text}")).into_response()
}
