//! Xero as a bank sees it: identity, connections, the little of accounting that feeds need, and bank feeds.

mod accounting;
mod amount;
mod control;
mod door;
mod faults;
mod feeds;
mod identity;
mod ids;
mod operation;
mod organisation;
mod problem;
mod router;
mod settings;
mod simulator;
mod world;

pub use router::router;
pub use simulator::Xero;
