//! Which of a push's ids may be known to the account.

use super::fingerprint::{PLACES_MAX, entry, fingerprint, fingerprint_of, place_of};
use super::{Damage, Head, Run};
use std::borrow::Borrow;

/// How many neighbours are looked at first: about as far as a guess is wrong among a thousand ids in a large run.
const NEAR: usize = 8;

/// An id that may stand at a position already: the line there has the same fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Suspect {
    /// Its index among the ids that were asked for.
    pub index: usize,
    /// Where it may stand.
    pub position: u64,
}

/// Where wanted ids may stand already, by position. There are false alarms, so each is to be compared with the line
/// there; but an id that is known is never missed. Withdrawn lines count as unknown. `runs` are those of [`Head::run_chunks`].
pub fn suspects<R: Borrow<Run>>(
    head: &Head,
    runs: &[R],
    wanted: &Wanted,
) -> Result<Vec<Suspect>, Damage> {
    head.check_runs(runs)?;
    let mut found = Vec::new();
    for part in &wanted.parts {
        for run in runs {
            part.find_in_run(run.borrow(), &mut found);
        }
        part.find_in_recent(head, &mut found);
    }
    found.retain(|suspect| !head.is_withdrawn(suspect.position));
    found.sort_unstable_by_key(|suspect| (suspect.position, suspect.index));
    Ok(found)
}

/// The fingerprints of ids that are asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    parts: Vec<Part>,
}

impl Wanted {
    /// Of ids.
    pub fn new(ids: &[&str]) -> Self {
        Self::of(&ids.iter().map(|id| fingerprint(id)).collect::<Vec<_>>())
    }

    /// Of ids' fingerprints.
    pub(super) fn of(fingerprints: &[u64]) -> Self {
        // A place in an entry is all that an index has: longer lists are taken in parts.
        let length = usize::try_from(PLACES_MAX).unwrap_or(usize::MAX);
        let parts = (0..).step_by(length).zip(fingerprints.chunks(length));
        Self { parts: parts.map(|(start, part)| Part::new(start, part)).collect() }
    }
}

/// Those of so many ids as places can be told of.
#[derive(Clone, Debug)]
struct Part {
    /// The index of the first id.
    start: usize,
    /// Fingerprints with their ids' places, sorted.
    entries: Vec<u64>,
}

impl Part {
    fn new(start: usize, fingerprints: &[u64]) -> Self {
        let mut entries: Vec<u64> =
            (0..).zip(fingerprints).map(|(place, found)| entry(*found, place)).collect();
        entries.sort_unstable();
        Self { start, entries }
    }

    /// Both sides are sorted, so one walk meets all that they share.
    fn find_in_run(&self, run: &Run, found: &mut Vec<Suspect>) {
        let mut rest = run.entries();
        for wanted in self.entries.iter().filter(|wanted| run.may_have(**wanted)) {
            let asked = fingerprint_of(*wanted);
            rest = rest_from(rest, entry(asked, 0), run.lines());
            let same = rest.iter().take_while(|entry| fingerprint_of(**entry) == asked);
            found.extend(same.map(|entry| self.suspect(*wanted, run.position(*entry))));
        }
    }

    fn find_in_recent(&self, head: &Head, found: &mut Vec<Suspect>) {
        for (position, recent) in (head.recent_first()..).zip(&head.recent) {
            let start = self.entries.partition_point(|wanted| fingerprint_of(*wanted) < *recent);
            let here = self.entries.iter().skip(start);
            let same = here.take_while(|wanted| fingerprint_of(**wanted) == *recent);
            found.extend(same.map(|wanted| self.suspect(*wanted, position)));
        }
    }

    fn suspect(&self, wanted: u64, position: u64) -> Suspect {
        let place = usize::try_from(place_of(wanted)).unwrap_or_default();
        Suspect { index: self.start.saturating_add(place), position }
    }
}

/// What is left of sorted entries from the first that is not below `floor`. Fingerprints are spread evenly over all
/// numbers, so how far `floor` is away tells nearly where it is; from there on the search widens.
fn rest_from(rest: &[u64], floor: u64, lines: u64) -> &[u64] {
    let Some(first) = rest.first() else { return rest };
    let share = u128::from(floor.saturating_sub(*first)).saturating_mul(lines.into());
    let guess = usize::try_from(share >> u64::BITS).unwrap_or(usize::MAX).min(rest.len());
    let (before, after) = rest.split_at_checked(guess).unwrap_or((rest, &[]));
    let below = if before.last().is_none_or(|last| *last < floor) {
        guess.saturating_add(count_below(after, floor))
    } else {
        guess.saturating_sub(count_not_below(before, floor))
    };
    rest.get(below..).unwrap_or_default()
}

/// How many entries at the beginning are below `floor`.
fn count_below(entries: &[u64], floor: u64) -> usize {
    let mut end = NEAR;
    while entries.get(end).is_some_and(|entry| *entry < floor) {
        end = end.saturating_mul(2);
    }
    let near = entries.get(..end).unwrap_or(entries);
    near.partition_point(|entry| *entry < floor)
}

/// How many entries at the end are not below `floor`.
fn count_not_below(entries: &[u64], floor: u64) -> usize {
    let mut length = NEAR;
    let tail = |length| entries.len().checked_sub(length).and_then(|start| entries.get(start..));
    while tail(length).and_then(<[u64]>::first).is_some_and(|entry| *entry >= floor) {
        length = length.saturating_mul(2);
    }
    let near = tail(length).unwrap_or(entries);
    near.len().saturating_sub(near.partition_point(|entry| *entry < floor))
}
