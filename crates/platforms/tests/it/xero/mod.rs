//! Xero's adapter against a simulated Xero that listens.

mod access;
mod feeds;
mod lost;
mod server;
mod statements;
mod trouble;
