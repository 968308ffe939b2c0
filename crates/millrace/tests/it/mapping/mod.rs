//! Source accounts and accounts of the books, at the JSON API. No worker runs here: what a platform says is written into
//! the link by the test, so that each moment can be looked at.

mod books;
mod scene;
mod wishes;

pub(crate) use scene::{Scene, books_read_at};
