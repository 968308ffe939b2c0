//! The heads and chunks of the accounts' ledgers: fetching and putting the bytes. What they mean is `store::ledger`.

use crate::row::{Fields, Put};
use crate::writer::Writing;
use crate::{Database, sql};
use domain::line::KeptLine;
use domain::money::Amount;
use domain::push::{LineSpan, PushDraft};
use std::collections::HashMap;
use std::sync::Arc;
use store::ledger::{
    Append, ChunkKind, ChunkNo, Damage, Directory, Head, Run, SegmentEntry, Suspect, Wanted,
    decode_lines_at, suspects,
};
use store::{Answer, StoreError};

/// Decoded runs kept at hand: those of some hundred accounts of a hundred thousand lines. Which of them goes when there
/// are too many is left to chance: when a few more accounts take turns than fit, the longest unused would always be the next
/// to be wanted.
const RUNS_BYTES_MAX: usize = 128 << 20;

const CREATE_LEDGER: &str = "
    -- create_ledger
    insert into ledger (account_no, balance, head)
    values (?1, ?2, ?3)";

const FIND_HEAD: &str = "
    -- find_head
    select head
    from ledger
    where account_no = ?1";

const SET_BALANCE: &str = "
    -- set_balance
    update ledger
    set balance = ?2
    where account_no = ?1";

const SET_HEAD: &str = "
    -- set_head
    update ledger
    set head = ?2
    where account_no = ?1";

const SET_HEAD_AND_BALANCE: &str = "
    -- set_head_and_balance
    update ledger
    set head = ?2, balance = ?3
    where account_no = ?1";

const ADD_CHUNK: &str = "
    -- add_chunk
    insert into chunk (account_no, kind, bytes)
    values (?1, ?2, ?3)";

const FIND_CHUNK: &str = "
    -- find_chunk
    select bytes
    from chunk
    where chunk_no = ?1 and kind = ?2";

const DELETE_CHUNK: &str = "
    -- delete_chunk
    delete from chunk
    where chunk_no = ?1";

/// Starts the ledger of a new account.
pub(crate) fn create(database: &Database, account_no: u64, balance: Option<Amount>) -> Answer<()> {
    let head = Head::default().encode();
    sql::execute(database, CREATE_LEDGER, &[&account_no, &balance, &head])?;
    Ok(())
}

/// The head of an account, or nothing when the account is gone.
pub(crate) fn load_head(database: &Database, account_no: i64) -> Answer<Option<Head>> {
    sql::one(database, FIND_HEAD, &[&account_no], head)
}

/// Reads a head from its column.
pub(crate) fn head(row: &mut Fields<'_>) -> Answer<Head> {
    Ok(Head::decode(&row.next::<Vec<u8>>()?)?)
}

/// Writes a head.
pub(crate) fn set_head(database: &Database, account_no: i64, head: &Head) -> Answer<()> {
    sql::execute(database, SET_HEAD, &[&account_no, &head.encode()])?;
    Ok(())
}

/// Writes a balance.
pub(crate) fn set_balance(
    database: &Database,
    account_no: i64,
    balance: Option<Amount>,
) -> Answer<()> {
    sql::execute(database, SET_BALANCE, &[&account_no, &balance])?;
    Ok(())
}

/// Writes an append: its chunks, then the head that names them, with the balance if there is a new one.
pub(crate) fn write_append(
    writing: &mut Writing<'_>,
    account_no: i64,
    mut append: Append,
    balance: Option<Amount>,
) -> Answer<()> {
    let database = writing.database;
    let add = |kind: ChunkKind, bytes: &Vec<u8>| {
        sql::insert(database, ADD_CHUNK, &[&account_no, &kind.code(), bytes])
    };
    let segment = add(ChunkKind::Segment, &append.segment)?;
    let run = append.run.as_ref().map(|bytes| add(ChunkKind::Run, bytes)).transpose()?;
    let directory =
        append.directory.as_ref().map(|bytes| add(ChunkKind::Directory, bytes)).transpose()?;
    for dropped in &append.dropped_runs {
        sql::execute(database, DELETE_CHUNK, &[dropped])?;
        writing.runs.forget(*dropped);
    }
    if let Some((chunk, made)) = run.zip(append.take_run()) {
        writing.runs.keep(chunk, Arc::new(made));
    }
    let head = append.finish(segment, run, directory)?;
    match balance {
        None => set_head(database, account_no, &head),
        Some(balance) => {
            let values: [&dyn Put; 3] = [&account_no, &head.encode(), &balance];
            sql::execute(database, SET_HEAD_AND_BALANCE, &values)?;
            Ok(())
        }
    }
}

