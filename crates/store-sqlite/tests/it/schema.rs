//! Which databases a program opens.

use crate::backend::{TempSqlite, open};
use rusqlite::Connection;
use store::migration::Migrate;
use store::{Installations, StoreError};

/// A database that a program of a later schema has used.
fn a_newer_database() -> TempSqlite {
    let directory = TempSqlite::new();
    drop(open(&directory.file(), Migrate::Apply).unwrap());
    make_newer(&directory);
    directory
}

fn make_newer(directory: &TempSqlite) {
    let database = Connection::open(directory.file()).unwrap();
    let newer = "insert into schema_migration values (9999, 'later', 0)";
    assert_eq!(database.execute(newer, []).unwrap(), 1);
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_a_sentence() {
    let directory = a_newer_database();
    for migrate in [Migrate::Apply, Migrate::Forbid] {
        let refusal = open(&directory.file(), migrate).unwrap_err();
        assert!(matches!(refusal, StoreError::SchemaTooNew { found: 9999, .. }), "{refusal:?}");
        assert!(refusal.to_string().contains("use a newer Millrace"), "{refusal}");
    }
}

#[tokio::test]
async fn a_schema_that_is_changed_under_a_running_program_is_no_health() {
    let directory = TempSqlite::new();
    let store = open(&directory.file(), Migrate::Apply).unwrap();
    store.check_health().await.unwrap();
    make_newer(&directory);
    let refusal = store.check_health().await.unwrap_err();
    assert!(matches!(refusal, StoreError::SchemaTooNew { .. }), "{refusal:?}");
}

#[tokio::test]
async fn an_empty_file_is_refused_when_nothing_may_be_migrated() {
    let directory = TempSqlite::new();
    let refusal = open(&directory.file(), Migrate::Forbid).unwrap_err();
    assert!(matches!(refusal, StoreError::SchemaTooOld { found: 0, .. }), "{refusal:?}");
    open(&directory.file(), Migrate::Apply).unwrap();
    open(&directory.file(), Migrate::Forbid).unwrap();
}

#[tokio::test]
async fn what_is_no_database_is_refused() {
    let directory = TempSqlite::new();
    std::fs::write(
        directory.file(),
        "a letter to the editor, long enough to be no header".repeat(99),
    )
    .unwrap();
    let refusal = open(&directory.file(), Migrate::Apply).unwrap_err();
    assert!(matches!(refusal, StoreError::Damaged(_)), "{refusal:?}");
}

#[tokio::test]
async fn a_path_without_a_directory_is_refused() {
    let directory = TempSqlite::new();
    let path = directory.file().join("nowhere").join("millrace.db");
    let refused = open(&path, Migrate::Apply).unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable { .. }), "{refused}");
}
