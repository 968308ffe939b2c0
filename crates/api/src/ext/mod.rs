//! Ours, beside the contract: what really happened to lines. Everything here stands under /ext/v1.

mod account;
mod fetch;
mod push;

use crate::state::Shared;
use axum::Router;

/// Every route of ours that there is.
pub(crate) fn routes() -> Router<Shared> {
    Router::new().merge(push::routes()).merge(account::routes())
}
