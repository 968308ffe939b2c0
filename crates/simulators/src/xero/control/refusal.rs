//! Bodies of the control API, and why a call of it is not done.

use crate::xero::ids::Id;
use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::json;

/// Why a call is not done.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The body is not what it should be.
    Body(String),
    /// What the path names is not there.
    NotFound(&'static str),
}

/// Reads a body; none is an empty object.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    let body = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(|error| Refusal::Body(error.to_string()))
}

/// Reads an id in a path.
pub(super) fn id(text: &str, what: &'static str) -> Result<Id, Refusal> {
    Id::parse(text).ok_or(Refusal::NotFound(what))
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::Body(error) => (StatusCode::BAD_REQUEST, error),
            Self::NotFound(what) => (StatusCode::NOT_FOUND, format!("there is no such {what}")),
        };
        (status, Json(json!({ "error": error }))).into_response()
    }
}
