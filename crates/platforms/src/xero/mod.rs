//! Xero: OAuth 2.0, tenants, bank feeds. One statement for a request.
//!
//! `capabilities` says what it can do. Each ability has a file (`oauth`, `tenants`, `feeds`, `statements`), and all go
//! the same way: `map` makes our nouns Xero's and back, `wire` is its JSON, `client` makes the call, `answer` says what
//! a refusal means.

mod answer;
mod capabilities;
mod client;
mod cut;
mod feeds;
mod map;
mod oauth;
mod options;
mod statements;
mod tenants;
mod wire;

/// The cutter by itself, for `fuzz-checks`: through the adapter it takes a thousand lines to meet a bound.
#[doc(hidden)]
pub mod cutting {
    pub use super::cut::{Bounds, cut};
    pub use super::map::bytes_asked;
}

pub use capabilities::Xero;
pub use options::{OptionsError, XeroOptions, XeroUrls};
