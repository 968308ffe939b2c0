//! Lease, act, settle: brings pushes, links and managed syncs to their end, and keeps house. What an attempt means is
//! decided in the domain; what is written is the store's business.

mod act;
mod desk;
mod gate;
mod housekeeping;
pub mod links;
pub mod managed_sync;
mod question;
mod rounds;
mod run;
mod send;
mod standing;
mod trouble;
pub mod webhooks;

pub use desk::Desk;
pub use gate::CountedGate;
pub use housekeeping::Housekeeper;
pub use run::{Worker, WorkerOptions};
