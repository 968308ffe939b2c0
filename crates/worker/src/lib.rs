//! Lease, act, settle: brings pushes and managed syncs to their end. What an attempt means is decided in the domain; what
//! is written is the store's business.

mod act;
pub mod managed_sync;
mod run;

pub use run::{Worker, WorkerOptions};
