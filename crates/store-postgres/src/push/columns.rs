//! What a push writes, in columns.

use domain::push::PushOperation;
use store::awaited_text;
use store::clock_watch::AHEAD_OF_NOTED_MICROS;
use store::ledger::{Append, ChunkKind, ChunkNo};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::validation_text;
use crate::columns::{micros, signed};
use crate::fault::Attempt;
use crate::text::escaped;

/// What a push may number: three chunks, and itself.
#[derive(Clone, Copy)]
pub(super) struct Numbers {
    pub(super) segment: ChunkNo,
    pub(super) run: ChunkNo,
    pub(super) directory: ChunkNo,
    pub(super) push: i64,
}

/// A new push in columns.
pub(super) struct PushColumns<'a> {
    pub(super) client: Uuid,
    key: Uuid,
    number: i64,
    company: Uuid,
    connection: Uuid,
    account: &'a str,
    pub(super) account_no: i64,
    requested_at: i64,
    completed_at: Option<i64>,
    status: &'static str,
    error: Option<String>,
    validation: String,
    timeout_minutes: Option<i64>,
    first_line: i64,
    line_count: i64,
    known_lines: i64,
    awaited: Option<String>,
}

impl<'a> PushColumns<'a> {
    pub(super) fn of(push: &'a PushOperation, numbers: Numbers, account_no: i64) -> Attempt<Self> {
        Ok(Self {
            client: push.path.client.uuid(),
            key: push.key.uuid(),
            number: numbers.push,
            company: push.path.company.uuid(),
            connection: push.path.connection.uuid(),
            account: push.account.as_str(),
            account_no,
            requested_at: micros(push.requested_at),
            completed_at: push.completed_at.map(micros),
            status: push.status.name(),
            error: push.error.as_deref().map(|error| escaped(error).into_owned()),
            validation: validation_text(&push.validation)?,
            timeout_minutes: push.timeout_minutes.map(i64::from),
            first_line: signed(push.lines.first)?,
            line_count: i64::from(push.lines.count),
            known_lines: i64::from(push.known_lines),
            awaited: awaited_text::write(&push.awaited),
        })
    }

    pub(super) fn values(&self) -> [&(dyn ToSql + Sync); 17] {
        [
            &self.client,
            &self.key,
            &self.number,
            &self.company,
            &self.connection,
            &self.account,
            &self.account_no,
            &self.requested_at,
            &self.completed_at,
            &self.status,
            &self.error,
            &self.validation,
            &self.timeout_minutes,
            &self.first_line,
            &self.line_count,
            &self.known_lines,
            &self.awaited,
        ]
    }

    pub(super) fn work_values(&self) -> [&(dyn ToSql + Sync); 7] {
        [
            &self.client,
            &self.account_no,
            &self.number,
            &self.key,
            &self.company,
            &self.requested_at,
            &AHEAD_OF_NOTED_MICROS,
        ]
    }
}

/// What a push writes of its lines, in columns.
pub(super) struct LineColumns {
    pub(super) numbers: Vec<i64>,
    pub(super) kinds: Vec<i16>,
    pub(super) bytes: Vec<Vec<u8>>,
    pub(super) dropped: Vec<i64>,
    pub(super) head: Vec<u8>,
}

impl LineColumns {
    pub(super) fn of(mut append: Append, numbers: Numbers) -> Attempt<Self> {
        let dropped = append.dropped_runs.iter().copied().map(signed).collect::<Attempt<_>>()?;
        let mut rows = Self {
            numbers: Vec::new(),
            kinds: Vec::new(),
            bytes: Vec::new(),
            dropped,
            head: Vec::new(),
        };
        let segment = std::mem::take(&mut append.segment);
        rows.push(numbers.segment, ChunkKind::Segment, segment)?;
        // The append is asked below whether it had them, so they are copied.
        let run = append.run.clone().map(|bytes| rows.push(numbers.run, ChunkKind::Run, bytes));
        let directory = append
            .directory
            .clone()
            .map(|bytes| rows.push(numbers.directory, ChunkKind::Directory, bytes));
        let (run, directory) = (run.transpose()?, directory.transpose()?);
        rows.head = append.finish(numbers.segment, run, directory)?.encode();
        Ok(rows)
    }

    fn push(&mut self, number: ChunkNo, kind: ChunkKind, bytes: Vec<u8>) -> Attempt<ChunkNo> {
        self.numbers.push(signed(number)?);
        self.kinds.push(i16::from(kind.code()));
        self.bytes.push(bytes);
        Ok(number)
    }
}
