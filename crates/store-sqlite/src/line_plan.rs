//! Which segments a page of lines needs: all of it is decided on the segments' entries, before any line is read.

use domain::line::KeptLine;
use domain::page::{ListRequest, PageRequest};
use domain::push::LineSpan;
use jiff::civil::Date;
use std::cmp::Reverse;
use store::Window;
use store::ledger::{Head, SegmentEntry};

/// The names under which a list of lines is ordered by date.
const DATE_PROPERTIES: [&str; 2] = ["date", "clearedOnDate"];

/// An order by date; lines of one moment stand in the order of their positions in both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// The list's own order.
    OldestFirst,
    /// What most readers of an account want.
    NewestFirst,
}

/// A page, before it is read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PagePlan {
    /// What to read, in this order.
    pub(crate) stretches: Vec<Stretch>,
    /// How many lines of it stand before the page.
    pub(crate) skip: u64,
    /// How many lines there are on all pages.
    pub(crate) total: u64,
}

/// Segments that share days, so that their lines have to be sorted together. No other segment has a line between theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    /// In the order of their positions.
    pub(crate) segments: Vec<SegmentEntry>,
    newest: Date,
    lines: u64,
}

/// The order by date that `request` wants, if it wants all lines and no other order.
pub(crate) fn direction(request: &ListRequest) -> Option<Direction> {
    match (&request.filter, request.order) {
        (None, None) => Some(Direction::OldestFirst),
        (None, Some(order)) if DATE_PROPERTIES.contains(&order.path()) => {
            Some(if order.is_descending() {
                Direction::NewestFirst
            } else {
                Direction::OldestFirst
            })
        }
        (_, _) => None,
    }
}

/// What to read for a page of the account whose head is given with all its segments.
pub(crate) fn plan(
    head: &Head,
    segments: Vec<SegmentEntry>,
    direction: Direction,
    page: PageRequest,
) -> PagePlan {
    let mut stretches = match direction {
        Direction::OldestFirst if head.is_in_order() => one_by_one(segments, head.withdrawn()),
        Direction::OldestFirst | Direction::NewestFirst => by_days(segments, head.withdrawn()),
    };
    if direction == Direction::NewestFirst {
        stretches.reverse();
    }
    let total = stretches.iter().map(|stretch| stretch.lines).sum();
    let (mut skip, mut wanted) = (page.offset(), u64::from(page.items()));
    let mut needed = Vec::new();
    for stretch in stretches {
        if needed.is_empty() && stretch.lines <= skip {
            skip = skip.saturating_sub(stretch.lines);
            continue;
        }
        let passed = if needed.is_empty() { skip } else { 0 };
        let brings = stretch.lines.saturating_sub(passed);
        needed.push(stretch);
        wanted = wanted.saturating_sub(brings);
        if wanted == 0 {
            break;
        }
    }
    PagePlan { stretches: needed, skip, total }
}

/// Sorts lines, which stand in the order of their positions.
pub(crate) fn sort(lines: &mut [KeptLine], direction: Direction) {
    match direction {
        Direction::OldestFirst => lines.sort_by_key(|kept| kept.line.date.sort_key()),
        Direction::NewestFirst => lines.sort_by_key(|kept| Reverse(kept.line.date.sort_key())),
    }
}

/// Whether a segment may have lines of the window.
pub(crate) fn touches(entry: &SegmentEntry, window: Window) -> bool {
    window.from <= entry.newest && window.to.is_none_or(|to| entry.oldest <= to)
}

/// For lines that arrived in order: every segment by itself.
fn one_by_one(segments: Vec<SegmentEntry>, withdrawn: &[LineSpan]) -> Vec<Stretch> {
    segments.into_iter().map(|entry| Stretch::of(entry, withdrawn)).collect()
}

