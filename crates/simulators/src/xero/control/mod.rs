//! The control API: what is in Xero, what goes wrong next, and what came. For evaluation and tests; it asks for no key.

mod company;
mod faults;
mod look;
mod refusal;
mod routes;
mod turn;

pub(crate) use routes::routes;
