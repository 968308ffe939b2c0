//! A visit to one account, whose head could be read: its segments in their order, and with each all that must agree
//! with it. What must be true is decided in the files beside this one; here it is fetched.

use super::account::Report;
use super::beyond;
use super::facts::Facts;
use super::ids::IdShare;
use super::operations::{Misfit, Operations};
use super::statements::Statements;
use super::walk::{Next, SegmentWalk};
use super::{DeepCheck, Inspections, LedgerMark, Place, SeenChunk, SeenStatement};
use crate::ledger::{ChunkKind, ChunkNo, Directory, Head, IndexPart, SegmentEntry, decode_segment};
use crate::{Answer, StoreError};
use domain::line::KeptLine;
use domain::push::LineSpan;
use std::collections::VecDeque;

/// One account on its way.
pub(super) struct Visit<'a> {
    store: &'a dyn Inspections,
    mark: LedgerMark,
    head: &'a Head,
    report: &'a mut Report,
    facts: Facts<'a>,
    operations: Operations,
    statements: Statements,
    index: Option<Index>,
    ids: IdShare,
    /// Whether segments may be left out here that nobody knows of.
    has_hole: bool,
}

/// Fingerprints among which lines are looked for.
enum Index {
    Part(IndexPart),
    /// It could not be read, or a line was not found; that is told.
    Told {
        end: u64,
    },
}

/// A chunk, or why it cannot be used.
type Usable = Result<SeenChunk, String>;

impl<'a> Visit<'a> {
    pub(super) fn new(
        store: &'a dyn Inspections,
        mark: LedgerMark,
        head: &'a Head,
        report: &'a mut Report,
    ) -> Self {
        Self {
            store,
            mark,
            head,
            report,
            facts: Facts::new(head),
            operations: Operations::default(),
            statements: Statements::default(),
            index: None,
            ids: IdShare::new(0, IdShare::count(head.lines())),
            has_hole: false,
        }
    }

    /// All of it.
    pub(super) async fn all(mut self) -> Answer<()> {
        let mut walk = SegmentWalk::new(self.head);
        loop {
            match walk.next() {
                Next::End => break,
                Next::Circle(chunk) => self.lose(chunk, "a directory that leads in a circle"),
                Next::Directory(chunk) => match self.directory(chunk).await? {
                    Ok(directory) => walk.open(chunk, &directory),
                    Err(fault) => self.lose(chunk, &fault),
                },
                Next::Segments(entries) => self.segments(&entries).await?,
            }
        }
        if let Some(fault) = self.facts.end() {
            self.report.add(DeepCheck::Heads, Place::default(), fault);
        }
        self.operations_left().await?;
        let pushes = self.operations.rest(self.store, self.mark).await?;
        beyond::look(self.store, self.mark, self.head, pushes, self.report).await?;
        self.ids_left().await
    }

    fn lose(&mut self, chunk: ChunkNo, fault: &str) {
        let chunk = Some((ChunkKind::Directory, chunk));
        self.report.add(DeepCheck::Heads, Place { chunk, ..Place::default() }, fault);
        self.facts.lose_segments();
        self.has_hole = true;
    }

    async fn directory(&self, chunk: ChunkNo) -> Answer<Result<Directory, String>> {
        let found = self.chunks(ChunkKind::Directory, &[chunk]).await?.pop_front();
        let found = found.unwrap_or_else(|| Err("it is not there".to_owned()));
        Ok(found
            .and_then(|seen| Directory::decode(&seen.bytes).map_err(|damage| damage.to_string())))
    }

    async fn segments(&mut self, entries: &[SegmentEntry]) -> Answer<()> {
        let numbers: Vec<ChunkNo> = entries.iter().map(|entry| entry.chunk).collect();
        let chunks = self.chunks(ChunkKind::Segment, &numbers).await?;
        let mut sent = self.sent(entries).await?;
        for (entry, found) in entries.iter().zip(chunks) {
            let place = || place_of(entry);
            if let Some(fault) = self.facts.enter(entry) {
                self.report.add(DeepCheck::Heads, place(), fault);
            }
            let lines = found.and_then(|seen| {
                decode_segment(&seen.bytes, entry.span).map_err(|damage| damage.to_string())
            });
            match &lines {
                Err(fault) => {
                    self.report.add(DeepCheck::Lines, place(), fault.as_str());
                    self.facts.lose_lines();
                }
                Ok(lines) => {
                    for fault in self.facts.read(entry, lines) {
                        self.report.add(DeepCheck::Order, place(), fault);
                    }
                    self.fingerprints(entry, lines).await?;
                    self.note_ids(lines);
                }
            }
            self.operations_of(entry.span).await?;
            self.statements_of(entry.span, &mut sent, lines.as_deref().ok());
        }
        Ok(())
    }

