//! A database of one's own for tests that need no server.

use super::{Database, Home};
use std::path::Path;
use std::sync::Arc;
use store::Store;
use store::migration::Migrate;
use store_postgres::{PostgresOptions, PostgresStore};
use store_sqlite::{SqliteOptions, SqliteStore};
use testkit::{NOON, PostgresCluster};

/// Opens an empty one: `SQLite` in the folder, or a new database of the tests' PostgreSQL.
pub(crate) async fn open_store(database: Database, folder: &Path) -> Arc<dyn Store> {
    match database {
        Database::Sqlite => {
            let path = folder.join("millrace.db");
            let options = SqliteOptions { path, migrate: Migrate::Apply, opened_at: NOON };
            Arc::new(SqliteStore::open(options).unwrap())
        }
        Database::Postgres => {
            let url = PostgresCluster::shared().database();
            Arc::new(PostgresStore::connect(PostgresOptions::new(&url)).await.unwrap())
        }
    }
}

/// Opens the database that a server uses.
pub(crate) async fn open_store_of(home: &Home) -> Arc<dyn Store> {
    if let Some(url) = home.url() {
        return Arc::new(PostgresStore::connect(PostgresOptions::new(url)).await.unwrap());
    }
    let path = home.folder().join("millrace.db");
    let options = SqliteOptions { path, migrate: Migrate::Forbid, opened_at: NOON };
    Arc::new(SqliteStore::open(options).unwrap())
}
