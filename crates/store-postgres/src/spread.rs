//! Which segments hold a page of an account's lines by date. Segments only tell their first and last day, and their
//! days may overlap: so a page is narrowed down to days, and only segments with lines of these days are read.

use std::cmp::{Ordering, Reverse};

use domain::line::KeptLine;
use domain::page::{Page, PageRequest};
use domain::push::LineSpan;
use jiff::civil::Date;
use store::ledger::{Head, SegmentEntry};

/// Which days come first. Lines of one moment stand by their positions either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    OldestFirst,
    NewestFirst,
}

/// A page, narrowed down.
#[derive(Debug)]
pub(crate) struct Spread {
    direction: Direction,
    /// The days that hold the page.
    days: (Date, Date),
    /// The segments with lines of those days, which are to be read.
    pub(crate) segments: Vec<SegmentEntry>,
    /// How many lines stand before the page's days, in segments that need not be read.
    before: u64,
    page: PageRequest,
    total: u64,
}

/// A segment with the number of its lines that count.
struct Counted {
    entry: SegmentEntry,
    lines: u64,
}

impl Spread {
    /// Narrows a page of the account's lines down. `entries` are all its segments.
    pub(crate) fn of(
        head: &Head,
        entries: Vec<SegmentEntry>,
        page: PageRequest,
        direction: Direction,
    ) -> Self {
        let counted: Vec<Counted> = entries
            .into_iter()
            .map(|entry| Counted { lines: live_lines(head, entry.span), entry })
            .filter(|counted| counted.lines > 0)
            .collect();
        let total = counted.iter().map(|counted| counted.lines).sum();
        let first = page.offset();
        let end = first.saturating_add(u64::from(page.items())).min(total);
        let nothing = Self {
            direction,
            days: (Date::MIN, Date::MIN),
            segments: Vec::new(),
            before: 0,
            page,
            total,
        };
        if first >= end {
            return nothing;
        }
        // Counted from the side where the list begins: a segment's near day bounds how many lines can stand before a
        // day, its far day how many certainly do.
        let near = |entry: &SegmentEntry| match direction {
            Direction::OldestFirst => Place::oldest(entry.oldest),
            Direction::NewestFirst => Place::newest(entry.newest),
        };
        let far = |entry: &SegmentEntry| match direction {
            Direction::OldestFirst => Place::oldest(entry.newest),
            Direction::NewestFirst => Place::newest(entry.oldest),
        };
        let (Some(from), Some(to)) = (
            place_of_line(&counted, near, first.saturating_add(1)),
            place_of_line(&counted, far, end),
        ) else {
            return nothing;
        };
        let certainly_before = counted.iter().filter(|counted| far(&counted.entry) < from);
        let before = certainly_before.map(|counted| counted.lines).sum();
        let is_needed = |entry: &SegmentEntry| near(entry) <= to && far(entry) >= from;
        let segments = counted.iter().map(|counted| counted.entry).filter(is_needed).collect();
        let days = (from.day.min(to.day), from.day.max(to.day));
        Self { days, segments, before, ..nothing }
    }

    /// The page, from the lines that count of the segments read.
    pub(crate) fn cut(self, mut lines: Vec<KeptLine>) -> Page<KeptLine> {
        let (first_day, last_day) = self.days;
        let is_before = |line: &KeptLine| match self.direction {
            Direction::OldestFirst => line.line.date.date() < first_day,
            Direction::NewestFirst => line.line.date.date() > last_day,
        };
        let seen = lines.iter().filter(|line| is_before(line)).count();
        let before = self.before.saturating_add(u64::try_from(seen).unwrap_or(u64::MAX));
        lines.retain(|line| (first_day..=last_day).contains(&line.line.date.date()));
        match self.direction {
            Direction::OldestFirst => {
                lines.sort_by_key(|line| (line.line.date.sort_key(), line.position));
            }
            Direction::NewestFirst => {
                lines.sort_by_key(|line| (Reverse(line.line.date.sort_key()), line.position));
            }
        }
        let skip = usize::try_from(self.page.offset().saturating_sub(before)).unwrap_or(usize::MAX);
        let take = usize::try_from(self.page.items()).unwrap_or(usize::MAX);
        Page { items: lines.into_iter().skip(skip).take(take).collect(), total: self.total }
    }
}

/// A day by how far it is from the side where the list begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    day: Date,
    is_reversed: bool,
}

impl Place {
    const fn oldest(day: Date) -> Self {
        Self { day, is_reversed: false }
    }

    const fn newest(day: Date) -> Self {
        Self { day, is_reversed: true }
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = self.day.cmp(&other.day);
        if self.is_reversed { order.reverse() } else { order }
    }
}

