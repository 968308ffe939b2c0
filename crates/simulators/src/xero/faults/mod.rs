//! What can go wrong on Xero's side, by order of the control API.

mod broken_body;
mod drift;
mod fault;
mod order;

pub(crate) use broken_body::{dripping, dropped, truncated};
pub(crate) use drift::{Drift, drifted};
pub(crate) use fault::Fault;
pub(crate) use order::{Order, Orders, Played};
