//! Whether operations and segments belong to each other: every segment is what one operation brought, and no operation
//! counts lines that are no segment.

use super::{Inspections, LedgerMark, SeenPush};
use crate::Answer;
use domain::push::LineSpan;
use std::collections::VecDeque;

/// Operations that are read together: a few megabytes. Finding those of an account costs a look at its company's.
const PUSHES_AT_ONCE: u32 = 50_000;

/// An account's operations on their way past its segments.
#[derive(Debug, Default)]
pub(super) struct Operations {
    waiting: VecDeque<SeenPush>,
    next: u64,
    is_read: bool,
}

/// What is wrong with an operation, or with a segment that none brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Misfit {
    /// No segment has its lines.
    Operation(SeenPush),
    /// No operation brought it.
    Segment(LineSpan),
}

impl Operations {
    /// What is wrong up to the end of the next segment.
    pub(super) async fn meet(
        &mut self,
        store: &dyn Inspections,
        mark: LedgerMark,
        segment: LineSpan,
    ) -> Answer<Vec<Misfit>> {
        let mut misfits = Vec::new();
        while let Some(push) = self.front(store, mark).await? {
            if push.lines.first > segment.first {
                break;
            }
            self.waiting.pop_front();
            if push.lines == segment {
                return Ok(misfits);
            }
            misfits.push(Misfit::Operation(push));
        }
        misfits.push(Misfit::Segment(segment));
        Ok(misfits)
    }

    /// Passes over operations whose segments nobody knows of.
    pub(super) async fn pass(
        &mut self,
        store: &dyn Inspections,
        mark: LedgerMark,
        position: u64,
    ) -> Answer<()> {
        while self.front(store, mark).await?.is_some_and(|push| push.lines.first < position) {
            self.waiting.pop_front();
        }
        Ok(())
    }

    /// What is wrong with operations after the last segment, whose lines end at `lines`.
    pub(super) async fn end(
        &mut self,
        store: &dyn Inspections,
        mark: LedgerMark,
        lines: u64,
    ) -> Answer<Vec<Misfit>> {
        let mut misfits = Vec::new();
        while let Some(push) =
            self.front(store, mark).await?.filter(|push| push.lines.first < lines)
        {
            self.waiting.pop_front();
            misfits.push(Misfit::Operation(push));
        }
        Ok(misfits)
    }

    /// All that are left.
    pub(super) async fn rest(
        &mut self,
        store: &dyn Inspections,
        mark: LedgerMark,
    ) -> Answer<Vec<SeenPush>> {
        let mut rest = Vec::new();
        while self.front(store, mark).await?.is_some() {
            rest.extend(self.waiting.drain(..));
        }
        Ok(rest)
    }

    async fn front(
        &mut self,
        store: &dyn Inspections,
        mark: LedgerMark,
    ) -> Answer<Option<SeenPush>> {
        if self.waiting.is_empty() && !self.is_read {
            let found = store.see_pushes(mark, self.next, PUSHES_AT_ONCE).await?;
            self.is_read = u32::try_from(found.len()).unwrap_or(u32::MAX) < PUSHES_AT_ONCE;
            // Operations that begin where another does would be a fault, and are in one page with it but for its end.
            self.next = found.last().map_or(self.next, |last| last.lines.first.saturating_add(1));
            self.waiting = found.into();
        }
        Ok(self.waiting.front().copied())
    }
}
