//! Xero's simulator over HTTP, as a client of it sees it.

mod identity;
mod server;
mod story;
