//! The bank-feeds business: nouns, rules, decisions. Pure: no async, no I/O, no serialisation; time and ids are parameters.
#![deny(clippy::arithmetic_side_effects, clippy::float_arithmetic)]

// values
pub mod dates;
pub mod money;
pub mod ids;
pub mod clock;
pub mod page;
pub mod query;
pub mod retry;
// nouns
pub mod client;
pub mod api_key;
pub mod company;
pub mod connection;
pub mod link_otp;
pub mod source_account;
pub mod credential;
pub mod line;
pub mod push;
pub mod fetch;
pub mod event;
pub mod work;
// rules as data
pub mod platform;
