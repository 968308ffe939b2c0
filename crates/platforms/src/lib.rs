//! What is asked of the platforms that are sent lines, and an adapter for each.
//!
//! An adapter keeps nothing: tokens come in as arguments and go out as results, and what was tried is the caller's to
//! remember. It leaves out when to call, how often to try again and what becomes of a push.

mod access;
mod error;
mod feed;
mod gate;
mod known;
mod platform;
mod statement;
pub mod xero;

pub use access::{Access, CallbackError, Code, Consent, Secret, Tokens};
pub use domain::link::{Company, Organisation, TargetAccount, TargetKind};
pub use error::{PlatformError, Reason, ReasonKind, Remedy};
pub use feed::{Feed, FeedDraft, FeedStage, FeedTarget};
pub use gate::{Gate, OpenGate};
pub use known::Platforms;
pub use platform::{
    Authorizes, ConnectsFeeds, ListsAccounts, ListsOrganisations, Platform, TakesStatements,
};
pub use statement::{Cut, LinesToCut, Receipt, Statement, StatementStage};
