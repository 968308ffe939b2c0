//! A client's stylesheet and images, for whoever sees its pages. Each has a name that changes with its content, so that
//! browsers may keep it. Images are shown and nothing else: none runs or fetches anything, whatever it is.

use crate::assets::{FOREVER, name_of};
use crate::palette::stylesheet;
use crate::state::{Shared, WebState};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::branding::{BRAND_FOLDER, BrandImage, ImageHash};
use domain::ids::ClientId;
use store::StoreError;
use tracing::error;

/// An SVG may have styles of its own.
const IMAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
/// For a stylesheet that is asked for by an old name: whoever has the old page gets the new colours.
const NOT_KEPT: &str = "no-cache";

/// Where a client's stylesheet is.
pub(crate) fn style_path(client: ClientId, css: &str) -> String {
    format!("{BRAND_FOLDER}/{client}/{}.css", name_of(css.as_bytes()))
}

/// The files.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().route(&format!("{BRAND_FOLDER}/{{clientId}}/{{file}}"), get(get_file))
}

async fn get_file(
    State(state): State<Shared>,
    Path((client, file)): Path<(String, String)>,
) -> Response {
    let found = match ClientId::parse(&client) {
        Some(client) => find(&state, client, &file).await,
        None => Ok(None),
    };
    match found {
        Ok(Some(response)) => response,
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            error!(%error, "a client's file could not be read");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

async fn find(
    state: &WebState,
    client: ClientId,
    file: &str,
) -> Result<Option<Response>, StoreError> {
    let Some((name, kind)) = file.split_once('.') else { return Ok(None) };
    if kind == "css" {
        let look = state.store.find_branding(client).await?.look;
        return Ok(stylesheet(&look).map(|css| show_style(css, name)));
    }
    let Some(hash) = ImageHash::parse(name) else { return Ok(None) };
    let image = state.store.find_brand_image(client, hash).await?;
    Ok(image.filter(|image| image.kind.name() == kind).map(show_image))
}

fn show_style(css: String, name: &str) -> Response {
    let cached = if name_of(css.as_bytes()) == name { FOREVER } else { NOT_KEPT };
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, cached)];
    (headers, css).into_response()
}

fn show_image(image: BrandImage) -> Response {
    let headers = [
        (header::CONTENT_TYPE, image.kind.content_type()),
        (header::CACHE_CONTROL, FOREVER),
        (header::CONTENT_SECURITY_POLICY, IMAGE_POLICY),
    ];
    (headers, image.bytes).into_response()
}
