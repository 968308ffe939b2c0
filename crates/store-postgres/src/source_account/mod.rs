//! Verbs about source accounts. The rows are in `rows`.

mod rows;
mod verbs;

pub(crate) use rows::{change, disconnect_all, find, set_connected};