/// The place at which, with every segment's lines put at its `side`, line number `wanted` (from one) would stand.
fn place_of_line(
    counted: &[Counted],
    side: impl Fn(&SegmentEntry) -> Place,
    wanted: u64,
) -> Option<Place> {
    let mut places: Vec<(Place, u64)> =
        counted.iter().map(|counted| (side(&counted.entry), counted.lines)).collect();
    places.sort_unstable_by_key(|(place, _)| *place);
    let mut lines = 0_u64;
    for (place, more) in places {
        lines = lines.saturating_add(more);
        if lines >= wanted {
            return Some(place);
        }
    }
    None
}

/// How many lines of `span` were not withdrawn.
fn live_lines(head: &Head, span: LineSpan) -> u64 {
    let overlaps = head.withdrawn().iter().map(|withdrawn| {
        let first = withdrawn.first.max(span.first);
        withdrawn.end().min(span.end()).saturating_sub(first)
    });
    u64::from(span.count).saturating_sub(overlaps.sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::line::Line;
    use jiff::civil::date;
    use jiff::{Span, Timestamp};
    use proptest::prelude::*;
    use store::ledger::{self, Run};

    /// The lines of one push, by their days from the first of 2024.
    type Pushed = Vec<u8>;

    fn line(id: usize, days: u8) -> Line {
        let day = date(2024, 1, 1).checked_add(Span::new().days(i64::from(days))).unwrap();
        let day = domain::dates::LineDate::parse(&day.to_string()).unwrap();
        Line { date: day, ..testkit::a_line(&id.to_string(), "2024-01-01", "1.00") }
    }

    /// An account after some pushes, one of them withdrawn.
    fn account(pushes: &[Pushed], withdrawn: usize) -> (Head, Vec<KeptLine>) {
        let (mut head, mut all) = (Head::default(), Vec::new());
        let mut spans = Vec::new();
        for (number, days) in pushes.iter().enumerate() {
            let lines: Vec<Line> = days
                .iter()
                .enumerate()
                .map(|(index, days)| line(number * 100 + index, *days))
                .collect();
            let append = ledger::append::<Run>(&head, &[], &lines, Timestamp::UNIX_EPOCH).unwrap();
            let Some(append) = append else { continue };
            let span = append.span;
            spans.push(span);
            all.extend(lines.into_iter().zip(span.first..).map(|(line, position)| KeptLine {
                position,
                accepted_at: Timestamp::UNIX_EPOCH,
                line,
            }));
            head = append.finish(u64::try_from(number).unwrap(), None, None).unwrap();
        }
        if let Some(span) = spans.get(withdrawn) {
            head.withdraw(*span);
            all.retain(|line| !span.contains(line.position));
        }
        (head, all)
    }

    fn spread_page(
        head: &Head,
        all: &[KeptLine],
        page: PageRequest,
        direction: Direction,
    ) -> (Page<KeptLine>, usize) {
        let spread = Spread::of(head, head.recent_segments().to_vec(), page, direction);
        let read = spread.segments.len();
        let is_read = |line: &&KeptLine| {
            spread.segments.iter().any(|entry| entry.span.contains(line.position))
        };
        let lines = all.iter().filter(is_read).cloned().collect();
        (spread.cut(lines), read)
    }

    proptest! {
        #[test]
        fn a_spread_page_is_the_page_of_the_whole_list(
            pushes in prop::collection::vec(prop::collection::vec(0..20_u8, 0..6), 0..8),
            withdrawn in 0..10_usize, number in 1..9_u32, items in 1..9_u32,
        ) {
            let (head, mut all) = account(&pushes, withdrawn);
            let page = PageRequest::new(number, items).unwrap();
            all.sort_by_key(|line| (line.line.date.sort_key(), line.position));
            let oldest = spread_page(&head, &all, page, Direction::OldestFirst).0;
            prop_assert_eq!(oldest, Page::cut(all.clone(), page));
            all.sort_by_key(|line| Reverse(line.line.date.sort_key()));
            let newest = spread_page(&head, &all, page, Direction::NewestFirst).0;
            prop_assert_eq!(newest, Page::cut(all.clone(), page));
        }
    }

    #[test]
    fn a_page_of_a_tidy_account_reads_the_segments_around_it() {
        let pushes: Vec<Pushed> = (0..20).map(|day| vec![day, day, day + 1]).collect();
        let (head, all) = account(&pushes, usize::MAX);
        for direction in [Direction::OldestFirst, Direction::NewestFirst] {
            for number in [1, 10, 20] {
                let page = PageRequest::new(number, 3).unwrap();
                let (found, read) = spread_page(&head, &all, page, direction);
                assert_eq!((found.items.len(), found.total), (3, 60));
                assert!(read <= 4, "{read} segments were read for page {number}");
            }
        }
    }
}
