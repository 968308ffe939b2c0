//! One attempt at one push.

use crate::desk::Desk;
use crate::send::{self, Attempt};
use crate::standing::{find_account, is_fed};
use domain::platform::Delivery;
use domain::push::{Awaited, Outcome, Remark, Sent};
use domain::source_account::AccountPath;
use domain::work::Lease;
use std::collections::HashSet;
use store::Answer;

/// Does what the push's platform asks for; what was sent is told only of a platform that we send to.
pub(crate) async fn attempt(desk: &Desk, lease: &Lease) -> Answer<(Outcome, Option<Sent>)> {
    let Some(destination) = lease.destination else { return gone(desk, lease).await };
    let (outcome, sent) = match destination.platform.delivery {
        // The lines lie ready since the push was accepted: the platform fetches them when it likes.
        Delivery::Pulled => (Outcome::Done, None),
        Delivery::Sent => match bring(desk, lease).await? {
            Some((outcome, sent)) => (outcome, Some(sent)),
            None => return gone(desk, lease).await,
        },
    };
    let missing = if outcome == Outcome::Done { missing(desk, lease).await? } else { Vec::new() };
    let outcome = if missing.is_empty() { outcome } else { Outcome::Lacking(missing) };
    let is_all_taken = sent.as_ref().is_none_or(|sent| sent.taken >= lease.push.lines.count);
    if outcome == Outcome::Done && is_all_taken {
        return Ok((outcome, sent));
    }
    if is_over(desk, lease, &outcome).await? {
        return gone(desk, lease).await;
    }
    Ok((outcome, sent))
}

/// Whether what came of an attempt does not count any more. A refusal, or lines that are not found, may only mean that the
/// account was deleted during it; and nothing waits for an account that feeds nothing.
async fn is_over(desk: &Desk, lease: &Lease, outcome: &Outcome) -> Answer<bool> {
    if matches!(outcome, Outcome::TryAgain(_) | Outcome::Waiting(_)) {
        return Ok(!is_fed(desk, lease).await?);
    }
    Ok(find_account(desk, lease).await?.is_none())
}

/// The account is there no more. What was taken of the push is told by its statements. Of a platform that fetches there are
/// none, and of a connection that is gone, too, it is not known which kind it was.
async fn gone(desk: &Desk, lease: &Lease) -> Answer<(Outcome, Option<Sent>)> {
    let connection = desk.store.find_connection(&lease.push.path).await?;
    let is_sent_to = connection.is_some_and(|it| it.platform.delivery == Delivery::Sent);
    let sent = if is_sent_to { Some(send::sent_so_far(desk, lease).await?) } else { None };
    Ok((Outcome::Gone, sent))
}

/// What is to be said of lines that the push left to an earlier one, which took them back. An account's pushes end in
/// their order, so those have ended.
async fn missing(desk: &Desk, lease: &Lease) -> Answer<Vec<Remark>> {
    let push = &lease.push;
    let path = AccountPath { connection: push.path, account: push.account.clone() };
    let mut there = HashSet::new();
    for span in Awaited::spans(&push.awaited) {
        let kept = desk.store.lines_at(&path, span).await?;
        there.extend(kept.iter().map(|kept| kept.position));
    }
    Ok(push.awaited.iter().flat_map(|awaited| awaited.missing(&there)).collect())
}

/// Sends it, if the account that it goes to is still there.
async fn bring(desk: &Desk, lease: &Lease) -> Answer<Option<Attempt>> {
    let Some(connection) = desk.store.find_connection(&lease.push.path).await? else {
        return Ok(None);
    };
    let Some(account) = find_account(desk, lease).await? else { return Ok(None) };
    send::attempt(desk, lease, &connection, &account).await.map(Some)
}
