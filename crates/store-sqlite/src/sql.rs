//! Running one statement: every statement is prepared once for each handle, takes values by number, and gives rows
//! field by field.

use crate::error::failed;
use crate::row::{Fields, Put};
use crate::{Database, row};
use rusqlite::{CachedStatement, params_from_iter};
use store::{Answer, StoreError};

/// Runs a statement that gives no rows; answers how many it changed.
pub(crate) fn execute(database: &Database, sql: &str, values: &[&dyn Put]) -> Answer<usize> {
    let mut statement = prepare(database, sql)?;
    statement.execute(params_from_iter(values.iter().map(|value| value.put()))).map_err(failed)
}

/// Runs an insert; answers the number that the row was given.
pub(crate) fn insert(database: &Database, sql: &str, values: &[&dyn Put]) -> Answer<u64> {
    execute(database, sql, values)?;
    u64::try_from(database.last_insert_rowid())
        .map_err(|error| StoreError::Damaged(format!("a row's number is negative: {error}")))
}

/// The first row, if there is one.
pub(crate) fn one<T>(
    database: &Database,
    sql: &str,
    values: &[&dyn Put],
    read: impl FnOnce(&mut Fields<'_>) -> Answer<T>,
) -> Answer<Option<T>> {
    let mut statement = prepare(database, sql)?;
    let mut rows = statement
        .query(params_from_iter(values.iter().map(|value| value.put())))
        .map_err(failed)?;
    let row = rows.next().map_err(failed)?;
    row.map(|row| read(&mut Fields::of(row))).transpose()
}

/// Every row, in the statement's order.
pub(crate) fn all<T>(
    database: &Database,
    sql: &str,
    values: &[&dyn Put],
    read: impl Fn(&mut Fields<'_>) -> Answer<T>,
) -> Answer<Vec<T>> {
    let mut statement = prepare(database, sql)?;
    let mut rows = statement
        .query(params_from_iter(values.iter().map(|value| value.put())))
        .map_err(failed)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().map_err(failed)? {
        found.push(read(&mut Fields::of(row))?);
    }
    Ok(found)
}

/// Whether there is a row.
pub(crate) fn exists(database: &Database, sql: &str, values: &[&dyn Put]) -> Answer<bool> {
    Ok(one(database, sql, values, |_| Ok(()))?.is_some())
}

/// The number that a counting statement gives.
pub(crate) fn count(database: &Database, sql: &str, values: &[&dyn Put]) -> Answer<u64> {
    Ok(one(database, sql, values, row::only)?.unwrap_or(0))
}

fn prepare<'d>(database: &'d Database, sql: &str) -> Answer<CachedStatement<'d>> {
    database.prepare_cached(sql).map_err(failed)
}
