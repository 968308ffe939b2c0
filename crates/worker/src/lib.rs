//! Lease, act, settle: brings pushes to their end. What an attempt means is `domain::push::settle`'s decision; what is
//! written is the store's business.

mod act;
mod run;

pub use run::{Worker, WorkerOptions};
