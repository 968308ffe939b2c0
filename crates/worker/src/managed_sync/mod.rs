//! Managed syncs: fetches an account's lines from the bank and pushes them like any caller would. What a sync asks for
//! and what its end means is decided in `domain::managed_sync`.
//!
//! source.rs is the seam to the bank; http.rs, template.rs and wire.rs are the bank that the operator configures.
//! gather.rs reads everything, `hand_over.rs` pushes it, run.rs leases and settles.

mod gather;
mod hand_over;
mod http;
mod run;
mod source;
mod template;
mod wire;

pub use http::{BankError, HttpBank, HttpBankOptions};
pub use run::{SyncWorker, SyncWorkerOptions};
pub use source::{BankPage, BankRefusal, BankRequest, BankSource};
pub use template::{TemplateError, UrlTemplate};
