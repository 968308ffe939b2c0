//! The only HTTP client of the server: it bounds every call in time and size, follows no redirect, and tells when to
//! try again. What is called and what an answer means is the caller's business.
//!
//! It reaches whatever its URL names, so it serves URLs that the operator configured. An address guard for URLs that
//! API callers choose belongs in client.rs, as the resolver of the `reqwest::Client` that is built there.

mod call;
mod client;
mod error;
mod reply;
mod retry;
mod target;

pub use call::Call;
pub use client::{Outbound, OutboundOptions};
pub use error::{CallError, ClientError, TargetError};
pub use reply::{Headers, Reply};
pub use retry::RetryHint;
pub use target::{Plaintext, Target};
