//! Source accounts: making them one by one and many at once, and what may be changed on them.

mod operations;

mod batch;
mod body;

pub(super) use operations::surface;

pub(crate) use operations::load_accounts;
