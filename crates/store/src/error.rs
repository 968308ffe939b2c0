//! Why a store could not answer. Answers such as "not found" or "exists already" are not errors; they are in the
//! methods' own types.

use crate::Outage;
use thiserror::Error;

/// One variant for each different next step.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Call again in a moment: the database is overloaded, or somebody else was in the way.
    #[error("the database cannot answer now: {0}")]
    Busy(String),
    /// Call again until the cause is mended; if it lasts, it is the operator who mends it.
    #[error("{}: {detail}", .outage.words())]
    Unavailable {
        /// What is wrong, for everybody.
        outage: Outage,
        /// The same in the database's words, for the operator.
        detail: String,
    },
    /// The program is older than the data.
    #[error(
        "the database has schema version {found}, this program knows versions up to {known}: use a newer Millrace, or another database"
    )]
    SchemaTooNew {
        /// Of the database.
        found: u32,
        /// Of the program.
        known: u32,
    },
    /// Migrations are due and forbidden.
    #[error(
        "the database has schema version {found}, this program needs {needed}: run `millrace migrate`, or start without --no-migrate"
    )]
    SchemaTooOld {
        /// Of the database.
        found: u32,
        /// Of the program.
        needed: u32,
    },
    /// What is kept cannot be read back.
    #[error("the database holds something that Millrace did not write: {0}")]
    Damaged(String),
    /// Tell the operator.
    #[error("the database failed: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}
