//! Bank feeds: feed connections, statements, and what ends up in the books.

mod codes;
mod feed;
mod feed_body;
mod feed_routes;
mod feed_rules;
mod ledger;
mod paging;
mod statement;
mod statement_body;
mod statement_routes;

pub(crate) use codes::{is_country, is_currency};
pub(crate) use feed::Feed;
pub(crate) use feed_routes::{create_feeds, delete_feeds, get_feed, list_feeds};
pub(crate) use ledger::ledger;
pub(crate) use statement::Statement;
pub(crate) use statement_routes::{create_statements, get_statement, list_statements};
