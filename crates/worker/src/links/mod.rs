//! Links: consents become tokens, books are read, feeds are made and ended. What is to be done stands in the link; each
//! worker takes hold of links with something due and does it, one thing after the other. It leaves out sending lines.

mod consent;
mod errand;
mod feed;
mod run;

pub use run::{LinkWorker, LinkWorkerOptions};
