//! Stories through the real binary: what a bank's engineer, a customer and an operator live through. Facts about one
//! crate are tested in that crate.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod harness;
mod stories;