/// For any lines: segments that share a day go together.
fn by_days(mut segments: Vec<SegmentEntry>, withdrawn: &[LineSpan]) -> Vec<Stretch> {
    segments.sort_by_key(|entry| (entry.oldest, entry.span.first));
    let mut stretches: Vec<Stretch> = Vec::with_capacity(segments.len());
    for entry in segments {
        let next = Stretch::of(entry, withdrawn);
        match stretches.last_mut() {
            Some(last) if entry.oldest <= last.newest => last.join(next),
            _ => stretches.push(next),
        }
    }
    for stretch in &mut stretches {
        stretch.segments.sort_by_key(|entry| entry.span.first);
    }
    stretches
}

impl Stretch {
    fn of(entry: SegmentEntry, withdrawn: &[LineSpan]) -> Self {
        let gone: u64 = withdrawn.iter().map(|span| shared(entry.span, *span)).sum();
        let lines = u64::from(entry.span.count).saturating_sub(gone);
        Self { segments: vec![entry], newest: entry.newest, lines }
    }

    fn join(&mut self, next: Self) {
        self.segments.extend(next.segments);
        self.newest = self.newest.max(next.newest);
        self.lines = self.lines.saturating_add(next.lines);
    }
}

fn shared(a: LineSpan, b: LineSpan) -> u64 {
    a.end().min(b.end()).saturating_sub(a.first.max(b.first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn entry(chunk: u64, first: u64, days: (i8, i8)) -> SegmentEntry {
        let span = LineSpan { first, count: 10 };
        let [oldest, newest] = [days.0, days.1].map(|day| date(2024, 2, day));
        SegmentEntry { chunk, span, oldest, newest }
    }

    fn chunks(plan: &PagePlan) -> Vec<Vec<u64>> {
        let of = |stretch: &Stretch| stretch.segments.iter().map(|entry| entry.chunk).collect();
        plan.stretches.iter().map(of).collect()
    }

    fn page(number: u32, items: u32) -> PageRequest {
        PageRequest::new(number, items).unwrap()
    }

    #[test]
    fn only_the_segments_of_the_page_are_read() {
        let segments = vec![entry(1, 0, (1, 3)), entry(2, 10, (3, 5)), entry(3, 20, (6, 7))];
        let head = Head::default();
        let plan = |direction, page| plan(&head, segments.clone(), direction, page);
        let second = plan(Direction::OldestFirst, page(2, 10));
        assert_eq!((chunks(&second), second.skip, second.total), (vec![vec![2]], 0, 30));
        let across = plan(Direction::OldestFirst, page(2, 8));
        assert_eq!((chunks(&across), across.skip), (vec![vec![1], vec![2]], 8));
        let newest = plan(Direction::NewestFirst, page(1, 10));
        assert_eq!((chunks(&newest), newest.skip), (vec![vec![3]], 0));
        let older = plan(Direction::NewestFirst, page(2, 10));
        assert_eq!((chunks(&older), older.skip), (vec![vec![1, 2]], 0));
        let past = plan(Direction::OldestFirst, page(4, 10));
        assert_eq!((chunks(&past), past.total), (vec![], 30));
    }

    #[test]
    fn segments_that_share_days_go_together_wherever_they_stand() {
        let segments = vec![entry(1, 0, (5, 9)), entry(2, 10, (1, 2)), entry(3, 20, (2, 5))];
        let stretches = by_days(segments, &[]);
        assert_eq!(stretches.len(), 1);
        let [only] = stretches.as_slice() else { return };
        let order: Vec<u64> = only.segments.iter().map(|entry| entry.chunk).collect();
        assert_eq!((order, only.lines), (vec![1, 2, 3], 30));
    }

    #[test]
    fn withdrawn_lines_are_not_counted() {
        let mut head = Head::default();
        head.withdraw(LineSpan { first: 4, count: 8 });
        let segments = vec![entry(1, 0, (1, 1)), entry(2, 10, (2, 2))];
        let plan = plan(&head, segments, Direction::OldestFirst, page(2, 4));
        assert_eq!((chunks(&plan), plan.skip, plan.total), (vec![vec![2]], 0, 12));
    }
}
