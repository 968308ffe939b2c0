//! The one writer: a thread that owns the only handle that writes, and commits many callers' jobs together. A job is
//! answered only after the commit that holds it.

use crate::Database;
use crate::error::{ended, failed};
use crate::ledger::RunCache;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use store::{Answer, EventSignal, StoreError};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

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

/// A caller's end of the writer's thread.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: Mutex<Option<mpsc::Sender<Box<dyn Job>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(database: Database, events: EventSignal) -> Answer<Self> {
        let (sender, receiver) = mpsc::channel(JOBS_WAITING_MAX);
        let desk = Desk { database, runs: RunCache::default(), events };
        let thread = thread::Builder::new()
            .name("millrace-writer".to_owned())
            .spawn(move || desk.serve(receiver))
            .map_err(|error| StoreError::Failed(Box::new(error)))?;
        Ok(Self { jobs: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)) })
    }

    /// Runs `work` in the next commit and `after` once that is durable. What an `Err` wrote is undone, and nothing else.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writing<'_>) -> Answer<T> + Send + 'static,
        after: impl FnOnce(&T) + Send + 'static,
    ) -> Answer<T> {
        let jobs = self.sender().ok_or_else(|| ended("the store is closed"))?;
        let Ok(room) = timeout(QUEUE_WAIT, jobs.reserve()).await else {
            return Err(StoreError::Busy("too many writes are waiting".to_owned()));
        };
        let room = room.map_err(|_closed| ended("the writer has ended"))?;
        let (reply, answer) = oneshot::channel();
        room.send(Box::new(Call { work: Some(work), outcome: None, after, reply }));
        answer.await.map_err(|_closed| ended("the writer has ended"))?
    }

    /// Whether the thread takes jobs.
    pub(crate) fn is_alive(&self) -> bool {
        self.sender().is_some_and(|jobs| !jobs.is_closed())
    }

    /// Takes no more jobs, lets those that wait be done, and waits for the thread's end.
    pub(crate) async fn close(&self) {
        drop(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(thread) = thread else { return };
        let joined = tokio::task::spawn_blocking(move || thread.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the writer ended in a panic");
        }
    }

    fn sender(&self) -> Option<mpsc::Sender<Box<dyn Job>>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// One caller's work, with the caller's types hidden.
trait Job: Send {
    /// Does the work; whether what it wrote is to be kept.
    fn run(&mut self, writing: &mut Writing<'_>) -> bool;
    /// Tells the caller, now that the commit has ended.
    fn answer(self: Box<Self>, committed: Result<(), Spoilt>);
}

struct Call<T, W, A> {
    work: Option<W>,
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

/// Why a whole commit came to nothing; told to each of its jobs.
#[derive(Clone, Debug)]
enum Spoilt {
    /// The database refused.
    Database(Arc<rusqlite::Error>),
    /// An error within one job, such as a full disk, made the database give the whole transaction up.
    ByAnother,
}

impl From<rusqlite::Error> for Spoilt {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl From<Spoilt> for StoreError {
    fn from(spoilt: Spoilt) -> Self {
        match spoilt {
            Spoilt::ByAnother => ended("the commit was undone by a failure of another write in it"),
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
struct Desk {
    database: Database,
    runs: RunCache,
    events: EventSignal,
}

impl Desk {
    fn serve(mut self, mut jobs: mpsc::Receiver<Box<dyn Job>>) {
        let mut group = Vec::with_capacity(JOBS_TOGETHER_MAX);
        while jobs.blocking_recv_many(&mut group, JOBS_TOGETHER_MAX) > 0 {
            let committed = self.commit_together(&mut group);
            for job in group.drain(..) {
                job.answer(committed.clone());
            }
            self.events.raise();
        }
        self.leave();
    }

    fn commit_together(&mut self, group: &mut [Box<dyn Job>]) -> Result<(), Spoilt> {
        let committed = self.run_together(group);
        if let Err(spoilt) = &committed {
            tracing::error!(jobs = group.len(), ?spoilt, "a commit failed");
            self.runs.clear();
            self.roll_back();
        }
        committed
    }

    fn run_together(&mut self, group: &mut [Box<dyn Job>]) -> Result<(), Spoilt> {
        self.execute("begin immediate")?;
        for job in group {
            self.execute("savepoint job")?;
            let mut writing = Writing { database: &self.database, runs: &mut self.runs };
            if !job.run(&mut writing) {
                self.undo_job()?;
            }
            self.execute("release job")?;
        }
        self.execute("commit")?;
        Ok(())
    }

    /// Numbers of chunks that are undone are given out again, so what is remembered by number goes with them.
    fn undo_job(&mut self) -> Result<(), Spoilt> {
        self.runs.clear();
        if self.database.is_autocommit() {
            return Err(Spoilt::ByAnother);
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
mod tests {
    use super::*;
    use crate::{row, sql};

    type Reply = oneshot::Receiver<Answer<usize>>;

    fn database() -> Database {
        let database = Database::open_in_memory().unwrap();
        database.execute_batch("create table t (n integer primary key)").unwrap();
        database
    }

    /// A job that runs `statements`, and fails with the first that does.
    fn job(statements: &'static [&'static str]) -> (Box<dyn Job>, Reply) {
        let (reply, answer) = oneshot::channel();
        let work = move |writing: &mut Writing<'_>| {
            let done = statements.iter().map(|sql| sql::execute(writing.database, sql, &[]));
            done.sum::<Answer<usize>>()
        };
        let after = |_: &usize| {};
        (Box::new(Call { work: Some(work), outcome: None, after, reply }), answer)
    }

    /// Commits jobs together; answers which of them succeeded, and what is in the table then.
    fn commit(desk: &mut Desk, jobs: &[&'static [&'static str]]) -> (Vec<bool>, Vec<u32>) {
        let (mut group, replies): (Vec<_>, Vec<Reply>) =
            jobs.iter().map(|statements| job(statements)).unzip();
        let committed = desk.commit_together(&mut group);
        for job in group {
            job.answer(committed.clone());
        }
        let succeeded = replies.into_iter().map(|mut reply| reply.try_recv().unwrap().is_ok());
        let numbers = sql::all(&desk.database, "select n from t order by n", &[], row::only);
        (succeeded.collect(), numbers.unwrap())
    }

    fn desk() -> Desk {
        Desk { database: database(), runs: RunCache::default(), events: EventSignal::default() }
    }

    #[test]
    fn a_job_that_fails_does_not_spoil_the_others_of_its_commit() {
        let jobs: [&[&str]; 4] = [
            &["insert into t values (1)"],
            &["insert into t values (7)", "insert into t values (1)"],
            &["insert into nowhere values (1)"],
            &["insert into t values (2)"],
        ];
        let (succeeded, numbers) = commit(&mut desk(), &jobs);
        assert_eq!(succeeded, [true, false, false, true]);
        assert_eq!(numbers, [1, 2], "the 7 of the job that failed is undone");
    }

    #[test]
    fn a_commit_that_the_database_gives_up_fails_all_of_its_jobs_and_no_later_one() {
        let mut desk = desk();
        // Rolls back and fails, as the database does by itself when the disk is full.
        let jobs: [&[&str]; 3] = [
            &["insert into t values (1)"],
            &["rollback", "insert into nowhere values (1)"],
            &["insert into t values (2)"],
        ];
        assert_eq!(commit(&mut desk, &jobs), (vec![false, false, false], vec![]));
        assert_eq!(commit(&mut desk, &[&["insert into t values (3)"]]), (vec![true], vec![3]));
    }

    #[test]
    fn a_commit_that_fails_is_told_to_every_job() {
        let mut desk = desk();
        let child = "create table child (n references t deferrable initially deferred)";
        desk.database.execute_batch(&format!("pragma foreign_keys = on; {child}")).unwrap();
        let jobs: [&[&str]; 2] =
            [&["insert into t values (1)"], &["insert into child values (99)"]];
        assert_eq!(commit(&mut desk, &jobs), (vec![false, false], vec![]));
    }

    #[tokio::test]
    async fn a_closed_writer_finishes_what_waits_and_then_refuses() {
        let writer = Writer::start(database(), EventSignal::default()).unwrap();
        let insert = |writing: &mut Writing<'_>| {
            sql::execute(writing.database, "insert into t values (null)", &[])
        };
        let (waiting, ()) = tokio::join!(writer.write(insert, |_| {}), writer.close());
        assert_eq!(waiting.unwrap(), 1);
        let refusal = writer.write(insert, |_| {}).await.unwrap_err();
        assert!(refusal.to_string().contains("closed"), "{refusal}");
        assert!(!writer.is_alive());
    }

    #[tokio::test]
    async fn what_is_to_follow_a_commit_does_so_though_nobody_waits() {
        let writer = Writer::start(database(), EventSignal::default()).unwrap();
        let (done, noticed) = oneshot::channel();
        let insert = |writing: &mut Writing<'_>| {
            sql::execute(writing.database, "insert into t values (1)", &[])
        };
        let mut write = Box::pin(writer.write(insert, |count| done.send(*count).unwrap()));
        // The first poll puts the job in the queue; then its caller goes away.
        drop(poll_once(write.as_mut()));
        drop(write);
        assert_eq!(noticed.await.unwrap(), 1);
    }

    fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> std::task::Poll<F::Output> {
        future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop()))
    }
}
