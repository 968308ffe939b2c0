//! One connection in one transaction. What can travel together does: a transaction begins with its first statement, and
//! its last ones are sent with the commit behind them, so that locks are held for no round trip more than needed.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use deadpool_postgres::Object;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::fault::{Attempt, failed};

/// Values for the `$1, $2 …` of a statement.
pub(crate) type Values<'a> = [&'a (dyn ToSql + Sync)];

/// How a transaction begins. The bounds free what a process holds that hangs in the middle of one, and whoever waits
/// for it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Begin {
    /// Each statement sees what is committed; rows are locked by name.
    Write,
    /// All statements see one moment.
    Read,
}

impl Begin {
    const fn sql(self) -> &'static str {
        match self {
            Self::Write => {
                "begin isolation level read committed read write; \
                 set local lock_timeout = '10s'; \
                 set local idle_in_transaction_session_timeout = '30s'"
            }
            Self::Read => "begin isolation level repeatable read read only",
        }
    }
}

/// A statement of those that end a transaction.
#[derive(Clone, Copy)]
pub(crate) struct Write<'a> {
    sql: &'static str,
    values: &'a Values<'a>,
}

impl<'a> Write<'a> {
    pub(crate) const fn new(sql: &'static str, values: &'a Values<'a>) -> Self {
        Self { sql, values }
    }
}

/// A connection, back in the pool when this is dropped, unless it is in the middle of something.
pub(crate) struct Session {
    /// Nothing only while it is dropped.
    object: Option<Object>,
    is_begun: AtomicBool,
}

impl Session {
    pub(crate) const fn new(object: Object) -> Self {
        Self { object: Some(object), is_begun: AtomicBool::new(false) }
    }

    /// The rows of a query.
    pub(crate) async fn rows(&self, sql: &'static str, values: &Values<'_>) -> Attempt<Vec<Row>> {
        let object = self.object()?;
        let statement = object.prepare_cached(sql).await?;
        Ok(object.query(&statement, values).await?)
    }

    /// The only row of a query, if it has one.
    pub(crate) async fn row(&self, sql: &'static str, values: &Values<'_>) -> Attempt<Option<Row>> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// How many rows a statement changed.
    pub(crate) async fn run(&self, sql: &'static str, values: &Values<'_>) -> Attempt<u64> {
        let object = self.object()?;
        let statement = object.prepare_cached(sql).await?;
        Ok(object.execute(&statement, values).await?)
    }

    /// Begins. Statements may be sent before the answer is there.
    pub(crate) async fn begin(&self, begin: Begin) -> Attempt<()> {
        self.is_begun.store(true, Ordering::Relaxed);
        Ok(self.object()?.batch_execute(begin.sql()).await?)
    }

    /// Sends the last statements and the commit in one go.
    pub(crate) async fn finish(&self, writes: &[Write<'_>]) -> Attempt<()> {
        let object = self.object()?;
        let mut sent: Vec<Sent<'_>> = Vec::with_capacity(writes.len().saturating_add(1));
        for write in writes {
            // Prepared here, because a statement that still has to be prepared would be sent after the commit.
            let statement = object.prepare_cached(write.sql).await?;
            let values = write.values;
            sent.push(Box::pin(async move { object.execute(&statement, values).await.map(drop) }));
        }
        sent.push(Box::pin(object.batch_execute("commit")));
        all_in_order(sent).await?;
        self.is_begun.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// Commits, unless that is done.
    pub(crate) async fn commit(&self) -> Attempt<()> {
        if self.is_begun.load(Ordering::Relaxed) { self.finish(&[]).await } else { Ok(()) }
    }

    /// Rolls back, unless there is nothing to. A connection that cannot is given up when this is dropped.
    pub(crate) async fn roll_back(&self) {
        let Ok(object) = self.object() else { return };
        if self.is_begun.load(Ordering::Relaxed) && object.batch_execute("rollback").await.is_ok() {
            self.is_begun.store(false, Ordering::Relaxed);
        }
    }

    /// Nobody shall use the connection after this call: its answer may never come.
    pub(crate) fn give_up(&self) {
        self.is_begun.store(true, Ordering::Relaxed);
    }

    fn object(&self) -> Attempt<&Object> {
        self.object.as_ref().ok_or_else(|| failed("the connection is gone").into())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A caller that stopped waiting leaves a transaction open: closing the connection rolls it back, and no other
        // caller gets into it.
        if self.is_begun.load(Ordering::Relaxed) {
            drop(self.object.take().map(Object::take));
        }
    }
}

/// Sends two statements together and waits for both.
pub(crate) async fn both<A, B>(
    first: impl Future<Output = Attempt<A>>,
    second: impl Future<Output = Attempt<B>>,
) -> Attempt<(A, B)> {
    tokio::try_join!(first, second)
}

type Sent<'a> = Pin<Box<dyn Future<Output = Result<(), tokio_postgres::Error>> + Send + 'a>>;

/// Starts all of them in their order, waits for all, and answers the first failure: those after it only say that the
/// transaction was broken by then.
async fn all_in_order(sent: Vec<Sent<'_>>) -> Result<(), tokio_postgres::Error> {
    let mut waiting: Vec<_> = sent.into_iter().map(|future| (future, None)).collect();
    poll_fn(|context| {
        for (future, outcome) in &mut waiting {
            if outcome.is_none()
                && let Poll::Ready(ready) = future.as_mut().poll(context)
            {
                *outcome = Some(ready);
            }
        }
        if waiting.iter().all(|(_, outcome)| outcome.is_some()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    waiting.into_iter().filter_map(|(_, outcome)| outcome).collect()
}
