//! One attempt at a push to a platform that is sent to. Its lines are cut into statements, which go one after the other;
//! what was sent is kept before it is sent, so that an answer that is lost is looked up before anything is sent again.

mod count;
mod courier;
mod failure;
mod statement;

pub(crate) use count::sent_so_far;
pub(crate) use courier::{Attempt, attempt};
