//! What pages look like: one stylesheet, under a name that changes with its content, so that browsers may keep it.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const STYLE: &str = include_str!("../assets/link.css");
/// Enough to tell two versions apart.
const HASH_BYTES: usize = 8;

static STYLE_FILE: LazyLock<String> = LazyLock::new(|| {
    let digest = Sha256::digest(STYLE);
    let start = digest.iter().take(HASH_BYTES);
    let digits = start.flat_map(|byte| [byte >> 4, byte & 0xf]);
    let hash: String = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
    format!("{hash}.css")
});

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
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, STYLE).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How bright a colour of the stylesheet is, by WCAG's formula.
    fn luminance(name: &str) -> f64 {
        let (_, rest) = STYLE.split_once(&format!("--{name}: #")).unwrap();
        let channel = |start: usize| {
            let value = u8::from_str_radix(rest.get(start..start + 2).unwrap(), 16).unwrap();
            let share = f64::from(value) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
    }

    #[test]
    fn colours_can_be_told_apart() {
        for (front, back, least) in [
            ("ink", "paper", 7.0),
            ("ink", "ground", 7.0),
            ("ink-soft", "paper", 4.5),
            ("ink-soft", "ground", 4.5),
            ("ink", "accent-pale", 4.5),
            ("accent", "paper", 4.5),
            ("accent", "ground", 3.0),
            ("accent-dark", "paper", 4.5),
            ("accent-dark", "ground", 4.5),
            ("accent-dark", "accent-pale", 4.5),
            ("danger", "paper", 4.5),
            ("good", "good-pale", 4.5),
            ("warning", "warning-pale", 4.5),
            ("edge", "paper", 3.0),
            ("edge", "ground", 3.0),
        ] {
            let (one, other) = (luminance(front), luminance(back));
            let contrast = (one.max(other) + 0.05) / (one.min(other) + 0.05);
            assert!(contrast >= least, "{front} on {back}: {contrast:.2}");
        }
    }

    #[test]
    fn nothing_is_loaded_from_elsewhere() {
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    }
}
