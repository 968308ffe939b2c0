//! Whole exchanges over HTTP, on a store of a few vectors. That a real store does what this one does is proved by the
//! conformance suite; the stories on real stores are the binary's.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a fixture that cannot be made, or an answer of another shape, is a failing test"
)]

mod fake_store;
mod house;
mod requests;

mod accounts;
mod http;
mod log;
mod profile;
mod sign_on;
mod statements;
mod windows;