/// Deletes the chunks of an account; its head goes with its row.
pub(crate) fn delete_chunks(database: &Database, account_no: i64) -> Answer<()> {
    let Some(head) = load_head(database, account_no)? else { return Ok(()) };
    let directories = load_directories(database, &head)?;
    let segments = directories.iter().flat_map(|(_, directory)| &directory.segments);
    let segments = segments.chain(head.recent_segments()).map(|entry| entry.chunk);
    let others = directories.iter().map(|(chunk, _)| *chunk);
    for chunk in segments.chain(others).chain(head.run_chunks()) {
        sql::execute(database, DELETE_CHUNK, &[&chunk])?;
    }
    Ok(())
}

/// Every segment of an account, in the order of their positions.
pub(crate) fn load_segments(database: &Database, head: &Head) -> Answer<Vec<SegmentEntry>> {
    let directories = load_directories(database, head)?;
    let mut segments: Vec<SegmentEntry> =
        directories.into_iter().flat_map(|(_, directory)| directory.segments).collect();
    segments.extend_from_slice(head.recent_segments());
    segments.sort_by_key(|entry| entry.span.first);
    Ok(segments)
}

/// Lets `decode` read a segment's bytes where they lie.
pub(crate) fn read_segment<T>(
    database: &Database,
    entry: &SegmentEntry,
    decode: impl FnOnce(&[u8]) -> Result<T, Damage>,
) -> Answer<T> {
    read_chunk(database, entry.chunk, ChunkKind::Segment, decode)
}

/// Those lines that have an id of `draft`, which are `wanted`, and are not withdrawn.
pub(crate) fn find_known(
    database: &Database,
    head: &Head,
    runs: &[Arc<Run>],
    draft: &PushDraft,
    wanted: &Wanted,
) -> Answer<Vec<KeptLine>> {
    let suspects = suspects(head, runs, wanted)?;
    if suspects.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<&str> = draft.ids().collect();
    let mut known = Vec::new();
    for entry in segments_of(database, head, &suspects)? {
        let here = within(&suspects, entry.span);
        if here.is_empty() {
            continue;
        }
        let mut positions: Vec<u64> = here.iter().map(|suspect| suspect.position).collect();
        positions.dedup();
        let lines =
            read_segment(database, &entry, |bytes| decode_lines_at(bytes, entry.span, &positions))?;
        known.extend(lines.into_iter().filter(|kept| {
            let asked = within(here, LineSpan { first: kept.position, count: 1 });
            asked.iter().any(|suspect| ids.get(suspect.index) == Some(&kept.line.id.as_str()))
        }));
    }
    Ok(known)
}

/// The segments that may hold the suspects: the recent ones when that is enough, as it is for a push that comes again.
fn segments_of(
    database: &Database,
    head: &Head,
    suspects: &[Suspect],
) -> Answer<Vec<SegmentEntry>> {
    let recent = head.recent_segments();
    match (suspects.first(), recent.first()) {
        (Some(suspect), Some(entry)) if suspect.position >= entry.span.first => Ok(recent.to_vec()),
        _ => load_segments(database, head),
    }
}

/// Those of `suspects`, which are sorted by position, that stand in `span`.
fn within(suspects: &[Suspect], span: LineSpan) -> &[Suspect] {
    let start = suspects.partition_point(|suspect| suspect.position < span.first);
    let end = suspects.partition_point(|suspect| suspect.position < span.end());
    suspects.get(start..end).unwrap_or_default()
}

/// Every directory with its chunk's number.
fn load_directories(database: &Database, head: &Head) -> Answer<Vec<(ChunkNo, Directory)>> {
    let mut waiting = head.directory_chunks().to_vec();
    let mut found = Vec::new();
    while let Some(chunk) = waiting.pop() {
        let directory = read_chunk(database, chunk, ChunkKind::Directory, Directory::decode)?;
        waiting.extend_from_slice(&directory.older);
        found.push((chunk, directory));
    }
    Ok(found)
}

fn read_chunk<T>(
    database: &Database,
    chunk: ChunkNo,
    kind: ChunkKind,
    decode: impl FnOnce(&[u8]) -> Result<T, Damage>,
) -> Answer<T> {
    let read = |row: &mut Fields<'_>| Ok(decode(row.next_bytes()?)?);
    let found = sql::one(database, FIND_CHUNK, &[&chunk, &kind.code()], read)?;
    found.ok_or_else(|| StoreError::Damaged(format!("chunk {chunk} is not there")))
}

/// Decoded runs by chunk number, the writer's own: chunks never change. It is emptied whenever something is undone,
/// because their numbers are then given out again.
#[derive(Debug, Default)]
pub(crate) struct RunCache {
    runs: HashMap<ChunkNo, Arc<Run>>,
    bytes: usize,
    dice: u64,
}

impl RunCache {
    /// The runs of a head, in its order.
    pub(crate) fn load(&mut self, database: &Database, head: &Head) -> Answer<Vec<Arc<Run>>> {
        head.run_chunks().into_iter().map(|chunk| self.one(database, chunk)).collect()
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.runs.clear();
        self.bytes = 0;
    }

