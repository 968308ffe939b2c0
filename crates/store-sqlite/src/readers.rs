//! The readers: handles that cannot write, each lent to one caller at a time. They are opened when they are first
//! needed.

use crate::error::{ended, failed};
use crate::open::open_reader;
#[cfg(feature = "simulation")]
use crate::simulation::{StoreCall, Turnstile};
use crate::{Database, sql};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{Answer, StoreError};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

/// A read takes well under a millisecond, so a few handles keep every core busy.
const READERS_MAX: u32 = 8;
/// Whoever gets no handle for so long is told that the database is busy.
const READER_WAIT: Duration = Duration::from_secs(5);

/// The pool.
#[derive(Debug)]
pub(crate) struct Readers {
    path: Arc<PathBuf>,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Database>>>,
    #[cfg(feature = "simulation")]
    turnstile: Option<Arc<dyn Turnstile>>,
}

impl Readers {
    /// A pool of handles to the database at `path`.
    pub(crate) fn new(path: PathBuf) -> Self {
        let count = usize::try_from(READERS_MAX).unwrap_or(1);
        Self {
            path: Arc::new(path),
            permits: Arc::new(Semaphore::new(count)),
            idle: Arc::default(),
            #[cfg(feature = "simulation")]
            turnstile: None,
        }
    }

    /// The database's file.
    pub(crate) fn file(&self) -> &Path {
        &self.path
    }

    /// A pool whose callers pass a turnstile, and read on their own threads.
    #[cfg(feature = "simulation")]
    pub(crate) fn simulated(path: PathBuf, turnstile: Arc<dyn Turnstile>) -> Self {
        Self { turnstile: Some(turnstile), ..Self::new(path) }
    }

    /// Runs `work` on what is committed at one moment.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        #[cfg(feature = "simulation")]
        if let Some(turnstile) = &self.turnstile {
            turnstile.before(StoreCall::Read).await;
            let answer = lend(&self.path, &self.idle, work);
            turnstile.after(StoreCall::Read).await;
            return answer;
        }
        let waiting = Arc::clone(&self.permits).acquire_owned();
        let Ok(permit) = timeout(READER_WAIT, waiting).await else {
            return Err(StoreError::Busy("too many reads are waiting".to_owned()));
        };
        let permit = permit.map_err(|_closed| ended("the store is closed"))?;
        let (path, idle) = (Arc::clone(&self.path), Arc::clone(&self.idle));
        let reading = tokio::task::spawn_blocking(move || {
            let answer = lend(&path, &idle, work);
            drop(permit);
            answer
        });
        reading.await.map_err(|error| StoreError::Failed(Box::new(error)))?
    }

    /// Runs `work` on the caller's thread: for one statement that looks up a row or two of a small table, which are in
    /// memory. Handing that to another thread and waiting for it would take several times as long.
    pub(crate) async fn read_here<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Database) -> Answer<T> + Send + 'static,
    ) -> Answer<T> {
        // Opening a handle takes longer than waiting would.
        match self.idle_handle() {
            Some((database, _permit)) => {
                let answer = work(&database);
                lock(&self.idle).push(database);
                answer
            }
            None => self.read(work).await,
        }
    }

    fn idle_handle(&self) -> Option<(Database, SemaphorePermit<'_>)> {
        #[cfg(feature = "simulation")]
        if self.turnstile.is_some() {
            return None;
        }
        let permit = self.permits.try_acquire().ok()?;
        let database = lock(&self.idle).pop()?;
        Some((database, permit))
    }

    /// Lends no more handles, waits for those that are lent, and closes them all.
    pub(crate) async fn close(&self) {
        if let Ok(all) = self.permits.acquire_many(READERS_MAX).await {
            self.permits.close();
            drop(all);
        }
        lock(&self.idle).clear();
    }
}

fn lend<T>(
    path: &Path,
    idle: &Mutex<Vec<Database>>,
    work: impl FnOnce(&Database) -> Answer<T>,
) -> Answer<T> {
    let lent = lock(idle).pop();
    let database = lent.map_or_else(|| open_reader(path), Ok).map_err(failed)?;
    let answer = at_one_moment(&database, work);
    // One that could not end its transaction is closed.
    if database.is_autocommit() {
        lock(idle).push(database);
    }
    answer
}

fn lock(idle: &Mutex<Vec<Database>>) -> std::sync::MutexGuard<'_, Vec<Database>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The transaction's end undoes nothing: the handle cannot write.
fn at_one_moment<T>(database: &Database, work: impl FnOnce(&Database) -> Answer<T>) -> Answer<T> {
    sql::execute(database, "begin", &[])?;
    let answer = work(database);
    // A disk that fails may have ended it already.
    if !database.is_autocommit() {
        sql::execute(database, "rollback", &[])?;
    }
    answer
}
