//! The store in a simulation: no thread of its own, and somebody who is asked before and after every call. No binary that
//! is given to anybody has it.

use crate::error::ended;
use crate::writer::{Desk, Job, Reply};
use async_trait::async_trait;
use rusqlite::ffi;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::Answer;

/// What is asked of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreCall {
    /// A look at what is committed.
    Read,
    /// A job for the writer.
    Write,
}

/// How the disk takes a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// It takes it.
    Sound,
    /// There is no room.
    Full,
    /// It cannot be written to.
    Broken,
}

/// Stands where calls pass. Whoever is held there for ever has died.
#[async_trait]
pub trait Turnstile: fmt::Debug + Send + Sync {
    /// A call comes; it is not begun.
    async fn before(&self, call: StoreCall);
    /// A job lies in the writer's queue. Others may join it, and be committed with it.
    async fn queued(&self);
    /// A call is done, and its caller does not know yet.
    async fn after(&self, call: StoreCall);
    /// A commit is about to be written.
    fn commits(&self) -> Disk;
    /// A commit is durable, and nobody knows yet; what the disk says of it all the same.
    fn committed(&self) -> Disk;
}

/// The writer without a thread: whoever comes first after joining the queue commits all of it.
pub(crate) struct Inline {
    pub(crate) turnstile: Arc<dyn Turnstile>,
    desk: Mutex<Desk>,
    queue: Mutex<Vec<Box<dyn Job>>>,
}

impl fmt::Debug for Inline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inline").field("turnstile", &self.turnstile).finish_non_exhaustive()
    }
}

impl Inline {
    pub(crate) fn new(desk: Desk, turnstile: Arc<dyn Turnstile>) -> Self {
        Self { turnstile, desk: Mutex::new(desk), queue: Mutex::default() }
    }

    pub(crate) async fn write<T>(&self, job: Box<dyn Job>, mut reply: Reply<T>) -> Answer<T> {
        self.turnstile.before(StoreCall::Write).await;
        lock(&self.queue).push(job);
        self.turnstile.queued().await;
        let answer = match reply.try_recv() {
            Ok(answer) => answer,
            Err(_not_yet) => {
                let mut group = std::mem::take(&mut *lock(&self.queue));
                lock(&self.desk).attend(&mut group);
                reply.try_recv().unwrap_or_else(|_gone| Err(ended("the writer left a job out")))
            }
        };
        self.turnstile.after(StoreCall::Write).await;
        answer
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the database would say of a disk.
pub(crate) fn try_disk(disk: Disk) -> rusqlite::Result<()> {
    let code = match disk {
        Disk::Sound => return Ok(()),
        Disk::Full => ffi::SQLITE_FULL,
        Disk::Broken => ffi::SQLITE_IOERR_WRITE,
    };
    Err(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None))
}
