//! HTTP: one address, one method. Whatever is OFX is answered in OFX with status 200, even a wrong password; the rest is
//! answered in plain text. An answer always tells its length, because some clients read the raw socket.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::post;
use ofx::Fault;

use crate::body::{BodyFault, read_body};
use crate::exchange::{Unanswered, exchange};
use crate::journal;
use crate::state::OfxState;

/// Where the door is.
const PATH: &str = "/ofx";
const OFX: &str = "application/x-ofx";
const PLAIN_TEXT: &str = "text/plain; charset=utf-8";
/// Long enough for the passwords that wait, short enough for a person who waits.
const RETRY_AFTER_SECS: &str = "5";

/// The door, to be put beside the others.
pub fn router(state: OfxState) -> Router {
    Router::new().route(PATH, post(knock).fallback(wrong_method)).with_state(Arc::new(state))
}

async fn knock(State(state): State<Arc<OfxState>>, request: Request) -> Response {
    match answer(&state, request).await {
        Ok(file) => reply(StatusCode::OK, OFX, file),
        Err(away) => away.into_reply(),
    }
}

async fn answer(state: &OfxState, request: Request) -> Result<Vec<u8>, TurnedAway> {
    let (parts, body) = request.into_parts();
    let body = read_body(&parts.headers, body, state.options.body_bytes_max).await?;
    Ok(exchange(state, &body, &user_agent(&parts.headers)).await?)
}

/// What a request is answered that there is no place for.
pub fn turned_away() -> Response {
    TurnedAway::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "the server has too much to do, try again later",
    )
    .with(header::RETRY_AFTER, RETRY_AFTER_SECS)
    .reply()
}

fn user_agent(headers: &HeaderMap) -> String {
    let value = headers.get(header::USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
    String::from_utf8_lossy(value).into_owned()
}

async fn wrong_method() -> Response {
    let away = TurnedAway::new(StatusCode::METHOD_NOT_ALLOWED, "send OFX requests with POST");
    away.with(header::ALLOW, "POST").into_reply()
}

/// An answer in plain text, and why.
#[derive(Debug)]
struct TurnedAway {
    status: StatusCode,
    reason: String,
    more: Option<(HeaderName, &'static str)>,
}

impl TurnedAway {
    fn new(status: StatusCode, reason: impl Into<String>) -> Self {
        Self { status, reason: reason.into(), more: None }
    }

    fn with(self, name: HeaderName, value: &'static str) -> Self {
        Self { more: Some((name, value)), ..self }
    }

    fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "the request is too long")
    }

    fn into_reply(self) -> Response {
        journal::turned_away(&self.reason, self.status.as_u16());
        self.reply()
    }

    fn reply(self) -> Response {
        let mut reply = reply(self.status, PLAIN_TEXT, format!("{}\n", self.reason).into_bytes());
        if let Some((name, value)) = self.more {
            reply.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        reply
    }
}

impl From<BodyFault> for TurnedAway {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge => Self::too_large(),
            BodyFault::Slow => {
                Self::new(StatusCode::REQUEST_TIMEOUT, "the request took too long to arrive")
            }
            BodyFault::Broken => Self::new(StatusCode::BAD_REQUEST, "the request broke off"),
        }
    }
}

impl From<Unanswered> for TurnedAway {
    fn from(unanswered: Unanswered) -> Self {
        let reason = unanswered.to_string();
        match unanswered {
            Unanswered::NotOfx(error) if matches!(error.fault, Fault::TooLarge(_)) => {
                Self::too_large()
            }
            Unanswered::NotOfx(_) => Self::new(StatusCode::BAD_REQUEST, reason),
            Unanswered::Overloaded => Self::new(StatusCode::SERVICE_UNAVAILABLE, reason)
                .with(header::RETRY_AFTER, RETRY_AFTER_SECS),
            Unanswered::Clock => Self::new(StatusCode::INTERNAL_SERVER_ERROR, reason),
        }
    }
}

fn reply(status: StatusCode, content_type: &'static str, body: Vec<u8>) -> Response {
    let length = HeaderValue::from(body.len());
    let mut reply = Response::new(Body::from(body));
    *reply.status_mut() = status;
    let headers = reply.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_LENGTH, length);
    // Statements are nobody's to keep on the way.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}
