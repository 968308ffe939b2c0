//! Verbs for whoever inspects a database. They believe nothing of what they read: what cannot be read is answered as
//! such, row by row, so that one damaged row hides no other.

use crate::ledger::{ChunkKind, ChunkNo};
use crate::{Answer, Installation};
use async_trait::async_trait;
use domain::delivery::SentStatement;
use domain::ids::{ClientId, PushKey};
use domain::push::LineSpan;
use domain::source_account::AccountPath;
use jiff::Timestamp;

/// A ledger by the database's own numbers, in whose order ledgers are walked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerMark {
    /// Whose it is.
    pub client: ClientId,
    /// The account's number.
    pub account_no: u64,
}

/// An account's ledger, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenLedger {
    /// Where it stands among all.
    pub mark: LedgerMark,
    /// The account's name; nothing when that cannot be read.
    pub account: Option<AccountPath>,
    /// The bytes of its head; nothing when there is none.
    pub head: Option<Vec<u8>>,
}

/// A chunk, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenChunk {
    /// The account that it was written for.
    pub account_no: u64,
    /// What it was written as; nothing when the table says something unknown.
    pub kind: Option<ChunkKind>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A head with the run that has a line's fingerprint, read in one moment: pushes replace runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenIndex {
    /// The bytes of the head.
    pub head: Vec<u8>,
    /// The run, if it is not the head itself that has the fingerprint, and if it is there.
    pub run: Option<SeenChunk>,
}

/// An operation that has lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenPush {
    /// Which.
    pub key: PushKey,
    /// Its new lines.
    pub lines: LineSpan,
}

/// What was sent of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenStatement {
    /// Of which push.
    pub push: PushKey,
    /// The statement.
    pub statement: SentStatement,
}

/// Events that are numbered one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventSeries {
    /// Whose they are; nothing where all clients share one numbering.
    pub client: Option<ClientId>,
    /// The number that was given last.
    pub newest: u64,
}

/// An event's row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenEvent {
    /// Its number.
    pub sequence: u64,
    /// Why it cannot be read, if it cannot.
    pub fault: Option<String>,
}

/// Verbs for whoever inspects a database.
#[async_trait]
pub trait Inspections: Send + Sync {
    /// The database's own clock; nothing when it has none but this machine's.
    async fn database_time(&self) -> Answer<Option<Timestamp>>;

    /// The installation; nothing before the first start of a server.
    async fn find_installation(&self) -> Answer<Option<Installation>>;

    /// What the database itself finds wrong with its files, and rows that refer to nothing; about `count` at most.
    async fn examine(&self, count: u32) -> Answer<Vec<String>>;

    /// Ledgers after that one, in their order, at most `count`.
    async fn see_ledgers(&self, after: Option<LedgerMark>, count: u32) -> Answer<Vec<SeenLedger>>;

    /// The bytes of an account's head, as they are by now; nothing when there is none.
    async fn see_head(&self, mark: LedgerMark) -> Answer<Option<Vec<u8>>>;

    /// Chunks of a ledger in the order in which they are asked for; nothing in place of one that is not there.
    async fn see_chunks(
        &self,
        mark: LedgerMark,
        chunks: &[ChunkNo],
    ) -> Answer<Vec<Option<SeenChunk>>>;

    /// What has the fingerprint of the line at `position`; nothing when the account or the line is gone.
    async fn see_index(&self, mark: LedgerMark, position: u64) -> Answer<Option<SeenIndex>>;

    /// An account's operations whose lines begin at `position` or later, in the order of their lines, at most `count`.
    async fn see_pushes(
        &self,
        mark: LedgerMark,
        position: u64,
        count: u32,
    ) -> Answer<Vec<SeenPush>>;

    /// An account's statements whose lines begin from `first` on and before `end`, in the order of their lines.
    async fn see_statements(
        &self,
        mark: LedgerMark,
        first: u64,
        end: u64,
    ) -> Answer<Vec<SeenStatement>>;

    /// Series of events after that client's, in the order of their clients, at most `count`.
    async fn see_event_series(
        &self,
        after: Option<ClientId>,
        count: u32,
    ) -> Answer<Vec<EventSeries>>;

    /// A series' events after `sequence`, in their order, at most `count`.
    async fn see_events(
        &self,
        series: EventSeries,
        sequence: u64,
        count: u32,
    ) -> Answer<Vec<SeenEvent>>;
}
