//! The JSON door: Codat-compatible operations, and ours under /ext/v1. It knows the store's traits, never a database,
//! and calls no platform.

mod router;
mod state;

// what every operation goes through
mod access;
mod auth;
mod compat;
mod cors;
mod envelope;
mod idempotency;
mod json;
mod leftover;
mod limits;
mod locate;
mod paging;
mod query;
mod sealing;
mod surface;
mod turn;

// the operations, and what they show
mod books;
mod ext;
mod messages;
mod nouns;
mod platforms;
mod wire;

#[doc(hidden)]
pub mod bare;

#[cfg(test)]
mod sample;

pub use leftover::discard_body;
pub use limits::Limits;
pub use messages::{Messages, Receiver};
pub use router::{openapi, router};
pub use state::ApiState;
pub use surface::Edition;
pub use turn::{give_back, is_answered, take_again, turned_away, with_turn};
