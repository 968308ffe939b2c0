//! A file as a tree of elements, whatever its form. What the elements mean is for `request` and
//! `read_back`.

mod element;
mod entity;
mod lex;
mod parse;

#[cfg(test)]
mod tests;

pub use element::Element;
pub(crate) use parse::read_document;
