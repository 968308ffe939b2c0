//! The conformance suite on a real PostgreSQL, and what only a database that others use too can do to a store.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a fixture that cannot be made is a failing test"
)]

mod many;
mod outage;
mod schema;

use async_trait::async_trait;
use std::sync::Arc;
use store::Store;
use store_conformance::Backend;
use store_postgres::{PostgresOptions, PostgresStore};
use testkit::PostgresCluster;

/// A database of a test's own.
#[derive(Debug)]
struct Database {
    url: String,
}

impl Database {
    fn empty() -> Self {
        Self { url: PostgresCluster::shared().database() }
    }

    async fn store(&self) -> PostgresStore {
        PostgresStore::connect(PostgresOptions::new(&self.url)).await.unwrap()
    }

    /// What `psql` prints for a statement.
    fn sql(&self, sql: &str) -> String {
        PostgresCluster::shared().sql_at(&self.url, sql)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        PostgresCluster::shared().drop_database(&self.url);
    }
}

#[async_trait]
impl Backend for Database {
    async fn open(&self) -> Arc<dyn Store> {
        Arc::new(self.store().await)
    }
}

#[expect(clippy::unused_async, reason = "the suite awaits what makes a database")]
async fn empty_database() -> Database {
    Database::empty()
}

store_conformance::suite!(crate::empty_database);
