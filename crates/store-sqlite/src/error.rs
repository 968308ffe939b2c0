//! What SQLite's errors mean to a caller of the store.

use rusqlite::ErrorCode;
use std::io;
use store::{Outage, StoreError};

/// Errors that are the disk's or the system's.
const OUTAGES: [(ErrorCode, Outage); 4] = [
    (ErrorCode::DiskFull, Outage::DiskFull),
    (ErrorCode::ReadOnly, Outage::ReadOnly),
    (ErrorCode::SystemIoFailure, Outage::DiskFails),
    (ErrorCode::CannotOpen, Outage::CannotOpen),
];

/// Sorts an error by what its caller can do about it.
pub(crate) fn failed(error: rusqlite::Error) -> StoreError {
    if let Some(outage) = outage_of(&error) {
        // The code within the code says which call of the system it was.
        let number = error.sqlite_error().map_or(0, |error| error.extended_code);
        return StoreError::Unavailable { outage, detail: format!("{error} (SQLite's {number})") };
    }
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            StoreError::Busy(format!("another process is writing: {error}"))
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::Damaged(error.to_string())
        }
        Some(_) | None => StoreError::Failed(Box::new(error)),
    }
}

/// What the disk or the system has to do with an error, if it is theirs.
pub(crate) fn outage_of(error: &rusqlite::Error) -> Option<Outage> {
    let code = error.sqlite_error_code()?;
    OUTAGES.iter().find(|(known, _)| *known == code).map(|(_, outage)| *outage)
}

/// A file beside the database could not be made, written or opened, so neither can the database's own.
pub(crate) fn file_failed(error: &io::Error) -> StoreError {
    StoreError::Unavailable { outage: Outage::of_file(error), detail: error.to_string() }
}

/// The store was closed, or its thread has ended.
pub(crate) fn ended(what: &str) -> StoreError {
    StoreError::Failed(what.into())
}
