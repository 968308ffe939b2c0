//! Ours, beside the contract: what really happened to lines, and where accounts lead. Everything here stands under /ext/v1.

mod account;
mod branding;
mod fetch;
mod managed_sync;
mod mapping;
mod push;
mod statement;
mod webhook;

use crate::surface::Surface;

/// Every operation of ours that there is.
pub(crate) fn surface() -> Surface {
    Surface::default()
        .merge(push::surface())
        .merge(account::surface())
        .merge(managed_sync::surface())
        .merge(mapping::surface())
        .merge(webhook::surface())
        .merge(branding::surface())
}