    fn one(&mut self, database: &Database, chunk: ChunkNo) -> Answer<Arc<Run>> {
        if let Some(run) = self.runs.get(&chunk) {
            return Ok(Arc::clone(run));
        }
        let run = Arc::new(read_chunk(database, chunk, ChunkKind::Run, Run::decode)?);
        self.keep(chunk, Arc::clone(&run));
        Ok(run)
    }

    fn keep(&mut self, chunk: ChunkNo, run: Arc<Run>) {
        while self.bytes.saturating_add(run.bytes()) > RUNS_BYTES_MAX
            && let Some(any) = self.any()
        {
            self.forget(any);
        }
        self.bytes = self.bytes.saturating_add(run.bytes());
        self.runs.insert(chunk, run);
    }

    /// One of those kept, as a dice of no great quality has it.
    fn any(&mut self) -> Option<ChunkNo> {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let place = usize::try_from(self.dice >> 33).unwrap_or_default();
        let place = place.checked_rem(self.runs.len())?;
        self.runs.keys().nth(place).copied()
    }

    fn forget(&mut self, chunk: ChunkNo) {
        if let Some(run) = self.runs.remove(&chunk) {
            self.bytes = self.bytes.saturating_sub(run.bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;
    use crate::writer::{Undo, Writer};
    use domain::line::Line;
    use store::ledger::{NewSegment, append};
    use store::migration::Migrate;
    use testkit::{NOON, a_draft_of, a_line};

    const ACCOUNT: i64 = 1;

    fn writer() -> Writer {
        let mut database = Database::open_in_memory().unwrap();
        schema::migrate(&mut database, Migrate::Apply, NOON).unwrap();
        // The ledger of an account that these tests need not make.
        database.execute_batch("pragma foreign_keys = off").unwrap();
        create(&database, 1, None).unwrap();
        Writer::start(database, store::EventSignal::default()).unwrap()
    }

    /// So many lines that their fingerprints become a run.
    fn lines(prefix: &str) -> Vec<Line> {
        (0..300).map(|n| a_line(&format!("{prefix}{n}"), "2024-02-29", "1.00")).collect()
    }

    /// Appends lines, then loads the runs as the next push would.
    fn append_and_load(writing: &mut Writing<'_>, prefix: &str) -> Answer<(Head, Vec<Arc<Run>>)> {
        let head = load_head(writing.database, ACCOUNT)?.unwrap();
        let runs = writing.runs.load(writing.database, &head)?;
        let append = append(&head, &runs, NewSegment::of(&lines(prefix), NOON).unwrap())?;
        write_append(writing, ACCOUNT, append, None)?;
        let head = load_head(writing.database, ACCOUNT)?.unwrap();
        let runs = writing.runs.load(writing.database, &head)?;
        Ok((head, runs))
    }

    #[tokio::test]
    async fn nothing_is_remembered_of_runs_that_were_undone() {
        let writer = writer();
        let undone = |writing: &mut Writing<'_>| -> Answer<()> {
            append_and_load(writing, "undone")?;
            Err(StoreError::Busy("changed its mind".to_owned()))
        };
        assert!(writer.write(Undo::Job, undone, |()| {}).await.is_err());
        // The same chunk numbers are given out again, for another run.
        let kept = |writing: &mut Writing<'_>| {
            let (head, runs) = append_and_load(writing, "kept")?;
            let ids = ["kept7", "undone7"];
            let draft = a_draft_of(ids.map(|id| a_line(id, "2024-02-29", "1.00")));
            find_known(writing.database, &head, &runs, &draft, &Wanted::new(&ids))
        };
        let known = writer.write(Undo::Job, kept, |_| {}).await.unwrap();
        let ids: Vec<_> = known.iter().map(|kept| kept.line.id.as_str()).collect();
        assert_eq!(ids, ["kept7"]);
    }

    #[tokio::test]
    async fn a_deleted_account_leaves_no_chunk() {
        let writer = writer();
        let delete = |writing: &mut Writing<'_>| {
            for push in 0..100 {
                append_and_load(writing, &format!("{push}-"))?;
            }
            let before = sql::count(writing.database, "select count(*) from chunk", &[])?;
            let head = load_head(writing.database, ACCOUNT)?.unwrap();
            let has_directories = !head.directory_chunks().is_empty();
            delete_chunks(writing.database, ACCOUNT)?;
            let after = sql::count(writing.database, "select count(*) from chunk", &[])?;
            Ok((before > 100, has_directories, after))
        };
        assert_eq!(writer.write(Undo::Job, delete, |_| {}).await.unwrap(), (true, true, 0));
    }

    #[tokio::test]
    async fn a_chunk_that_is_missing_is_damage() {
        let writer = writer();
        let read = |writing: &mut Writing<'_>| {
            append_and_load(writing, "a")?;
            let head = load_head(writing.database, ACCOUNT)?.unwrap();
            sql::execute(writing.database, "delete from chunk", &[])?;
            writing.runs.clear();
            writing.runs.load(writing.database, &head).map(|_runs| ())
        };
        let error = writer.write(Undo::Job, read, |()| {}).await.unwrap_err();
        assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
    }
}
