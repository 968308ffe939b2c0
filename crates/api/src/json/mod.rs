//! Reading bodies: bytes to raw fields in one pass over the text, then each field's meaning, with every fault and its
//! place. What the fields mean to the business is in nouns/.

mod body;
mod exact;
mod fault;
mod fields;
mod node;

pub(crate) use body::{BodyLimit, JsonBody, parse, parse_object, read_whole};
pub(crate) use exact::ExactBody;
pub(crate) use fault::{Fault, Faults, Place};
pub(crate) use fields::{Fields, ListLimits};
pub(crate) use node::{ListField, Node, RawObject, Seed};
