//! Managed feeds and their syncs: verbs.rs is the store's trait, sync.rs and feed.rs the rows that it moves.

mod feed;
mod sync;
mod verbs;

pub(crate) use sync::link;
