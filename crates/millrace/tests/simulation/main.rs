//! Worlds: clients push, platforms fetch and fail, accounts are given up, endpoints go away, processes die, the power is cut
//! and the clock is set wrong, all of it drawn from a seed, in one process and on one thread. In the end the facts must
//! hold. What a seed brought once it brings again.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on has failed, and says how it is repeated"
)]
#![expect(
    clippy::disallowed_methods,
    reason = "what is outside of a process runs on tasks of its own; a run says how long it took"
)]

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

// a world
mod clock;
mod count;
mod disk;
mod net;
mod process;
mod setting;
mod sink;
mod stage;
#[path = "../../src/words.rs"]
mod words;
mod world;

// who acts in it
mod bank;
mod client;
mod customer;
mod partings;
mod quickbooks;
mod xero;

// what happens, and what must be true then
mod books;
mod facts;
mod heard;
mod rest;
mod story;

mod run;
