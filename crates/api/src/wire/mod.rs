//! The shapes that answers have on the wire. What is null, what is left out and what is always there follows the
//! published libraries, each of which fails at something that another needs.

mod company;
mod connection;
mod echo;
mod line;
mod link;
mod managed_sync;
mod number;
mod push;
mod shown;
mod source_account;

pub(crate) use company::{CompanyShape, PRODUCTS};
pub(crate) use connection::ConnectionShape;
pub(crate) use echo::Echo;
pub(crate) use line::LineShape;
pub(crate) use link::Links;
pub(crate) use managed_sync::SyncShape;
pub(crate) use number::Number;
pub(crate) use push::OperationShape;
pub(crate) use shown::Shown;
pub(crate) use source_account::AccountShape;

#[cfg(test)]
mod tests;
