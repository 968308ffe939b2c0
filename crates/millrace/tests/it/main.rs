//! Stories through the real binary: what a bank's engineer, a customer and an operator live through. Facts about one
//! crate are tested in that crate.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on has failed"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "stories happen at the real time, in a real environment, on tasks of their own"
)]

mod browser;
mod chaos;
mod crash;
mod faults;
mod harness;
mod hooks;
mod link;
mod mapping;
mod stories;
mod syncs;
#[path = "../../src/words.rs"]
mod words;
mod xero;
