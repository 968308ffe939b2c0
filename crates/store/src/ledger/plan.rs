//! Which segments a list of lines needs, and the page out of their lines. It is decided on the segments' entries, before
//! any line is read: they tell how many lines there are, and their first and last day. Days of segments may overlap.

use super::days::day_number;
use super::{Damage, Head, SegmentEntry, decode_segment, decode_window};
use crate::Window;
use domain::line::KeptLine;
use domain::page::{ListRequest, Page, PageRequest};
use domain::push::LineSpan;
use domain::query::{DateBounds, Filter, OrderBy};
use jiff::civil::Date;
use std::cmp::Reverse;

/// The names under which a list of lines knows their date.
const DATE_PROPERTIES: [&str; 2] = ["date", "clearedOnDate"];

/// What to read for a list of an account's lines, and what to make of it.
#[derive(Debug)]
pub struct ListPlan<'a> {
    head: &'a Head,
    request: &'a ListRequest,
    segments: Vec<SegmentEntry>,
    rest: Rest,
}

/// What is left to do once the lines are read.
#[derive(Debug)]
enum Rest {
    /// All lines are wanted, by date: the page is cut out of the segments around it.
    Cut { direction: Direction, skip: u64, total: u64 },
    /// The caller's filter or order decides, on every line of these days.
    Select { days: Window },
}

/// An order by date. Lines of one moment stand in the order of their positions either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    /// The list's own order.
    OldestFirst,
    /// What most readers of an account want.
    NewestFirst,
}

/// A segment with the number of its lines that count, between the earliest and the latest place that one of them may
/// have in the list. Places only tell what comes before what.
struct Placed {
    entry: SegmentEntry,
    lines: u64,
    earliest: i64,
    latest: i64,
}

impl<'a> ListPlan<'a> {
    /// Decides what to read for `request`; `segments` are all of the account, in the order of their positions.
    pub fn new(head: &'a Head, segments: Vec<SegmentEntry>, request: &'a ListRequest) -> Self {
        let (segments, rest) = match direction(request) {
            Some(direction) => around_page(head, segments, direction, request.page),
            None => of_days(segments, request.filter.as_ref().map(bounds_of).unwrap_or_default()),
        };
        Self { head, request, segments, rest }
    }

    /// What to read, in this order.
    pub fn segments(&self) -> &[SegmentEntry] {
        &self.segments
    }

    /// The lines of a segment that the list may hold.
    pub fn decode(&self, bytes: &[u8], span: LineSpan) -> Result<Vec<KeptLine>, Damage> {
        let mut lines = match self.rest {
            Rest::Cut { .. } => decode_segment(bytes, span),
            Rest::Select { days } => decode_window(bytes, span, days),
        }?;
        let filter = self.request.filter.as_ref();
        lines.retain(|line| {
            !self.head.is_withdrawn(line.position) && filter.is_none_or(|it| it.matches(line))
        });
        Ok(lines)
    }

    /// The page, from what was decoded of all segments.
    pub fn page(&self, mut lines: Vec<KeptLine>) -> Page<KeptLine> {
        match self.rest {
            Rest::Cut { direction, skip, total } => {
                direction.sort(&mut lines);
                let skip = usize::try_from(skip).unwrap_or(usize::MAX);
                let take = usize::try_from(self.request.page.items()).unwrap_or(usize::MAX);
                Page { items: lines.into_iter().skip(skip).take(take).collect(), total }
            }
            Rest::Select { .. } => {
                sort_by_date(&mut lines);
                if let Some(order) = self.request.order {
                    lines.sort_by(|a, b| order.compare(a, b));
                }
                Page::cut(lines, self.request.page)
            }
        }
    }
}

impl SegmentEntry {
    /// Whether it may have lines of the window.
    pub fn touches(&self, window: Window) -> bool {
        let bounds = DateBounds { from: Some(window.from), to: window.to };
        bounds.overlap(self.oldest, self.newest)
    }

    /// Whether it has lines at positions of `span`.
    pub fn shares(&self, span: LineSpan) -> bool {
        shared(self.span, span) > 0
    }
}

/// Sorts lines by date, then position.
pub fn sort_by_date(lines: &mut [KeptLine]) {
    Direction::OldestFirst.sort(lines);
}

impl Direction {
    fn sort(self, lines: &mut [KeptLine]) {
        match self {
            Self::OldestFirst => {
                lines.sort_by_key(|kept| (kept.line.date.sort_key(), kept.position));
            }
            Self::NewestFirst => {
                lines.sort_by_key(|kept| (Reverse(kept.line.date.sort_key()), kept.position));
            }
        }
    }

