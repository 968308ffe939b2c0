//! The contract's operations, one file or folder for each noun: its part of the surface on top, then its handlers, all alike: parse,
//! load, decide, store, show.

mod access_token;
mod api_key;
mod client_settings;
mod company;
mod connection;
mod credential;
mod line;
mod managed_sync;
mod push;
mod source_account;
mod webhook_consumer;

pub(crate) use connection::load_connection;
pub(crate) use push::{load_push, read_push};
pub(crate) use source_account::load_accounts;
pub(crate) use webhook_consumer::{TAG_LIMITS, TYPE_LIMITS, check_reach, consumer_properties};

use crate::surface::Surface;

/// Every operation of the contract that there is.
pub(crate) fn surface() -> Surface {
    Surface::default()
        .merge(company::surface())
        .merge(connection::surface())
        .merge(source_account::surface())
        .merge(credential::surface())
        .merge(push::surface())
        .merge(line::surface())
        .merge(managed_sync::surface())
        .merge(access_token::surface())
        .merge(api_key::surface())
        .merge(client_settings::surface())
        .merge(webhook_consumer::surface())
}
