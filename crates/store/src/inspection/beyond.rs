//! Whether an account's head is the newest that was written. One that went back to what it was is whole in itself: what
//! was written together with the lines that it lost, or later, tells of them. Chunks are not looked at: nothing finds
//! those of an account but its head.

use super::account::Report;
use super::{DeepCheck, Inspections, LedgerMark, Place, SeenPush};
use crate::Answer;
use crate::ledger::Head;
use std::collections::HashSet;

/// After every line: the greatest position that both databases can be asked for.
const END: u64 = i64::MAX.cast_unsigned();

/// Finds operations and statements whose lines come after those of the head. `pushes` are the account's operations after
/// it.
pub(super) async fn look(
    store: &dyn Inspections,
    mark: LedgerMark,
    head: &Head,
    pushes: Vec<SeenPush>,
    report: &mut Report,
) -> Answer<()> {
    let told: HashSet<_> = pushes.iter().map(|push| push.key).collect();
    let sent = store.see_statements(mark, head.lines(), END).await;
    let sent = report.read(sent, DeepCheck::Balances, Place::default())?.unwrap_or_default();
    let sent =
        sent.into_iter().map(|seen| SeenPush { key: seen.push, lines: seen.statement.lines });
    let mut found = pushes;
    found.extend(sent.filter(|seen| !told.contains(&seen.key)));
    if found.is_empty() {
        return Ok(());
    }
    // The head is written together with the operation, so one that is read after it has all that came meanwhile.
    let now = report.read(store.see_head(mark).await, DeepCheck::Heads, Place::default())?;
    let now = now.flatten().and_then(|bytes| Head::decode(&bytes).ok());
    let lines = now.as_ref().unwrap_or(head).lines();
    for push in found.iter().filter(|push| push.lines.end() > lines) {
        let place = Place { push: Some(push.key), lines: Some(push.lines), ..Place::default() };
        let what = format!("it ends after {lines} lines, and the operation has later ones");
        report.add(DeepCheck::Heads, place, what);
    }
    Ok(())
}
