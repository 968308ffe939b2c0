//! What pages look like: one stylesheet, under a name that changes with its content, so that browsers may keep it.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// Everybody's stylesheet.
pub(crate) const STYLE: &str = include_str!("../assets/link.css");
/// For what never changes under its name.
pub(crate) const FOREVER: &str = "public, max-age=31536000, immutable";
/// Enough to tell two versions apart.
const HASH_BYTES: usize = 8;

static STYLE_FILE: LazyLock<String> =
    LazyLock::new(|| format!("{}.css", name_of(STYLE.as_bytes())));

/// A name that changes with the content.
pub(crate) fn name_of(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    let start = digest.iter().take(HASH_BYTES);
    let digits = start.flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// Where the stylesheet is.
pub(crate) fn style_path() -> String {
    format!("/link/assets/{}", *STYLE_FILE)
}

/// The files, for whoever asks.
pub(crate) fn routes() -> Router {
    Router::new().route("/link/assets/{file}", get(get_file))
}

async fn get_file(Path(file): Path<String>) -> Response {
    if file != *STYLE_FILE {
        return StatusCode::NOT_FOUND.into_response();
    }
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, FOREVER)];
    (headers, STYLE).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    }
}
