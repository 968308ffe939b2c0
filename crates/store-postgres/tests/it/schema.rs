//! The schema at the start of processes.

use crate::Database;
use store::migration::Migrate;
use store::{Installations, StoreError};
use store_postgres::{PostgresOptions, PostgresStore};
use tokio::task::JoinSet;

/// The version that the migrations in the folder lead to.
fn newest() -> u32 {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    std::fs::read_dir(folder).unwrap().count().try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_at_once_migrate_once() {
    let database = Database::empty();
    let mut starts = JoinSet::new();
    for _ in 0..6 {
        starts.spawn(PostgresStore::connect(PostgresOptions::new(&database.url)));
    }
    for store in starts.join_all().await {
        store.unwrap().check_health().await.unwrap();
    }
    let applied = database.sql("select version from schema_migration order by version");
    let expected: Vec<_> = (1..=newest()).map(|version| version.to_string()).collect();
    assert_eq!(applied.lines().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_newer_schema_is_refused_at_the_start_and_while_running() {
    let database = Database::empty();
    let store = database.store().await;
    database.sql("insert into schema_migration (version, name) values (99, 'from the future')");
    let refusals = [
        PostgresStore::connect(PostgresOptions::new(&database.url)).await.unwrap_err(),
        store.check_health().await.unwrap_err(),
    ];
    for refusal in refusals {
        let StoreError::SchemaTooNew { found: 99, known } = refusal else { panic!("{refusal}") };
        assert_eq!(known, newest());
    }
}

#[tokio::test]
async fn migrations_may_be_left_to_somebody_else() {
    let database = Database::empty();
    let forbidding =
        || PostgresOptions { migrate: Migrate::Forbid, ..PostgresOptions::new(&database.url) };
    let refused = PostgresStore::connect(forbidding()).await.unwrap_err();
    let StoreError::SchemaTooOld { found: 0, needed } = refused else { panic!("{refused}") };
    assert_eq!(needed, newest());
    assert_eq!(database.sql("select count(*) from pg_tables where schemaname = 'public'"), "0");
    database.store().await;
    PostgresStore::connect(forbidding()).await.unwrap().check_health().await.unwrap();
}

#[tokio::test]
async fn the_url_names_the_schema() {
    let database = Database::empty();
    database.sql("create schema feeds");
    let url = format!("{}&options=-c%20search_path%3Dfeeds", database.url);
    PostgresStore::connect(PostgresOptions::new(&url)).await.unwrap();
    let schemas = database
        .sql("select distinct schemaname from pg_tables where schemaname in ('feeds', 'public')");
    assert_eq!(schemas, "feeds");
}

#[tokio::test]
async fn what_cannot_be_reached_is_said_at_once() {
    let database = Database::empty();
    let elsewhere = database.url.replace("test_", "no_such_");
    let refused = PostgresStore::connect(PostgresOptions::new(&elsewhere)).await.unwrap_err();
    assert!(matches!(refused, StoreError::Failed(_)), "{refused}");
    let nowhere = "postgres://127.0.0.1:1/millrace?user=nobody";
    let away = PostgresStore::connect(PostgresOptions::new(nowhere)).await.unwrap_err();
    assert!(matches!(away, StoreError::Unavailable { .. }), "{away}");
}
