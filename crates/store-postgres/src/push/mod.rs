//! Verbs about pushes. Accepting one has files of its own: what decides is in `accept`, what is written in `columns`.

mod accept;
mod columns;
mod rows;
mod verbs;

pub(crate) use rows::{operation_of, validation_text};
