//! Lease, act, settle: brings pushes and managed syncs to their end, and keeps house. What an attempt means is decided in the domain; what
//! is written is the store's business.

mod act;
mod housekeeping;
pub mod managed_sync;
mod run;
pub mod webhooks;

pub use housekeeping::Housekeeper;
pub use run::{Worker, WorkerOptions};
