//! What the door offers: every route together with what it takes, what it answers and who may call it. The router, the
//! access that a company's token has and the OpenAPI documents are made of the same table, so they cannot disagree. What
//! an operation does is in nouns/, platforms/ and ext/.

mod document;
pub(crate) mod formats;
mod operation;
mod page;
mod parameter;
mod table;

pub use document::Edition;
pub(crate) use document::describe;
pub(crate) use operation::{Area, Operation};
pub(crate) use page::{CONTENT_POLICY, render};
pub(crate) use parameter::{LISTING, Parameter};
pub(crate) use table::Surface;