    fn note_ids(&mut self, lines: &[KeptLine]) {
        let count = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        self.report.inspected.count = self.report.inspected.count.saturating_add(count);
        for kept in lines.iter().filter(|kept| !self.head.is_withdrawn(kept.position)) {
            self.ids.note(&kept.line.id, kept.position);
        }
    }

    /// Every line's id is found where a push would look for it.
    async fn fingerprints(&mut self, entry: &SegmentEntry, lines: &[KeptLine]) -> Answer<()> {
        for kept in lines {
            if !self.index.as_ref().is_some_and(|index| index.covers(kept.position)) {
                self.index = Some(self.open_index(kept.position).await?);
            }
            if let Some(Index::Part(part)) = &self.index
                && !part.has(kept.position, &kept.line.id)
            {
                let part = part.place();
                let chunk = part.run.map(|chunk| (ChunkKind::Run, chunk));
                let what = format!(
                    "the id of the line at position {} is not found: it would be taken again",
                    kept.position
                );
                let lines = Some(entry.span);
                let place = Place { chunk, lines, ..Place::default() };
                self.report.add(DeepCheck::Fingerprints, place, what);
                self.index = Some(Index::Told { end: part.end });
            }
        }
        Ok(())
    }

    /// What has the fingerprints from `position` on, as it is by now.
    async fn open_index(&mut self, position: u64) -> Answer<Index> {
        let told = Index::Told { end: u64::MAX };
        let seen = self.store.see_index(self.mark, position).await;
        let Some(seen) = self.report.read(seen, DeepCheck::Fingerprints, Place::default())? else {
            return Ok(told);
        };
        // The account is gone, or its head is damaged by now: that is found elsewhere.
        let Some(seen) = seen else { return Ok(told) };
        let Ok(head) = Head::decode(&seen.head) else { return Ok(told) };
        let Some(index) = head.index_place(position) else { return Ok(told) };
        let opened = match index.run {
            None => head.open_index(index, &[]).map_err(|damage| damage.to_string()),
            Some(_) => self.usable(ChunkKind::Run, seen.run).and_then(|run| {
                head.open_index(index, &run.bytes).map_err(|damage| damage.to_string())
            }),
        };
        Ok(match opened {
            Ok(part) => Index::Part(part),
            Err(fault) => {
                let chunk = index.run.map(|chunk| (ChunkKind::Run, chunk));
                let count =
                    u32::try_from(index.end.saturating_sub(index.first)).unwrap_or(u32::MAX);
                let lines = Some(LineSpan { first: index.first, count });
                let place = Place { chunk, lines, ..Place::default() };
                self.report.add(DeepCheck::Fingerprints, place, fault);
                Index::Told { end: index.end }
            }
        })
    }

    async fn operations_of(&mut self, segment: LineSpan) -> Answer<()> {
        if std::mem::take(&mut self.has_hole) {
            self.operations.pass(self.store, self.mark, segment.first).await?;
        }
        for misfit in self.operations.meet(self.store, self.mark, segment).await? {
            self.tell(&misfit);
        }
        Ok(())
    }

    /// Operations of this head's lines that come after all of its segments.
    async fn operations_left(&mut self) -> Answer<()> {
        let lines = self.head.lines();
        if self.has_hole {
            return self.operations.pass(self.store, self.mark, lines).await;
        }
        for misfit in self.operations.end(self.store, self.mark, lines).await? {
            self.tell(&misfit);
        }
        Ok(())
    }

    fn tell(&mut self, misfit: &Misfit) {
        let (place, what) = match misfit {
            Misfit::Operation(push) => (
                Place { push: Some(push.key), lines: Some(push.lines), ..Place::default() },
                "the operation counts lines that are no segment",
            ),
            Misfit::Segment(lines) => (
                Place { lines: Some(*lines), ..Place::default() },
                "no operation brought these lines",
            ),
        };
        self.report.add(DeepCheck::Operations, place, what);
    }

