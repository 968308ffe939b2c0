//! Millrace's store on SQLite: one writer that commits many requests together, many readers. What the methods mean is
//! written in the crate `store`; this one only says how. One machine, any number of processes.

mod error;
mod health;
mod json;
mod ledger;
mod open;
mod path;
mod readers;
mod row;
mod schema;
#[cfg(feature = "simulation")]
mod simulation;
mod sql;
mod writer;

mod access_token;
mod api_key;
mod branding;
mod call;
mod client;
mod client_settings;
mod company;
mod connection;
mod credential;
mod delivery;
mod event;
mod fetch;
mod idempotency;
mod inspection;
mod installation;
mod line;
mod link;
mod link_session;
mod managed_sync;
mod push;
mod rate_limit;
mod source_account;
mod webhook_consumer;
mod webhook_delivery;
mod work;

pub use open::{SqliteOptions, SqliteStore};
#[cfg(feature = "simulation")]
pub use simulation::{Disk, StoreCall, Turnstile};

/// SQLite's handle, named apart from the domain's connections.
use rusqlite::Connection as Database;
