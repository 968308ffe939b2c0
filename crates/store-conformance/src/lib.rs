//! What every store must do, one case for each fact; both backends run all of it.
#![expect(missing_docs, reason = "a case's name is its documentation")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a case fails by panicking, as a test does"
)]

mod backend;
mod lists;
mod suite;
mod webhook_world;
mod world;

pub mod access_token;
pub mod api_key;
pub mod branding;
pub mod call;
pub mod client;
pub mod client_settings;
pub mod clock;
pub mod company;
pub mod connection;
pub mod credential;
pub mod delivery;
pub mod event;
pub mod fetch;
pub mod idempotency;
pub mod inspection;
pub mod installation;
pub mod known_line;
pub mod line;
pub mod link;
pub mod link_session;
pub mod managed_sync;
pub mod model;
pub mod push;
pub mod rate_limit;
pub mod settlement;
pub mod source_account;
pub mod webhook_consumer;
pub mod webhook_delivery;
pub mod work;

pub use backend::{Backend, Kept};
