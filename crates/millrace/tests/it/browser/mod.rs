//! Pages as people meet them: in a real browser, narrow and wide, with and without scripts, and checked by a published
//! checker of what makes pages hard to use for some.

mod driver;
mod driver_tests;
mod gallery;
mod pages;

pub(crate) use driver::{Browser, Page, PageOptions};
