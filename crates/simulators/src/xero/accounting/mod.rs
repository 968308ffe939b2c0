//! The little of the accounting API that a bank's feeds need: accounts to choose from, and whose they are.

mod date;
mod filter;
mod routes;
mod xml;

pub(crate) use routes::{get_organisation, list_accounts};
