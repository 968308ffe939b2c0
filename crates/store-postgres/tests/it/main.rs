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
use store_conformance::{Backend, Kept};
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

    async fn flip(&self, kept: Kept, from_end: usize) {
        let (table, column, key, number) = match kept {
            Kept::Head(account_no) => ("ledger", "head", "account_no", account_no),
            Kept::Chunk(number) => ("chunk", "bytes", "chunk_no", number),
        };
        let place = format!("length({column}) - 1 - {from_end}");
        let flipped = format!("set_byte({column}, {place}, get_byte({column}, {place}) # 1)");
        self.sql(&format!("update {table} set {column} = {flipped} where {key} = {number}"));
    }

    async fn run(&self, sql: &str) {
        self.sql(sql);
    }
}

#[expect(clippy::unused_async, reason = "the suite awaits what makes a database")]
async fn empty_database() -> Database {
    Database::empty()
}

store_conformance::suite!(crate::empty_database);
