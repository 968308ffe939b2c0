//! Millrace's store on PostgreSQL. Any number of processes may use one database: work is leased, and whatever two
//! processes could do to one row at once is decided under that row's lock. What each verb means is said in `store`.

// how the database is reached
mod fault;
mod migrate;
mod options;
mod postgres;
mod presence;
mod relay;
mod session;
mod tls;
// how values are written down
mod columns;
mod text;
// the lines of an account
mod chunk;
mod ledger;
mod run_cache;
// the nouns
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

pub use options::{CONNECTIONS_MAX_DEFAULT, PostgresOptions};
pub use postgres::PostgresStore;
