//! Chaos: two hundred pushes into twenty accounts, while Xero drops answers, refuses, slows down and forgets tokens, and
//! the process that delivers dies again and again. In the end the books hold every line once.
//!
//! One seed decides everything that is decided here: `MILLRACE_CHAOS_SEED` replays it. What it cannot repeat is the order
//! in which tasks that wait for sockets and databases go on, and with it at which await a process dies, and which of
//! two calls meets an ordered fault.

mod bank;
mod books;
mod customer;
mod facts;
mod fuse;
mod moments;
mod process;
mod scene;
mod story;
mod weather;
