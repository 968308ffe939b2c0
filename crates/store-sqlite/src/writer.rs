//! The one writer: a thread that owns the only handle that writes, and commits many callers' jobs together. A job is
//! answered only after the commit that holds it.

use crate::Database;
use crate::error::{ended, failed};
use crate::ledger::RunCache;
#[cfg(feature = "simulation")]
use crate::simulation::{Inline, Turnstile};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use store::{Answer, EventSignal, Failures, Outage, StoreError};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};

/// So many jobs may wait; more callers wait for room in the queue.
const JOBS_WAITING_MAX: usize = 1_024;
/// One commit takes so many: the disk's wait is shared by then, and the first of them should not wait for long.
const JOBS_TOGETHER_MAX: usize = 64;
/// Whoever finds no room in the queue for so long is told that the database is busy.
const QUEUE_WAIT: Duration = Duration::from_secs(5);

/// What a job works with.
pub(crate) struct Writing<'w> {
    /// Inside the job's own savepoint.
    pub(crate) database: &'w Database,
    /// Decoded runs of fingerprints.
    pub(crate) runs: &'w mut RunCache,
}

/// What is undone when a job fails after it has written something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undo {
    /// The job alone. The database keeps a copy of each page that the job changes, so this costs.
    Job,
    /// The whole commit: for the jobs of every push, which look at everything before they write, so that only a failing
    /// database has them fail.
    Commit,
}

