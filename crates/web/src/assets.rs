//! Files of pages: a stylesheet and a script, under names that change with their content, so that browsers may keep them;
//! and the script that shows pages within a page of a client's own, under a name that stays.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// Everybody's stylesheet.
pub(crate) const STYLE: &str = include_str!("../assets/link.css");
/// Everybody's script.
pub(crate) const SCRIPT: &str = include_str!("../assets/link.js");
/// What a page of a client's own loads.
const EMBED: &str = include_str!("../assets/embed.js");
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
/// For what never changes under its name.
pub(crate) const FOREVER: &str = "public, max-age=31536000, immutable";
/// Enough to tell two versions apart.
const HASH_BYTES: usize = 8;

/// A file under a name that stays is asked for again after so long.
const FOR_A_WHILE: &str = "public, max-age=300";

static STYLE_FILE: LazyLock<String> =
    LazyLock::new(|| format!("{}.css", name_of(STYLE.as_bytes())));
static SCRIPT_FILE: LazyLock<String> =
    LazyLock::new(|| format!("{}.js", name_of(SCRIPT.as_bytes())));

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

/// Where the script is.
pub(crate) fn script_path() -> String {
    format!("/link/assets/{}", *SCRIPT_FILE)
}

/// The files, for whoever asks.
pub(crate) fn routes() -> Router {
    Router::new()
        .route("/link/assets/{file}", get(get_file))
        .route("/link/embed.js", get(async || send(JAVASCRIPT, FOR_A_WHILE, EMBED)))
}

async fn get_file(Path(file): Path<String>) -> Response {
    match file {
        file if file == *STYLE_FILE => send(CSS, FOREVER, STYLE),
        file if file == *SCRIPT_FILE => send(JAVASCRIPT, FOREVER, SCRIPT),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn send(kind: &'static str, life: &'static str, content: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, life)], content).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    }
}
