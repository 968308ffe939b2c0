//! Xero's simulator over HTTP, as a client of it sees it.

mod accounts;
mod control;
mod feeds;
mod identity;
mod limits;
mod server;
mod statements;
mod story;
mod trouble;
mod wire_trouble;
