//! The pages of a link: how it is opened, what a visit begins with, and how it ends.

mod ending;
mod knock;
mod show;
mod start;

pub(crate) use ending::{Content as Ended, find_way_out, pictures};

use crate::attempts::Attempts;
use crate::state::Shared;
use axum::routing::get;
use axum::{Extension, Router};
use std::sync::Arc;

/// As the JSON door writes it into a connection's `linkUrl`.
const START: &str = "/companies/{companyId}/connections/{connectionId}/start";
/// As it writes it into a company's `redirect`.
const COMPANY_START: &str = "/company/{companyId}";
/// Where a connection's pages begin.
pub(crate) const HOME: &str = "/link/{connectionId}";

/// The pages.
pub(crate) fn routes() -> Router<Shared> {
    let attempts = Arc::new(Attempts::default());
    let open = get(start::open_link).head(start::announce).layer(Extension(attempts));
    Router::new()
        .route(START, open.clone())
        .route(COMPANY_START, open)
        .route(HOME, get(show::show_link))
        .route(&format!("{HOME}/finish"), get(ending::finish))
        .route(&format!("{HOME}/cancel"), get(ending::cancel))
}
