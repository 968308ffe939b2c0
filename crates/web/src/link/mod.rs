//! The pages of a link: how it is opened, what a visit begins with, and how it ends.

mod ending;
mod show;
mod start;

pub(crate) use ending::pictures;

use crate::attempts::Attempts;
use crate::state::Shared;
use axum::routing::get;
use axum::{Extension, Router};
use std::sync::Arc;

/// As the JSON door writes it into `linkUrl`.
const START: &str = "/companies/{companyId}/connections/{connectionId}/start";
/// Where a connection's pages begin.
pub(crate) const HOME: &str = "/link/{connectionId}";

/// The pages.
pub(crate) fn routes() -> Router<Shared> {
    let attempts = Arc::new(Attempts::default());
    Router::new()
        .route(START, get(start::open_link).head(start::announce).layer(Extension(attempts)))
        .route(HOME, get(show::show_link))
        .route(&format!("{HOME}/finish"), get(ending::finish))
        .route(&format!("{HOME}/cancel"), get(ending::cancel))
}
