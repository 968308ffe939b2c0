//! The only HTTP client of the server: it bounds every call in time and size, follows no redirect, and tells when to
//! try again. What is called and what an answer means is the caller's business.
//!
//! URLs that the operator configured may lead anywhere; those that callers of the API choose are called by a client
//! whose [`Reach`] is the public internet.

mod address;
mod call;
mod client;
mod error;
mod guard;
mod reach;
mod reply;
mod resolver;
mod retry;
mod subnet;
mod target;
mod way;

pub use call::Call;
pub use client::{Carried, Carrier, Outbound, OutboundOptions};
pub use error::{CallError, ClientError, TargetError};
pub use reach::Reach;
pub use reply::{Headers, Reply};
pub use resolver::{Resolver, SystemResolver};
pub use retry::RetryHint;
pub use subnet::{Subnet, SubnetError};
pub use target::{Plaintext, Target};
pub use way::is_proxy;
