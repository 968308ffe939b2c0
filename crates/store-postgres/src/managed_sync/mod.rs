//! Managed feeds and their syncs: verbs.rs is the store's trait, sync.rs and feed.rs the rows that it moves.

mod feed;
mod sync;
mod verbs;

use domain::ids::ClientId;

use crate::fault::Attempt;
use crate::session::Session;

pub(crate) use sync::link;

const DELETE_LINKS: &str = "\
-- delete_sync_pushes
delete from managed_sync_push
using managed_sync
where managed_sync_push.client_id = managed_sync.client_id
    and managed_sync_push.sync_id = managed_sync.sync_id
    and managed_sync.client_id = $1
    and managed_sync.account_no = any($2)";

const DELETE_SYNCS: &str = "\
-- delete_managed_syncs
delete from managed_sync
where client_id = $1 and account_no = any($2)";

const DELETE_FEEDS: &str = "\
-- delete_managed_feeds
delete from managed_feed
where client_id = $1 and account_no = any($2)";

/// Deletes what accounts have of managed feeds; their ledgers are locked, so nothing is begun meanwhile.
pub(crate) async fn forget(session: &Session, client: ClientId, accounts: &[i64]) -> Attempt<()> {
    for statement in [DELETE_LINKS, DELETE_SYNCS, DELETE_FEEDS] {
        session.run(statement, &[&client.uuid(), &accounts]).await?;
    }
    Ok(())
}
