//! Transactions that a push skips because an earlier push brought them, while that one is still under way: whether they
//! arrive, its end tells. So a push that has ended as `Success` is in the books with all its lines, skipped ones as well.

use super::{LineSpan, Remark};
use std::collections::HashSet;

/// To read so many lines besides is cheaper than to ask once more.
const GAP_MAX: u64 = 1_000;

/// Skipped transactions that stand one after the other, in this push as in the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// The place of the first in this push, from zero.
    pub place: u32,
    /// Where they stand in the account.
    pub lines: LineSpan,
}

impl Awaited {
    /// Adds the transaction at `place` of the push, which stands at `position` of the account.
    pub(super) fn add(all: &mut Vec<Self>, place: usize, position: u64) {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let last = all.last_mut().filter(|last| {
            last.lines.end() == position && last.place.saturating_add(last.lines.count) == place
        });
        match last {
            Some(last) => last.lines.count = last.lines.count.saturating_add(1),
            None => all.push(Self { place, lines: LineSpan { first: position, count: 1 } }),
        }
    }

    /// Where all of them stand, with what stands between neighbours: few spans, each quickly read.
    pub fn spans(all: &[Self]) -> Vec<LineSpan> {
        let mut each: Vec<LineSpan> = all.iter().map(|one| one.lines).collect();
        each.sort_unstable_by_key(|span| span.first);
        let mut spans: Vec<LineSpan> = Vec::new();
        for span in each {
            match spans.last_mut().filter(|last| span.first <= last.end().saturating_add(GAP_MAX)) {
                Some(last) => {
                    let count = span.end().saturating_sub(last.first);
                    last.count = u32::try_from(count).unwrap_or(u32::MAX);
                }
                None => spans.push(span),
            }
        }
        spans
    }

    /// What is to be said of those that are not `there` any more.
    pub fn missing(&self, there: &HashSet<u64>) -> Vec<Remark> {
        let all = (self.lines.first..self.lines.end()).zip(self.place..);
        let missing = all.filter(|(position, _)| !there.contains(position));
        missing
            .map(|(_, place)| Remark {
                path: format!("transactions[{place}].id"),
                message: "skipped as known, but the push that brought this transaction ended without delivering it: see there why, then send it again".to_owned(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn awaited(place: u32, first: u64, count: u32) -> Awaited {
        Awaited { place, lines: LineSpan { first, count } }
    }

    #[test]
    fn what_stands_together_in_both_is_told_together() {
        let mut all = Vec::new();
        for (place, position) in [(0, 7), (1, 8), (3, 9), (4, 10), (5, 12), (6, 11)] {
            Awaited::add(&mut all, place, position);
        }
        assert_eq!(all, [awaited(0, 7, 2), awaited(3, 9, 2), awaited(5, 12, 1), awaited(6, 11, 1)]);
    }

    #[test]
    fn what_stands_near_is_read_together() {
        let all = [awaited(0, 5_000, 2), awaited(2, 10, 3), awaited(5, 1_013, 1), awaited(6, 4, 1)];
        let spans = [(4, 1_010), (5_000, 2)].map(|(first, count)| LineSpan { first, count });
        assert_eq!(Awaited::spans(&all), spans);
    }

    #[test]
    fn what_is_not_there_is_told_at_its_place() {
        let missing = awaited(4, 20, 3).missing(&HashSet::from([19, 21]));
        let paths: Vec<_> = missing.iter().map(|remark| remark.path.as_str()).collect();
        assert_eq!(paths, ["transactions[4].id", "transactions[6].id"]);
    }
}
