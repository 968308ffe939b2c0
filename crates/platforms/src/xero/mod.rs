//! Xero: OAuth 2.0, tenants, bank feeds. One statement for a request.

mod adapter;
mod answer;
mod client;
mod cut;
mod feeds;
mod map;
mod oauth;
mod options;
mod statements;
mod tenants;
mod wire;

pub use adapter::Xero;
pub use options::{OptionsError, XeroOptions, XeroUrls};
