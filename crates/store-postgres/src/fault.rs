//! What may go wrong inside a transaction, and what each of it is to the caller of the store.

use std::error::Error;
use std::io;

use deadpool_postgres::PoolError;
use store::StoreError;
use store::ledger::Damage;
use tokio_postgres::error::SqlState;

/// What an attempt at a transaction answers.
pub(crate) type Attempt<T> = Result<T, Fault>;

/// Why an attempt failed.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The database said so.
    Database(tokio_postgres::Error),
    /// There was no connection to be had.
    Pool(PoolError),
    /// We say so.
    Store(StoreError),
}

impl Fault {
    /// Whether nothing but another transaction was in the way, and this one is to be tried again.
    pub(crate) fn is_collision(&self) -> bool {
        let Self::Database(error) = self else { return false };
        error.code().is_some_and(|code| {
            *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED
        })
    }
}

impl From<tokio_postgres::Error> for Fault {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Database(error)
    }
}

impl From<PoolError> for Fault {
    fn from(error: PoolError) -> Self {
        Self::Pool(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Damage> for Fault {
    fn from(damage: Damage) -> Self {
        Self::Store(damage.into())
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Store(error) => error,
            Fault::Database(error) => of_database(&error),
            Fault::Pool(error) => of_pool(error),
        }
    }
}

/// An error that only an operator can mend.
pub(crate) fn failed(error: impl Into<Box<dyn Error + Send + Sync>>) -> StoreError {
    StoreError::Failed(error.into())
}

/// A row that Millrace did not write.
pub(crate) fn damaged(what: impl Into<String>) -> Fault {
    Fault::Store(StoreError::Damaged(what.into()))
}

fn of_pool(error: PoolError) -> StoreError {
    match error {
        PoolError::Timeout(_) => StoreError::Busy("all connections are in use".to_owned()),
        PoolError::Backend(error) => of_database(&error),
        error @ (PoolError::Closed
        | PoolError::NoRuntimeSpecified
        | PoolError::PostCreateHook(_)) => failed(error),
    }
}

fn of_database(error: &tokio_postgres::Error) -> StoreError {
    let sentence = sentence(error);
    let is_damage = error.code().is_some_and(|code| {
        *code == SqlState::DATA_CORRUPTED || *code == SqlState::INDEX_CORRUPTED
    });
    match () {
        () if is_damage => StoreError::Damaged(sentence),
        () if is_passing(error) => StoreError::Busy(sentence),
        () => failed(sentence),
    }
}

/// Whether the same call may go through in a moment.
fn is_passing(error: &tokio_postgres::Error) -> bool {
    let Some(code) = error.code() else {
        return error.is_closed() || has_io_cause(error);
    };
    // Classes: lost connections, collisions, too few resources (but a full disk), an operator's hand, a lock that is
    // not to be had.
    let class = code.code().get(..2).unwrap_or_default();
    *code != SqlState::DISK_FULL && matches!(class, "08" | "40" | "53" | "57")
        || *code == SqlState::LOCK_NOT_AVAILABLE
}

fn has_io_cause(error: &tokio_postgres::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            // A certificate that is not trusted comes as data that is not valid, and will not be trusted later.
            return error.kind() != io::ErrorKind::InvalidData;
        }
        cause = error.source();
    }
    false
}

/// The error with its causes: the client library's own words are only a headline.
pub(crate) fn sentence(error: &tokio_postgres::Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        sentence = format!("{sentence}: {error}");
        cause = error.source();
    }
    sentence
}
