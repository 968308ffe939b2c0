//! Inspecting a database: what is read for it, and what must be true of what was read. Everything is read page by page
//! while others go on writing. Saying it to an operator is the binary's.

mod account;
mod beyond;
mod events;
mod facts;
mod finding;
mod ids;
mod operations;
mod statements;
mod verbs;
mod visit;
mod walk;

#[cfg(test)]
mod tests;

pub use account::{Inspected, Inspector};
pub use events::EventInspector;
pub use finding::{DeepCheck, Finding, Place};
pub use verbs::{
    EventSeries, Inspections, LedgerMark, SeenChunk, SeenEvent, SeenIndex, SeenLedger, SeenPush,
    SeenStatement,
};