/// A caller's end of the writer's thread.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Of the last commit, unless one has failed since.
    committed_at: Arc<Mutex<Option<Instant>>>,
    #[cfg(feature = "simulation")]
    pub(crate) inline: Option<Inline>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(database: Database, events: EventSignal) -> Answer<Self> {
        let (sender, receiver) = mpsc::channel(JOBS_WAITING_MAX);
        let committed_at = Arc::default();
        let desk = Desk::new(database, events, Arc::clone(&committed_at));
        let thread = thread::Builder::new()
            .name("millrace-writer".to_owned())
            .spawn(move || desk.serve(receiver))
            .map_err(|error| StoreError::Failed(Box::new(error)))?;
        Ok(Self {
            jobs: Mutex::new(Some(sender)),
            thread: Mutex::new(Some(thread)),
            committed_at,
            #[cfg(feature = "simulation")]
            inline: None,
        })
    }

    /// Without a thread: callers commit themselves, when the turnstile lets them.
    #[cfg(feature = "simulation")]
    pub(crate) fn inline(
        database: Database,
        events: EventSignal,
        turnstile: Arc<dyn Turnstile>,
    ) -> Self {
        let committed_at = Arc::default();
        let desk = Desk::new(database, events, Arc::clone(&committed_at));
        let desk = Desk { turnstile: Some(turnstile.clone()), ..desk };
        let inline = Some(Inline::new(desk, turnstile));
        Self { jobs: Mutex::default(), thread: Mutex::default(), committed_at, inline }
    }

    /// Runs `work` in the next commit and `after` once that is durable. What an `Err` wrote is undone.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        undo: Undo,
        work: impl FnOnce(&mut Writing<'_>) -> Answer<T> + Send + 'static,
        after: impl FnOnce(&T) + Send + 'static,
    ) -> Answer<T> {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Call { work: Some(work), undo, outcome: None, after, reply });
        #[cfg(feature = "simulation")]
        if let Some(inline) = &self.inline {
            return inline.write(job, answer).await;
        }
        let jobs = self.sender().ok_or_else(|| ended("the store is closed"))?;
        let Ok(room) = timeout(QUEUE_WAIT, jobs.reserve()).await else {
            return Err(StoreError::Busy("too many writes are waiting".to_owned()));
        };
        let room = room.map_err(|_closed| ended("the writer has ended"))?;
        room.send(job);
        answer.await.map_err(|_closed| ended("the writer has ended"))?
    }

    /// Whether the thread takes jobs.
    pub(crate) fn is_alive(&self) -> bool {
        #[cfg(feature = "simulation")]
        if self.inline.is_some() {
            return true;
        }
        self.sender().is_some_and(|jobs| !jobs.is_closed())
    }

    /// Whether a commit went through so short a time ago, and none has failed since.
    pub(crate) fn has_committed_within(&self, time: Duration) -> bool {
        lock(&self.committed_at).is_some_and(|at| at.elapsed() <= time)
    }

    /// Takes no more jobs, lets those that wait be done, and waits for the thread's end.
    pub(crate) async fn close(&self) {
        drop(lock(&self.jobs).take());
        let thread = lock(&self.thread).take();
        let Some(thread) = thread else { return };
        let joined = tokio::task::spawn_blocking(move || thread.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the writer ended in a panic");
        }
    }

    fn sender(&self) -> Option<mpsc::Sender<Box<dyn Job>>> {
        lock(&self.jobs).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One caller's work, with the caller's types hidden.
pub(crate) trait Job: Send {
    /// Does the work; whether what it wrote is to be kept.
    fn run(&mut self, writing: &mut Writing<'_>) -> bool;
    /// What its failure undoes.
    fn undo(&self) -> Undo;
    /// Why it could not be done, if the disk or the system has to do with that.
    fn outage(&self) -> Option<Outage>;
    /// Tells the caller, now that the commit has ended.
    fn answer(self: Box<Self>, committed: Result<(), Spoilt>);
}

struct Call<T, W, A> {
    work: Option<W>,
    undo: Undo,
    outcome: Option<Answer<T>>,
    after: A,
    reply: oneshot::Sender<Answer<T>>,
}

impl<T, W, A> Job for Call<T, W, A>
where
    T: Send,
    W: FnOnce(&mut Writing<'_>) -> Answer<T> + Send,
    A: FnOnce(&T) + Send,
{
    fn run(&mut self, writing: &mut Writing<'_>) -> bool {
        self.outcome = self.work.take().map(|work| work(writing));
        matches!(self.outcome, Some(Ok(_)))
    }

    fn undo(&self) -> Undo {
        self.undo
    }

    fn outage(&self) -> Option<Outage> {
        match &self.outcome {
            Some(Err(StoreError::Unavailable { outage, .. })) => Some(*outage),
            Some(_) | None => None,
        }
    }

    fn answer(self: Box<Self>, committed: Result<(), Spoilt>) {
        let answer = match (self.outcome, committed) {
            (Some(Err(error)), _) => Err(error),
            (Some(Ok(_)) | None, Err(spoilt)) => Err(spoilt.into()),
            (None, Ok(())) => Err(ended("the writer left a job out")),
            (Some(Ok(value)), Ok(())) => {
                (self.after)(&value);
                Ok(value)
            }
        };
        // A caller that has gone away no longer wants to know.
        drop(self.reply.send(answer));
    }
}

/// Where a caller waits for its answer.
#[cfg(any(test, feature = "simulation"))]
pub(crate) type Reply<T> = oneshot::Receiver<Answer<T>>;

/// Why a whole commit came to nothing; told to each of its jobs.
#[derive(Clone, Debug)]
pub(crate) enum Spoilt {
    /// The database refused.
    Database(Arc<rusqlite::Error>),
    /// An error within one job, such as a full disk, made the database give the whole transaction up.
    ByAnother(Option<Outage>),
}

impl From<rusqlite::Error> for Spoilt {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl From<Spoilt> for StoreError {
    fn from(spoilt: Spoilt) -> Self {
        match spoilt {
            Spoilt::ByAnother(outage) => {
                let detail = "the commit was undone by a failure of another write in it".to_owned();
                match outage {
                    Some(outage) => Self::Unavailable { outage, detail },
                    None => Self::Busy(detail),
                }
            }
            Spoilt::Database(error) => match Arc::try_unwrap(error) {
                Ok(error) => failed(error),
                Err(shared) => failed_together(&shared),
            },
        }
    }
}

/// As [`failed`], for an error that several callers are told of.
fn failed_together(error: &Arc<rusqlite::Error>) -> StoreError {
    match error.sqlite_error() {
        Some(code) => failed(rusqlite::Error::SqliteFailure(*code, Some(error.to_string()))),
        None => StoreError::Failed(Box::new(Arc::clone(error))),
    }
}

/// The thread's side.
pub(crate) struct Desk {
    database: Database,
    runs: RunCache,
    events: EventSignal,
    /// See [`Writer`].
    committed_at: Arc<Mutex<Option<Instant>>>,
    failures: Failures,
    #[cfg(feature = "simulation")]
    pub(crate) turnstile: Option<Arc<dyn Turnstile>>,
}

impl Desk {
    fn new(
        database: Database,
        events: EventSignal,
        committed_at: Arc<Mutex<Option<Instant>>>,
    ) -> Self {
        Self {
            database,
            runs: RunCache::default(),
            events,
            committed_at,
            failures: Failures::default(),
            #[cfg(feature = "simulation")]
            turnstile: None,
        }
    }

    fn serve(mut self, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
        let mut group = Vec::with_capacity(JOBS_TOGETHER_MAX);
        while jobs.blocking_recv_many(&mut group, JOBS_TOGETHER_MAX) > 0 {
            self.attend(&mut group);
        }
        self.leave();
    }

    /// Commits all of a group, and answers.
    pub(crate) fn attend(&mut self, group: &mut Vec<Box<dyn Job>>) {
        let committed = self.commit_together(group);
        let is_news = committed.is_ok();
        for job in group.drain(..) {
            job.answer(committed.clone());
        }
        // Whoever follows events and fails would otherwise wake itself, round after round.
        if is_news {
            self.events.raise();
        }
    }

    fn commit_together(&mut self, group: &mut [Box<dyn Job>]) -> Result<(), Spoilt> {
        let changes = self.database.total_changes();
        let committed = self.run_together(group);
        // A commit that wrote nothing never reached the disk: it shows nothing.
        let has_written = self.database.total_changes() != changes;
        match &committed {
            Ok(()) if !has_written => {}
            Ok(()) => {
                if let Some(count) = self.failures.end() {
                    tracing::info!(count, "commits go through again");
                }
            }
            Err(spoilt) => {
                // A full disk fails every commit: the log would be the next to fill it.
                if let Some(count) = self.failures.begin_or_go_on() {
                    tracing::error!(jobs = group.len(), count, ?spoilt, "a commit failed");
                }
                self.runs.clear();
                self.roll_back();
            }
        }
        let is_sound = committed.is_ok() && group.iter().all(|job| job.outage().is_none());
        if has_written || !is_sound {
            *lock(&self.committed_at) = is_sound.then(Instant::now);
        }
        committed
    }

    fn run_together(&mut self, group: &mut [Box<dyn Job>]) -> Result<(), Spoilt> {
        self.execute("begin immediate")?;
        for job in group {
            match job.undo() {
                Undo::Job => {
                    self.execute("savepoint job")?;
                    if !self.run(job.as_mut()) {
                        self.undo_job(job.outage())?;
                    }
                    self.execute("release job")?;
                }
                Undo::Commit => {
                    let changes = self.database.total_changes();
                    let is_done = self.run(job.as_mut());
                    let has_written = self.database.total_changes() != changes;
                    if !is_done && (has_written || self.database.is_autocommit()) {
                        return Err(Spoilt::ByAnother(job.outage()));
                    }
                }
            }
        }
        #[cfg(feature = "simulation")]
        if let Some(turnstile) = &self.turnstile {
            crate::simulation::try_disk(turnstile.commits())?;
        }
        self.execute("commit")?;
        #[cfg(feature = "simulation")]
        if let Some(turnstile) = &self.turnstile {
            crate::simulation::try_disk(turnstile.committed())?;
        }
        Ok(())
    }

    fn run(&mut self, job: &mut dyn Job) -> bool {
        job.run(&mut Writing { database: &self.database, runs: &mut self.runs })
    }

    /// Numbers of chunks that are undone are given out again, so what is remembered by number goes with them.
    fn undo_job(&mut self, outage: Option<Outage>) -> Result<(), Spoilt> {
        self.runs.clear();
        if self.database.is_autocommit() {
            return Err(Spoilt::ByAnother(outage));
        }
        self.execute("rollback to job")
    }

    fn roll_back(&self) {
        if self.database.is_autocommit() {
            return;
        }
        if let Err(spoilt) = self.execute("rollback") {
            tracing::error!(?spoilt, "a failed commit could not be rolled back");
        }
    }

    /// Moves what is in the log into the database file, so that the file alone is all of it.
    fn leave(self) {
        let moved = self.database.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()));
        if let Err(error) = moved {
            // The log stays beside the file, and the next start reads it.
            tracing::warn!(%error, "the last checkpoint was left to the next start");
        }
    }

    fn execute(&self, sql: &str) -> Result<(), Spoilt> {
        self.database.prepare_cached(sql)?.execute([])?;
        Ok(())
    }
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
