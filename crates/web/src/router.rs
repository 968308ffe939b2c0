//! All routes of the door, and the layers around them.

use crate::access::{answer_panic, watch};
use crate::framing::with_framed;
use crate::state::{Shared, WebState};
use crate::{assets, authorize, brand_files, company, link, mapping, quickbooks};
use axum::Router;
use axum::middleware::from_fn_with_state;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

/// The door. Paths that it does not know are left to the router that it is merged with.
pub fn router(state: WebState) -> Router {
    let shared: Shared = Arc::new(state);
    let pages = Router::new()
        .merge(link::routes())
        .merge(company::routes())
        .merge(quickbooks::routes())
        .merge(authorize::routes())
        .merge(brand_files::routes())
        .merge(mapping::routes())
        .with_state(Arc::clone(&shared));
    with_framed(pages)
        .merge(assets::routes())
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(from_fn_with_state(shared, watch))
}
