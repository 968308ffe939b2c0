//! OFX dates and times, in every form clients send; ours are printed in one.

mod moment;
mod parse;

#[cfg(test)]
mod tests;

pub use moment::{DateField, OfxDateTime, Precision, UnreadableDate};
