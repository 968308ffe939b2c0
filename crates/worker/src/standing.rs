//! The account that a push goes to, as it stands: it may be deleted, made anew, disconnected or unlinked while the push is
//! under way.

use crate::desk::Desk;
use domain::connection::{Connection, ConnectionStatus};
use domain::source_account::{AccountPath, AccountStatus, SourceAccount};
use domain::work::Lease;
use store::Answer;

/// The account, if it is still there.
pub(crate) async fn find_account(desk: &Desk, lease: &Lease) -> Answer<Option<SourceAccount>> {
    let push = &lease.push;
    let path = AccountPath { connection: push.path, account: push.account.clone() };
    let made_at = lease.destination.map(|destination| destination.account_made_at);
    let found = desk.store.find_source_account(&path).await?;
    // One that was made anew has only its id in common with the one that was pushed to.
    Ok(found.filter(|account| Some(account.created_at) == made_at))
}

/// Whether an account's lines are to flow.
pub(crate) fn flows(connection: &Connection, account: &SourceAccount) -> bool {
    matches!(connection.status, ConnectionStatus::Linked | ConnectionStatus::Deauthorized)
        && account.status == AccountStatus::Connected
}

/// Whether the push's lines are still to flow: who deletes, disconnects or unlinks an account ends its feed.
pub(crate) async fn is_fed(desk: &Desk, lease: &Lease) -> Answer<bool> {
    let Some(account) = find_account(desk, lease).await? else { return Ok(false) };
    let connection = desk.store.find_connection(&lease.push.path).await?;
    Ok(connection.is_some_and(|connection| flows(&connection, &account)))
}
