//! The bank-feeds business: nouns, rules, decisions. Pure: no async, no I/O, no serialisation; time and ids are parameters.
#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic)]

// values
pub mod clock;
pub mod dates;
pub mod idempotency;
pub mod ids;
pub mod money;
pub mod page;
pub mod query;
pub mod retry;
pub mod sealed;
// nouns
pub mod access_token;
pub mod api_key;
pub mod branding;
pub mod call_budget;
pub mod client;
pub mod client_settings;
pub mod company;
pub mod connection;
pub mod credential;
pub mod delivery;
pub mod event;
pub mod fetch;
pub mod line;
pub mod link;
pub mod link_otp;
pub mod link_session;
pub mod managed_sync;
pub mod password;
pub mod push;
pub mod rate_limit;
pub mod source_account;
pub mod webhook;
pub mod work;
// rules as data
pub mod platform;
