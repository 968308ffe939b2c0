//! Real crashes: the binary under load is killed with SIGKILL at random moments, sometimes with its PostgreSQL, and started
//! again on what it has kept. What it had acknowledged must be there, and the books must hold every line once.
//!
//! The seed decides what is sent and when somebody is killed. What it cannot repeat is how far the server is by then.

mod bank;
mod facts;
mod house;
mod scene;
mod tally;
mod teller;
mod worlds;

pub(crate) use worlds::{Plan, run};
