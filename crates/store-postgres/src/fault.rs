//! What may go wrong inside a transaction, and what each of it is to the caller of the store.

use std::error::Error;
use std::io;

use deadpool_postgres::{PoolError, TimeoutType};
use store::ledger::Damage;
use store::{Outage, StoreError};
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
    /// The server was asked, and is not there any more.
    Silent,
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
            Fault::Silent => unreachable_server("it does not answer any more".to_owned()),
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
        PoolError::Timeout(TimeoutType::Wait) => {
            StoreError::Busy("all connections are in use".to_owned())
        }
        PoolError::Timeout(TimeoutType::Create | TimeoutType::Recycle) => {
            unreachable_server("it takes no connection".to_owned())
        }
        PoolError::Backend(error) => of_database(&error),
        error @ (PoolError::Closed
        | PoolError::NoRuntimeSpecified
        | PoolError::PostCreateHook(_)) => failed(error),
    }
}

fn unreachable_server(detail: String) -> StoreError {
    StoreError::Unavailable { outage: Outage::Unreachable, detail }
}

fn of_database(error: &tokio_postgres::Error) -> StoreError {
    let sentence = sentence(error);
    let Some(code) = error.code() else {
        let is_lost = error.is_closed() || has_io_cause(error);
        return if is_lost { unreachable_server(sentence) } else { failed(sentence) };
    };
    if let Some(outage) = outage_of(code) {
        return StoreError::Unavailable { outage, detail: sentence };
    }
    match () {
        () if [SqlState::DATA_CORRUPTED, SqlState::INDEX_CORRUPTED].contains(code) => {
            StoreError::Damaged(sentence)
        }
        () if is_passing(code) => StoreError::Busy(sentence),
        () => failed(sentence),
    }
}

/// What the server's surroundings have to do with an error, if it is theirs.
fn outage_of(code: &SqlState) -> Option<Outage> {
    let class = code.code().get(..2).unwrap_or_default();
    match () {
        () if *code == SqlState::DISK_FULL => Some(Outage::DiskFull),
        () if *code == SqlState::READ_ONLY_SQL_TRANSACTION => Some(Outage::ReadOnly),
        () if *code == SqlState::IO_ERROR => Some(Outage::DiskFails),
        // A statement that somebody cancelled is the only one of its class that says nothing about the server.
        () if *code == SqlState::QUERY_CANCELED => None,
        // Lost connections, and a server that is stopped, crashes or starts.
        () if matches!(class, "08" | "57") => Some(Outage::Unreachable),
        () => None,
    }
}

/// Whether the same call may go through in a moment: collisions, too few resources, a cancelled statement, a lock that is
/// not to be had.
fn is_passing(code: &SqlState) -> bool {
    let class = code.code().get(..2).unwrap_or_default();
    matches!(class, "40" | "53" | "57") || *code == SqlState::LOCK_NOT_AVAILABLE
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_code_tells_whether_it_is_away() {
        for (code, outage) in [
            ("53100", Some(Outage::DiskFull)),
            ("25006", Some(Outage::ReadOnly)),
            ("58030", Some(Outage::DiskFails)),
            ("57P01", Some(Outage::Unreachable)),
            ("57P03", Some(Outage::Unreachable)),
            ("08006", Some(Outage::Unreachable)),
            ("57014", None),
            ("40001", None),
            ("53300", None),
        ] {
            assert_eq!(outage_of(&SqlState::from_code(code)), outage, "{code}");
        }
    }
}