    /// What was sent of these segments' lines.
    async fn sent(&mut self, entries: &[SegmentEntry]) -> Answer<VecDeque<SeenStatement>> {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
            return Ok(VecDeque::new());
        };
        let seen = self.store.see_statements(self.mark, first.span.first, last.span.end()).await;
        let seen = self.report.read(seen, DeepCheck::Balances, Place::default())?;
        Ok(seen.unwrap_or_default().into())
    }

    fn statements_of(
        &mut self,
        segment: LineSpan,
        sent: &mut VecDeque<SeenStatement>,
        lines: Option<&[KeptLine]>,
    ) {
        while let Some(seen) = sent.pop_front_if(|seen| seen.statement.lines.first < segment.end())
        {
            let (push, span) = (Some(seen.push), Some(seen.statement.lines));
            if let Some(fault) = self.statements.meet(seen, lines) {
                let place = Place { push, lines: span, ..Place::default() };
                self.report.add(DeepCheck::Balances, place, fault);
            }
        }
    }

    /// The shares of ids that the first round had no room for.
    async fn ids_left(mut self) -> Answer<()> {
        let shares = IdShare::count(self.head.lines());
        for next in 1..=shares {
            let share = std::mem::replace(&mut self.ids, IdShare::new(next, shares));
            for (first, second) in share.doubles() {
                let what = format!("the line has the id of the one at position {first}");
                let lines = Some(LineSpan { first: second, count: 1 });
                self.report.add(DeepCheck::Ids, Place { lines, ..Place::default() }, what);
            }
            if next < shares {
                self.ids_again().await?;
            }
        }
        Ok(())
    }

    /// Another round for another share of the ids; whatever cannot be read was told in the first.
    async fn ids_again(&mut self) -> Answer<()> {
        let mut walk = SegmentWalk::new(self.head);
        loop {
            let entries = match walk.next() {
                Next::End => return Ok(()),
                Next::Circle(_) => continue,
                Next::Directory(chunk) => {
                    if let Ok(directory) = self.directory(chunk).await? {
                        walk.open(chunk, &directory);
                    }
                    continue;
                }
                Next::Segments(entries) => entries,
            };
            let numbers: Vec<ChunkNo> = entries.iter().map(|entry| entry.chunk).collect();
            let chunks = self.chunks(ChunkKind::Segment, &numbers).await?;
            for (entry, found) in entries.iter().zip(chunks) {
                let Ok(seen) = found else { continue };
                let Ok(lines) = decode_segment(&seen.bytes, entry.span) else { continue };
                for kept in lines.iter().filter(|kept| !self.head.is_withdrawn(kept.position)) {
                    self.ids.note(&kept.line.id, kept.position);
                }
            }
        }
    }

    /// Chunks, in the order in which they are asked for. Where several cannot be read together, each is by itself.
    async fn chunks(&self, kind: ChunkKind, numbers: &[ChunkNo]) -> Answer<VecDeque<Usable>> {
        let mut all = VecDeque::with_capacity(numbers.len());
        match self.store.see_chunks(self.mark, numbers).await {
            Ok(found) => all.extend(found.into_iter().map(|seen| self.usable(kind, seen))),
            Err(StoreError::Damaged(_)) => {
                for number in numbers {
                    all.push_back(match self.store.see_chunks(self.mark, &[*number]).await {
                        Ok(mut found) => self.usable(kind, found.pop().flatten()),
                        Err(StoreError::Damaged(what)) => Err(what),
                        Err(error) => return Err(error),
                    });
                }
            }
            Err(error) => return Err(error),
        }
        Ok(all)
    }

    fn usable(&self, kind: ChunkKind, seen: Option<SeenChunk>) -> Usable {
        let seen = seen.ok_or_else(|| "it is not there".to_owned())?;
        if seen.kind != Some(kind) {
            return Err("it is kept as something else".to_owned());
        }
        if seen.account_no != self.mark.account_no {
            return Err(format!("it is kept for the account with number {}", seen.account_no));
        }
        Ok(seen)
    }
}

impl Index {
    fn covers(&self, position: u64) -> bool {
        match self {
            Self::Part(part) => (part.place().first..part.place().end).contains(&position),
            Self::Told { end } => position < *end,
        }
    }
}

fn place_of(entry: &SegmentEntry) -> Place {
    Place {
        chunk: Some((ChunkKind::Segment, entry.chunk)),
        lines: Some(entry.span),
        ..Place::default()
    }
}
