//! The two forms of header, and what they say. The body is `tree`'s.

mod read;
mod sgml;
mod xml;

#[cfg(test)]
mod tests;

pub use read::{Form, Header};
pub(crate) use read::{find, read_head};
