//! What Millrace does: a head for each account, rewritten by each push, and chunks that are only added.

use super::{Layout, PAGE_LINES};
use crate::Answer;
use domain::line::{KeptLine, Line};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;
use std::sync::Arc;
use store::ledger::{
    ChunkKind, ChunkNo, Directory, Head, NewSegment, Run, Suspect, Wanted, append, decode_lines_at,
    decode_segment, suspects,
};

/// The layout with the runs that it has decoded.
pub(crate) struct Ledger {
    runs: HashMap<ChunkNo, Arc<Run>>,
    bytes: usize,
    bytes_max: usize,
}

impl Ledger {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { runs: HashMap::new(), bytes: 0, bytes_max }
    }

    fn load_run(&mut self, database: &Connection, chunk: ChunkNo) -> Answer<Arc<Run>> {
        if let Some(run) = self.runs.get(&chunk) {
            return Ok(Arc::clone(run));
        }
        let run = Arc::new(Run::decode(&load_chunk(database, chunk)?)?);
        if self.bytes + run.bytes() > self.bytes_max {
            self.runs.clear();
            self.bytes = 0;
        }
        self.bytes += run.bytes();
        self.runs.insert(chunk, Arc::clone(&run));
        Ok(run)
    }
}

impl Layout for Ledger {
    fn schema(&self) -> &'static str {
        "create table ledger (account_no integer primary key, head blob not null) strict;
         create table chunk (
             chunk_no integer primary key autoincrement,
             account_no integer not null,
             kind integer not null,
             bytes blob not null
         ) strict;"
    }

    fn push(&mut self, database: &Connection, account: u64, lines: &[Line]) -> Answer<()> {
        let head = load_head(database, account)?;
        let runs: Vec<Arc<Run>> = head
            .run_chunks()
            .into_iter()
            .map(|chunk| self.load_run(database, chunk))
            .collect::<Answer<_>>()?;
        let ids: Vec<&str> = lines.iter().map(|line| line.id.as_str()).collect();
        let suspects = suspects(&head, &runs, &Wanted::new(&ids))?;
        if !suspects.is_empty() && has_known(database, &head, &suspects, &ids)? {
            return Err("the feed made an id twice".into());
        }
        let Some(segment) = NewSegment::of(lines, Timestamp::UNIX_EPOCH) else { return Ok(()) };
        let append = append(&head, &runs, segment)?;
        let keep = |kind, bytes: &[u8]| keep_chunk(database, account, kind, bytes);
        let segment = keep(ChunkKind::Segment, &append.segment)?;
        let run = append.run.as_deref().map(|bytes| keep(ChunkKind::Run, bytes)).transpose()?;
        let directory = append.directory.as_deref();
        let directory = directory.map(|bytes| keep(ChunkKind::Directory, bytes)).transpose()?;
        let mut delete = database.prepare_cached("delete from chunk where chunk_no = ?1")?;
        for chunk in &append.dropped_runs {
            delete.execute(params![i64::try_from(*chunk)?])?;
            self.bytes -= self.runs.remove(chunk).map_or(0, |run| run.bytes());
        }
        let head = append.finish(segment, run, directory)?.encode();
        database
            .prepare_cached("insert or replace into ledger (account_no, head) values (?1, ?2)")?
            .execute(params![i64::try_from(account)?, head])?;
        Ok(())
    }

    fn read_newest(&mut self, database: &Connection, account: u64) -> Answer<usize> {
        let head = load_head(database, account)?;
        let mut lines: Vec<KeptLine> = Vec::new();
        // Recent segments of 1000 lines hold the newest hundred for certain, whatever the older ones hold.
        let mut entries = head.recent_segments().to_vec();
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.newest));
        for entry in entries {
            let worst = lines.len().checked_sub(PAGE_LINES).and_then(|_| lines.get(PAGE_LINES - 1));
            if worst.is_some_and(|worst| worst.line.date.date() > entry.newest) {
                break;
            }
            lines.extend(decode_segment(&load_chunk(database, entry.chunk)?, entry.span)?);
            lines.sort_by_key(|kept| std::cmp::Reverse((kept.line.date.sort_key(), kept.position)));
            lines.truncate(PAGE_LINES);
        }
        Ok(lines.len())
    }
}

/// Whether one of the suspects is no false alarm.
fn has_known(
    database: &Connection,
    head: &Head,
    suspects: &[Suspect],
    ids: &[&str],
) -> Answer<bool> {
    let mut entries = head.recent_segments().to_vec();
    let mut waiting = head.directory_chunks().to_vec();
    while let Some(chunk) = waiting.pop() {
        let directory = Directory::decode(&load_chunk(database, chunk)?)?;
        waiting.extend(directory.older);
        entries.extend(directory.segments);
    }
    for suspect in suspects {
        let holder = entries.iter().find(|entry| entry.span.contains(suspect.position));
        let entry = holder.ok_or("a position without a segment")?;
        let bytes = load_chunk(database, entry.chunk)?;
        let lines = decode_lines_at(&bytes, entry.span, &[suspect.position])?;
        if lines.iter().any(|kept| ids.get(suspect.index) == Some(&kept.line.id.as_str())) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn load_head(database: &Connection, account: u64) -> Answer<Head> {
    let mut find = database.prepare_cached("select head from ledger where account_no = ?1")?;
    let bytes: Option<Vec<u8>> =
        find.query_row(params![i64::try_from(account)?], |row| row.get(0)).optional()?;
    Ok(bytes.map(|bytes| Head::decode(&bytes)).transpose()?.unwrap_or_default())
}

fn load_chunk(database: &Connection, chunk: ChunkNo) -> Answer<Vec<u8>> {
    let mut find = database.prepare_cached("select bytes from chunk where chunk_no = ?1")?;
    Ok(find.query_row(params![i64::try_from(chunk)?], |row| row.get(0))?)
}

fn keep_chunk(
    database: &Connection,
    account: u64,
    kind: ChunkKind,
    bytes: &[u8],
) -> Answer<ChunkNo> {
    database
        .prepare_cached("insert into chunk (account_no, kind, bytes) values (?1, ?2, ?3)")?
        .execute(params![i64::try_from(account)?, kind.code(), bytes])?;
    Ok(u64::try_from(database.last_insert_rowid())?)
}