    /// The earliest and the latest place of a segment's lines.
    fn places(self, head: &Head, entry: &SegmentEntry) -> (i64, i64) {
        let [oldest, newest] = [entry.oldest, entry.newest].map(|day| i64::from(day_number(day)));
        match self {
            // Positions stand in the order of the list then, whatever days the segments share.
            Self::OldestFirst if head.is_in_order() => {
                let first = i64::try_from(entry.span.first).unwrap_or(i64::MAX);
                (first, first)
            }
            Self::OldestFirst => (oldest, newest),
            Self::NewestFirst => (newest.saturating_neg(), oldest.saturating_neg()),
        }
    }
}

/// The order by date that `request` wants, if it wants all lines and no other order.
fn direction(request: &ListRequest) -> Option<Direction> {
    match (&request.filter, request.order) {
        (Some(_), _) => None,
        (None, None) => Some(Direction::OldestFirst),
        (None, Some(order)) => DATE_PROPERTIES.contains(&order.path()).then(|| of_order(order)),
    }
}

fn of_order(order: OrderBy) -> Direction {
    if order.is_descending() { Direction::NewestFirst } else { Direction::OldestFirst }
}

fn bounds_of(filter: &Filter) -> DateBounds {
    filter.date_bounds(&DATE_PROPERTIES)
}

/// The segments that may have lines of these days.
fn of_days(mut segments: Vec<SegmentEntry>, bounds: DateBounds) -> (Vec<SegmentEntry>, Rest) {
    segments.retain(|entry| bounds.overlap(entry.oldest, entry.newest));
    let days = Window { from: bounds.from.unwrap_or(Date::MIN), to: bounds.to };
    (segments, Rest::Select { days })
}

/// The segments that may have lines of the page, and how many of their lines stand before it.
fn around_page(
    head: &Head,
    segments: Vec<SegmentEntry>,
    direction: Direction,
    page: PageRequest,
) -> (Vec<SegmentEntry>, Rest) {
    let placed: Vec<Placed> = segments
        .into_iter()
        .map(|entry| {
            let (earliest, latest) = direction.places(head, &entry);
            Placed { entry, lines: live_lines(head, entry.span), earliest, latest }
        })
        .filter(|placed| placed.lines > 0)
        .collect();
    let total = placed.iter().map(|placed| placed.lines).sum();
    let offset = page.offset();
    let end = offset.saturating_add(u64::from(page.items())).min(total);
    // If every line stood as early as it may, the page would begin at `from`, so it begins there or later; if every line
    // stood as late as it may, it would end at `to`, so it ends there or earlier.
    let (Some(from), Some(to)) = (
        place_of_line(&placed, |placed| placed.earliest, offset.saturating_add(1)),
        place_of_line(&placed, |placed| placed.latest, end),
    ) else {
        return (Vec::new(), Rest::Cut { direction, skip: 0, total });
    };
    let before = placed.iter().filter(|placed| placed.latest < from).map(|placed| placed.lines);
    let skip = offset.saturating_sub(before.sum());
    let needed = placed.iter().filter(|placed| placed.earliest <= to && placed.latest >= from);
    (needed.map(|placed| placed.entry).collect(), Rest::Cut { direction, skip, total })
}

/// Where line number `wanted` (from one) would stand, if every line stood at its segment's `place`.
fn place_of_line(placed: &[Placed], place: fn(&Placed) -> i64, wanted: u64) -> Option<i64> {
    let mut in_order: Vec<(i64, u64)> =
        placed.iter().map(|placed| (place(placed), placed.lines)).collect();
    in_order.sort_unstable();
    let mut lines = 0_u64;
    let reaching = in_order.into_iter().find(|(_, more)| {
        lines = lines.saturating_add(*more);
        lines >= wanted
    });
    reaching.map(|(place, _)| place)
}

/// How many lines of `span` were not withdrawn.
fn live_lines(head: &Head, span: LineSpan) -> u64 {
    let gone = head.withdrawn().iter().map(|withdrawn| shared(*withdrawn, span));
    u64::from(span.count).saturating_sub(gone.sum())
}

/// How many positions are in both.
fn shared(a: LineSpan, b: LineSpan) -> u64 {
    a.end().min(b.end()).saturating_sub(a.first.max(b.first))
}
