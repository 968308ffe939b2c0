//! The contract's operations, one file or folder for each noun: its routes on top, then its handlers, all alike: parse,
//! load, decide, store, show.

mod company;
mod connection;
mod credential;
mod line;
mod push;
mod source_account;

pub(crate) use push::load_push;
pub(crate) use source_account::load_accounts;

use crate::state::Shared;
use crate::surface::Surface;
use axum::Router;

/// Every operation of the contract that there is.
pub(crate) fn surface() -> Surface {
    Surface::default().merge(company::surface())
}

/// Every route of the contract that there is.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .merge(surface().into_router())
        .merge(connection::routes())
        .merge(source_account::routes())
        .merge(credential::routes())
        .merge(push::routes())
        .merge(line::routes())
}
