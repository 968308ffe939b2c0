//! What no push lets happen, written as nobody would: one account in memory, whose bytes are sound and whose lines are
//! not.

use super::*;
use crate::ledger::{ChunkKind, ChunkNo, Head, NewSegment, Run, append};
use crate::{Answer, Installation};
use async_trait::async_trait;
use domain::dates::LineDate;
use domain::ids::{ClientId, PushKey};
use domain::line::Line;
use domain::money::Amount;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::task::{Context, Poll, Waker};
use uuid::Uuid;

const MARK: LedgerMark = LedgerMark { client: ClientId::new(Uuid::nil()), account_no: 7 };

#[derive(Default)]
struct Memory {
    head: Head,
    /// Told instead of the head, to whoever looks for fingerprints.
    other_head: Option<Head>,
    chunks: BTreeMap<ChunkNo, SeenChunk>,
    pushes: Vec<SeenPush>,
}

impl Memory {
    fn push(&mut self, lines: &[Line]) {
        let runs: Vec<Run> = self.head.run_chunks().iter().map(|no| self.run(*no)).collect();
        let segment = NewSegment::of(lines, Timestamp::UNIX_EPOCH).unwrap();
        let append = append(&self.head, &runs, segment).unwrap();
        self.pushes.push(SeenPush { key: PushKey::new(Uuid::nil()), lines: append.span });
        let segment = self.keep(ChunkKind::Segment, append.segment.clone());
        let run = append.run.clone().map(|bytes| self.keep(ChunkKind::Run, bytes));
        let directory = append.directory.clone();
        let directory = directory.map(|bytes| self.keep(ChunkKind::Directory, bytes));
        self.head = append.finish(segment, run, directory).unwrap();
    }

    fn run(&self, number: ChunkNo) -> Run {
        Run::decode(&self.chunks[&number].bytes).unwrap()
    }

    fn keep(&mut self, kind: ChunkKind, bytes: Vec<u8>) -> ChunkNo {
        let number = self.chunks.last_key_value().map_or(1, |(last, _)| last + 1);
        let account_no = MARK.account_no;
        self.chunks.insert(number, SeenChunk { account_no, kind: Some(kind), bytes });
        number
    }

    /// Nothing here ever waits.
    fn inspect(&self) -> Vec<Finding> {
        let mut inspector = Inspector::new(self);
        let next = std::pin::pin!(inspector.next_account());
        let Poll::Ready(inspected) = next.poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("memory waits for nobody")
        };
        inspected.unwrap().unwrap().findings
    }
}

#[async_trait]
impl Inspections for Memory {
    async fn database_time(&self) -> Answer<Option<Timestamp>> {
        Ok(None)
    }

    async fn find_installation(&self) -> Answer<Option<Installation>> {
        Ok(None)
    }

    async fn examine(&self, _count: u32) -> Answer<Vec<String>> {
        Ok(Vec::new())
    }

    async fn see_ledgers(&self, _: Option<LedgerMark>, _: u32) -> Answer<Vec<SeenLedger>> {
        Ok(vec![SeenLedger { mark: MARK, account: None, head: Some(self.head.encode()) }])
    }

    async fn see_head(&self, _mark: LedgerMark) -> Answer<Option<Vec<u8>>> {
        Ok(Some(self.head.encode()))
    }

    async fn see_chunks(
        &self,
        _mark: LedgerMark,
        chunks: &[ChunkNo],
    ) -> Answer<Vec<Option<SeenChunk>>> {
        Ok(chunks.iter().map(|number| self.chunks.get(number).cloned()).collect())
    }

    async fn see_index(&self, _mark: LedgerMark, position: u64) -> Answer<Option<SeenIndex>> {
        let head = self.other_head.as_ref().unwrap_or(&self.head);
        let run = head.index_place(position).and_then(|place| place.run);
        let run = run.and_then(|number| self.chunks.get(&number).cloned());
        Ok(Some(SeenIndex { head: head.encode(), run }))
    }

    async fn see_pushes(
        &self,
        _mark: LedgerMark,
        position: u64,
        _count: u32,
    ) -> Answer<Vec<SeenPush>> {
        let found = self.pushes.iter().filter(|push| push.lines.first >= position);
        Ok(found.copied().collect())
    }

    async fn see_statements(
        &self,
        _mark: LedgerMark,
        _first: u64,
        _end: u64,
    ) -> Answer<Vec<SeenStatement>> {
        Ok(Vec::new())
    }

    async fn see_event_series(&self, _: Option<ClientId>, _: u32) -> Answer<Vec<EventSeries>> {
        Ok(Vec::new())
    }

    async fn see_events(&self, _: EventSeries, _: u64, _: u32) -> Answer<Vec<SeenEvent>> {
        Ok(Vec::new())
    }
}

fn line(id: &str, day: &str) -> Line {
    Line {
        id: id.into(),
        date: LineDate::parse(day).unwrap(),
        amount: Amount::ZERO,
        balance: None,
        description: None,
        counterparty: None,
        reference: None,
        reconciled: None,
        kind: None,
    }
}

fn lines(prefix: &str, count: u32) -> Vec<Line> {
    (0..count).map(|n| line(&format!("{prefix}{n}"), "2024-02-29")).collect()
}

#[test]
fn an_id_that_stands_twice_is_found_unless_the_first_was_withdrawn() {
    let mut memory = Memory::default();
    memory.push(&lines("a", 200));
    memory.push(&[line("b", "2024-02-29"), line("a7", "2024-02-29")]);
    let found = memory.inspect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].check, DeepCheck::Ids);
    assert_eq!(found[0].place.lines.unwrap().first, 201);
    assert!(found[0].what.ends_with("at position 7"), "{found:?}");

    let segments = memory.head.recent_segments().to_vec();
    memory.head.withdraw(memory.pushes[0].lines, &segments);
    assert_eq!(memory.inspect(), []);
}

#[test]
fn a_line_that_its_fingerprints_would_not_find_is_found() {
    for count in [50, 300] {
        let mut memory = Memory::default();
        memory.push(&lines("a", count));
        assert_eq!(memory.inspect(), []);
        // The same number of lines, of other ids: every checksum agrees, and every known id passes for new.
        let mut other = Memory { chunks: memory.chunks.clone(), ..Memory::default() };
        other.push(&lines("b", count));
        memory.chunks = other.chunks;
        memory.other_head = Some(other.head);
        let found = memory.inspect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].check, DeepCheck::Fingerprints);
    }
}

#[test]
fn a_segment_that_is_exchanged_for_another_sound_one_is_found() {
    let mut memory = Memory::default();
    memory.push(&lines("a", 3));
    memory.push(&lines("b", 3));
    let older: Vec<Line> = (0..3).map(|n| line(&format!("b{n}"), "2024-02-01")).collect();
    let mut other = Memory::default();
    other.push(&older);
    let segment = memory.head.recent_segments()[1].chunk;
    let bytes = other.chunks.into_values().next().unwrap().bytes;
    memory.chunks.get_mut(&segment).unwrap().bytes = bytes;
    let found = memory.inspect();
    let checks: Vec<_> = found.iter().map(|it| it.check).collect();
    assert_eq!(checks, [DeepCheck::Order, DeepCheck::Order], "{found:?}");
    assert!(found[0].what.contains("2024-02-01 to 2024-02-01"), "{found:?}");
    assert!(found[1].what.contains("position 3 is older"), "{found:?}");
}
