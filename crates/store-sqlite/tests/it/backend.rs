//! A database in a directory of its own.

use async_trait::async_trait;
use rusqlite::Connection;
use std::future::{Ready, ready};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::migration::Migrate;
use store::{Store, StoreError};
use store_conformance::{Backend, Kept};
use store_sqlite::{SqliteOptions, SqliteStore};
use tempfile::TempDir;
use testkit::NOON;

/// Goes away with its directory.
pub(crate) struct TempSqlite(TempDir);

impl TempSqlite {
    /// An empty directory.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// The database's file.
    pub(crate) fn file(&self) -> PathBuf {
        self.0.path().join("millrace.db")
    }
}

/// What the suite asks for.
pub(crate) fn empty() -> Ready<TempSqlite> {
    ready(TempSqlite::new())
}

/// Opens a database as the program does.
pub(crate) fn open(path: &Path, migrate: Migrate) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(SqliteOptions { path: path.to_owned(), migrate, opened_at: NOON })
}

#[async_trait]
impl Backend for TempSqlite {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(open(&self.file(), Migrate::Apply).unwrap())
    }

    async fn flip(&self, kept: Kept, from_end: usize) {
        let (table, column, key, number) = match kept {
            Kept::Head(account_no) => ("ledger", "head", "account_no", account_no),
            Kept::Chunk(number) => ("chunk", "bytes", "chunk_no", number),
        };
        let database = Connection::open(self.file()).unwrap();
        let find = format!("select {column} from {table} where {key} = {number}");
        let mut bytes: Vec<u8> = database.query_row(&find, [], |row| row.get(0)).unwrap();
        *bytes.iter_mut().rev().nth(from_end).unwrap() ^= 1;
        let keep = format!("update {table} set {column} = ?1 where {key} = {number}");
        assert_eq!(database.execute(&keep, [bytes]).unwrap(), 1);
    }

    async fn run(&self, sql: &str) {
        Connection::open(self.file()).unwrap().execute_batch(sql).unwrap();
    }
}
