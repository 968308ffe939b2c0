//! Everything that every store must do, and what is SQLite's own: one file, several handles, files that outlive a crash.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot be set up fails by panicking"
)]

mod backend;
mod files;
mod schema;
mod several;
mod signal;

store_conformance::suite!(crate::backend::empty);
