//! What SQLite's errors mean to a caller of the store.

use rusqlite::ErrorCode;
use store::StoreError;

/// Sorts an error by what its caller can do about it.
pub(crate) fn failed(error: rusqlite::Error) -> StoreError {
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

/// The store was closed, or its thread has ended.
pub(crate) fn ended(what: &str) -> StoreError {
    StoreError::Failed(what.into())
}
