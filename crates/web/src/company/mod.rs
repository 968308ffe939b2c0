//! The page of a company's link: which software its books are in, and what is connected already. Choosing leads to the
//! pages of a connection, of which there is one for each software.

mod choose;
mod pictures;

pub(crate) use pictures::pictures;

use crate::state::Shared;
use axum::Router;
use axum::routing::get;

/// Where a company's pages begin.
const HOME: &str = "/link/company/{companyId}";
/// Below it: chooses software.
const SOFTWARE: &str = "software";
/// Below it: ends the visit.
const CANCEL: &str = "cancel";

/// The pages.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route(HOME, get(choose::show))
        .route(&format!("{HOME}/{SOFTWARE}"), get(choose::go_back).post(choose::choose))
        .route(&format!("{HOME}/{CANCEL}"), get(choose::cancel))
}
