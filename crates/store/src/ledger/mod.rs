//! How the lines of an account are kept, in both databases: one small head, rewritten by every push, and chunks that are
//! only ever added. What they hold is decided and encoded here; fetching and putting the bytes is the backends'.
#![deny(clippy::arithmetic_side_effects)]

mod alike;
mod append;
mod bytes;
mod chunk;
mod damage;
mod days;
mod directory;
mod fingerprint;
mod head;
mod id;
mod index;
mod line;
mod plan;
mod prepared;
mod run;
mod segment;
mod suspects;
mod texts;

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test, as it should")]
mod plan_tests;
#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test, as it should")]
mod samples;
#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "an overflow fails the test, as it should")]
mod tests;

pub use append::{Append, append};
pub use chunk::{ChunkKind, ChunkNo};
pub use damage::Damage;
pub use directory::{Directory, SegmentEntry};
pub use head::Head;
pub use index::{IndexPart, IndexPlace};
pub use plan::{ListPlan, sort_by_date};
pub use prepared::{NewSegment, Prepared};
pub use run::Run;
pub use segment::{decode_lines_at, decode_segment, decode_window, encode_segment};
pub use suspects::{Suspect, Wanted, suspects};
