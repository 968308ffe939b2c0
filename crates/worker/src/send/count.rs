//! What is known of what was sent of a push, counted from its statements.

use crate::desk::Desk;
use domain::delivery::{SentStage, SentStatement};
use domain::push::{Outcome, Sent};
use domain::work::Lease;
use store::Answer;

/// What is known of a push whose account is there no more.
pub(crate) async fn sent_so_far(desk: &Desk, lease: &Lease) -> Answer<Sent> {
    let push = &lease.push;
    let statements = desk.store.list_statements(push.path.client, push.key).await?;
    Ok(counted(&statements, &Outcome::Gone))
}

/// What is known of what was sent, now that this is the outcome.
pub(super) fn counted(statements: &[SentStatement], outcome: &Outcome) -> Sent {
    let is_final = matches!(outcome, Outcome::Gone | Outcome::Rejected(_));
    let counts = |one: &&SentStatement| {
        // Of one whose feed is gone nobody will ever know: its lines may be in the books, so they are not sent again.
        one.stage == SentStage::Delivered || (is_final && one.stage.is_open())
    };
    let taken = statements.iter().filter(counts).map(|one| one.lines.count);
    let taken = taken.fold(0_u32, u32::saturating_add);
    let may_arrive = statements.iter().any(SentStatement::may_arrive_unseen);
    Sent { taken, may_arrive, warnings: Vec::new() }
}
