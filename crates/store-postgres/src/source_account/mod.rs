//! Verbs about source accounts. The rows are in `rows`.

mod rows;
mod verbs;

pub(crate) use rows::{disconnect_all, find, set_connected};
