//! Which of a push's ids may be known to the account.

use super::fingerprint::{entry, fingerprint, fingerprint_of};
use super::{Damage, Head, Run};
use std::borrow::Borrow;

/// An id that may stand at a position already: the line there has the same fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suspect {
    /// Its index among the ids that were asked for.
    pub index: usize,
    /// Where it may stand.
    pub position: u64,
}

/// Where ids may stand already, by position. There are false alarms, so each is to be compared with the line there; but
/// an id that is known is never missed. Withdrawn lines count as unknown. `runs` are those of [`Head::run_chunks`].
pub fn suspects<R: Borrow<Run>>(
    head: &Head,
    runs: &[R],
    ids: &[&str],
) -> Result<Vec<Suspect>, Damage> {
    head.check_runs(runs)?;
    let wanted = sorted_fingerprints(ids);
    let mut found = Vec::new();
    for run in runs {
        find_in_run(run.borrow(), &wanted, &mut found);
    }
    find_in_recent(head, &wanted, &mut found);
    found.retain(|suspect| !head.is_withdrawn(suspect.position));
    found.sort_unstable_by_key(|suspect| (suspect.position, suspect.index));
    Ok(found)
}

/// A fingerprint that is asked for, and whose.
type Wanted = (u64, usize);

fn sorted_fingerprints(ids: &[&str]) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> =
        ids.iter().enumerate().map(|(index, id)| (fingerprint(id), index)).collect();
    wanted.sort_unstable();
    wanted
}

/// Both sides are sorted, so one walk meets all that they share.
fn find_in_run(run: &Run, wanted: &[Wanted], found: &mut Vec<Suspect>) {
    let mut rest = run.entries();
    for &(fingerprint, index) in wanted {
        rest = skip_below(rest, entry(fingerprint, 0));
        let same = rest.iter().take_while(|entry| fingerprint_of(**entry) == fingerprint);
        found.extend(same.map(|entry| Suspect { index, position: run.position(*entry) }));
    }
}

/// The sorted `entries` without those below `floor`: in steps that double, then by halves.
fn skip_below(entries: &[u64], floor: u64) -> &[u64] {
    let mut step = 1_usize;
    let mut rest = entries;
    while let Some((skipped, after)) = rest.split_at_checked(step) {
        if skipped.last().is_none_or(|last| *last >= floor) {
            break;
        }
        rest = after;
        step = step.saturating_mul(2);
    }
    let near = rest.get(..step).unwrap_or(rest);
    rest.split_at_checked(near.partition_point(|entry| *entry < floor)).unwrap_or_default().1
}

fn find_in_recent(head: &Head, wanted: &[Wanted], found: &mut Vec<Suspect>) {
    for (position, recent) in (head.recent_first()..).zip(&head.recent) {
        let start = wanted.partition_point(|(fingerprint, _)| fingerprint < recent);
        let same = wanted.iter().skip(start).take_while(|(fingerprint, _)| fingerprint == recent);
        found.extend(same.map(|(_, index)| Suspect { index: *index, position }));
    }
}
