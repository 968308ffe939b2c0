//! What must be true of an account's segments and lines: where they stand, of which days they are, and in which order
//! they came.

use crate::ledger::{Head, SegmentEntry};
use domain::line::KeptLine;
use jiff::civil::{Date, DateTime};

/// What was seen of an account so far.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    head: &'a Head,
    /// Where the next segment begins; nothing after one that nobody knows of.
    next: Option<u64>,
    /// The latest line that counts.
    last: Option<DateTime>,
    newest: Option<Date>,
    /// Whether everything so far could be read.
    is_whole: bool,
    /// Whether it was told that lines are out of order: once is enough.
    is_order_told: bool,
}

impl<'a> Facts<'a> {
    pub(super) fn new(head: &'a Head) -> Self {
        Self { head, next: Some(0), last: None, newest: None, is_whole: true, is_order_told: false }
    }

    /// A directory could not be read: any number of segments is not known.
    pub(super) fn lose_segments(&mut self) {
        self.next = None;
        self.is_whole = false;
    }

    /// A segment could not be read.
    pub(super) fn lose_lines(&mut self) {
        self.is_whole = false;
    }

    /// The next segment; what is wrong with where it stands.
    pub(super) fn enter(&mut self, entry: &SegmentEntry) -> Option<String> {
        let expected = self.next.replace(entry.span.end());
        let expected = expected.filter(|expected| *expected != entry.span.first)?;
        Some(format!("its lines begin at position {}, not at {expected}", entry.span.first))
    }

    /// The lines of that segment; what is wrong with their days and their order.
    pub(super) fn read(&mut self, entry: &SegmentEntry, lines: &[KeptLine]) -> Vec<String> {
        let mut faults = Vec::new();
        let days = || lines.iter().map(|kept| kept.line.date.date());
        if let (Some(oldest), Some(newest)) = (days().min(), days().max())
            && (oldest, newest) != (entry.oldest, entry.newest)
        {
            faults.push(format!(
                "its lines are of {oldest} to {newest}, and its entry says {} to {}",
                entry.oldest, entry.newest
            ));
        }
        for kept in lines.iter().filter(|kept| !self.head.is_withdrawn(kept.position)) {
            let moment = kept.line.date.sort_key();
            let is_late = self.last.is_some_and(|last| moment < last);
            if is_late && self.head.is_in_order() && !self.is_order_told {
                self.is_order_told = true;
                faults.push(format!(
                    "the line at position {} is older than one before it, and the head says that none is",
                    kept.position
                ));
            }
            self.last = self.last.max(Some(moment));
            self.newest = self.newest.max(Some(kept.line.date.date()));
        }
        faults
    }

    /// What is wrong once all segments were entered.
    pub(super) fn end(&self) -> Option<String> {
        let lines = self.head.lines();
        if self.next.is_some_and(|next| next != lines) {
            let found = self.next.unwrap_or_default();
            return Some(format!("it counts {lines} lines, and its segments have {found}"));
        }
        // Withdrawing looks at whole segments, so it may leave a later day than that of any line that counts.
        let told = self.head.newest();
        let agrees = if self.is_whole && self.head.withdrawn().is_empty() {
            told == self.newest
        } else {
            self.newest <= told
        };
        let day = |day: Option<Date>| day.map_or_else(|| "none".to_owned(), |day| day.to_string());
        (!agrees).then(|| {
            format!("it says that the newest day is {}: it is {}", day(told), day(self.newest))
        })
    }
}
