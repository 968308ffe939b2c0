//! The pages of a link: how it is opened, and what a visit begins with.

mod show;
mod start;

use crate::attempts::Attempts;
use crate::state::Shared;
use axum::routing::get;
use axum::{Extension, Router};
use std::sync::Arc;

/// As the JSON door writes it into `linkUrl`.
const START: &str = "/companies/{companyId}/connections/{connectionId}/start";
const HOME: &str = "/link/{connectionId}";

/// The pages.
pub(crate) fn routes() -> Router<Shared> {
    let attempts = Arc::new(Attempts::default());
    Router::new()
        .route(START, get(start::open_link).head(start::announce).layer(Extension(attempts)))
        .route(HOME, get(show::show_link))
}
