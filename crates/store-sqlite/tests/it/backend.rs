//! A database in a directory of its own.

use async_trait::async_trait;
use std::future::{Ready, ready};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::migration::Migrate;
use store::{Store, StoreError};
use store_conformance::Backend;
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
}
