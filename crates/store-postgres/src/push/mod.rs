//! Verbs about pushes. Accepting one has a file of its own; the rows are in `rows`.

mod accept;
mod rows;
mod verbs;

pub(crate) use rows::{operation_of, validation_of, validation_text};
