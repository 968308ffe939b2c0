//! Opening the database: the file, its settings, its schema, then the writer and the readers.

use crate::error::{failed, file_failed};
use crate::readers::Readers;
use crate::writer::{Undo, Writer, Writing};
use crate::{Database, schema};
use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{ErrorCode, OpenFlags};
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;
use store::migration::Migrate;
use store::{Answer, EventSignal, StoreError, WorkSignal};

/// How long one process waits for another that writes.
const BUSY_WAIT: Duration = Duration::from_secs(5);
/// SQLite does not wait by itself when two processes turn one new file to WAL at once; so many short waits do.
const WAL_ATTEMPTS_MAX: u32 = 100;
/// See [`WAL_ATTEMPTS_MAX`].
const WAL_ATTEMPT_WAIT: Duration = Duration::from_millis(20);
/// All statements of this crate fit, so none is prepared twice.
const STATEMENTS_MAX: usize = 192;

/// Where the database is, and what may be done to it.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// The file; its directory is there already.
    pub path: PathBuf,
    /// Whether its schema may be changed.
    pub migrate: Migrate,
    /// Now.
    pub opened_at: Timestamp,
}

/// A store in one SQLite file. Several processes of one machine may open the same file.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Writer,
    readers: Readers,
    pub(crate) work: WorkSignal,
    pub(crate) links: WorkSignal,
    pub(crate) events: EventSignal,
    #[cfg(feature = "answer-only")]
    pub(crate) answers_only: bool,
}

impl SqliteStore {
    /// Opens the database, makes it when it is not there, and brings its schema up to date if that is allowed. Blocks:
    /// it is meant for a start.
    pub fn open(options: SqliteOptions) -> Result<Self, StoreError> {
        let database = open_writer(&options)?;
        let events = EventSignal::default();
        let writer = Writer::start(database, events.clone())?;
        let readers = Readers::new(options.path);
        let (work, links) = (WorkSignal::default(), WorkSignal::default());
        Ok(Self {
            writer,
            readers,
            work,
            links,
            events,
            #[cfg(feature = "answer-only")]
            answers_only: false,
        })
    }

    /// The same without threads of its own: every call passes a turnstile, and runs on its caller's thread.
    #[cfg(feature = "simulation")]
    pub fn open_simulated(
        options: SqliteOptions,
        turnstile: std::sync::Arc<dyn crate::Turnstile>,
    ) -> Result<Self, StoreError> {
        let database = open_writer(&options)?;
        let events = EventSignal::default();
        Ok(Self {
            writer: Writer::inline(database, events.clone(), turnstile.clone()),
            readers: Readers::simulated(options.path, turnstile),
            work: WorkSignal::default(),
            links: WorkSignal::default(),
            events,
            #[cfg(feature = "answer-only")]
            answers_only: false,
        })
    }

    /// The same, which judges pushes and answers them without keeping any: what a bench compares keeping with. No binary
    /// that is given to anybody has it.
    #[cfg(feature = "answer-only")]
    #[must_use]
    pub fn answering_only(self) -> Self {
        Self { answers_only: true, ..self }
    }

    /// Runs `work` in the next commit.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writing<'_>) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        self.write_then(Undo::Job, work, |_| {}).await
    }

    /// Runs `work` in the next commit, and `after` once that is durable, even if nobody waits for the answer any more.
    pub(crate) async fn write_then<T: Send + 'static>(
        &self,
        undo: Undo,
        work: impl FnOnce(&mut Writing<'_>) -> Answer<T> + Send + 'static,
        after: impl FnOnce(&T) + Send + 'static,
    ) -> Answer<T> {
        self.writer.write(undo, work, after).await
    }

    /// Deletes what work may wait for, and has that work looked at if it was there.
    pub(crate) async fn delete_and_signal(
        &self,
        delete: impl FnOnce(&mut Writing<'_>) -> Answer<bool> + Send + 'static,
    ) -> Answer<bool> {
        let signal = self.work.clone();
        let raise = move |was_there: &bool| {
            if *was_there {
                signal.raise();
            }
        };
        self.write_then(Undo::Job, delete, raise).await
    }

    /// Runs `work` on what is committed at one moment.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        self.readers.read(work).await
    }

    /// As [`read`](Self::read), for one statement that looks up a row or two of a small table.
    pub(crate) async fn read_here<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        self.readers.read_here(work).await
    }

    /// The thread that commits, and when it last did.
    pub(crate) const fn writer(&self) -> &Writer {
        &self.writer
    }

    /// The database's file.
    pub(crate) fn file(&self) -> &Path {
        self.readers.file()
    }

    /// Ends the readers first: the writer's last checkpoint then finds nobody in its way.
    pub(crate) async fn shut(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// The handle that writes, to a database whose schema is up to date.
fn open_writer(options: &SqliteOptions) -> Result<Database, StoreError> {
    create_file(&options.path)?;
    let mut database = Database::open(&options.path).map_err(failed)?;
    set_up_writer(&database).map_err(failed)?;
    schema::migrate(&mut database, options.migrate, options.opened_at)?;
    Ok(database)
}

/// A handle that cannot write.
pub(crate) fn open_reader(path: &Path) -> rusqlite::Result<Database> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Database::open_with_flags(path, flags)?;
    database.busy_timeout(BUSY_WAIT)?;
    keep_statements(&database)?;
    Ok(database)
}

/// Makes the file for its owner's eyes only; SQLite gives the files beside it the same permissions.
fn create_file(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(file_failed(&error)),
    }
}

/// Prepares each statement once. Otherwise SQLite looks, whenever a value is bound that its statistics might have an
/// opinion about, whether another plan were better now, which costs more than most of our statements (measured: half of
/// a push of one line). We keep no statistics.
fn keep_statements(database: &Database) -> rusqlite::Result<()> {
    database.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(|_is_on| ())
}

fn set_up_writer(database: &Database) -> rusqlite::Result<()> {
    database.busy_timeout(BUSY_WAIT)?;
    keep_statements(database)?;
    // A segment of a hundred lines fits on one page; only a new file takes this.
    database.pragma_update(None, "page_size", 8_192)?;
    turn_to_wal(database)?;
    // Nothing is acknowledged before it is durable: NORMAL would lose the last commits when the power fails.
    database.pragma_update(None, "synchronous", "FULL")?;
    database.pragma_update(None, "foreign_keys", true)?;
    // Checkpoints own the slowest answers; small ones (8 MB) halve those and cost no throughput (measured).
    database.pragma_update(None, "wal_autocheckpoint", 1_000)?;
    // A burst may grow the log; afterwards it shrinks to 64 MiB and is written over, which is faster than growing.
    database.pragma_update(None, "journal_size_limit", 67_108_864)?;
    // 64 MiB (in KiB): accounts are hit at random, and their small pages should be at hand.
    database.pragma_update(None, "cache_size", -65_536)?;
    // What a savepoint remembers need not survive anything.
    database.pragma_update(None, "temp_store", "MEMORY")
}

/// Readers never wait for the writer in this mode, nor it for them.
fn turn_to_wal(database: &Database) -> rusqlite::Result<()> {
    let mut attempt = 1;
    loop {
        match database.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if is_busy(&error) && attempt < WAL_ATTEMPTS_MAX => {
                attempt += 1;
                thread::sleep(WAL_ATTEMPT_WAIT);
            }
            outcome => return outcome,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
