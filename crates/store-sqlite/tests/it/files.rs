//! The database as files: several handles on one, and what is left when a process dies.

use crate::backend::{TempSqlite, open};
use domain::client::{Client, ClientName};
use domain::ids::ClientId;
use std::sync::Arc;
use store::migration::Migrate;
use store::{ClientKept, Clients, Installations};
use store_sqlite::SqliteStore;
use testkit::{NOON, a_uuid};
use tokio::task::JoinSet;

const NAMES: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

fn client(name: &str) -> Client {
    let name = ClientName::parse(name).unwrap();
    Client { id: ClientId::new(a_uuid()), name, created_at: NOON }
}

/// Keeps all of [`NAMES`] at once, so that they are committed together.
async fn keep_all(store: &Arc<SqliteStore>) {
    let mut tasks = JoinSet::new();
    for name in NAMES {
        let store = Arc::clone(store);
        tasks.spawn(async move { store.create_client(&client(name)).await.unwrap() });
    }
    assert!(tasks.join_all().await.iter().all(|kept| *kept == ClientKept::Kept));
}

async fn names(store: &SqliteStore) -> Vec<String> {
    let clients = store.list_clients().await.unwrap();
    let mut names: Vec<_> = clients.iter().map(|found| found.name.as_str().to_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn what_was_committed_together_is_there_after_a_close() {
    let directory = TempSqlite::new();
    let store = Arc::new(open(&directory.file(), Migrate::Apply).unwrap());
    keep_all(&store).await;
    store.close().await;
    let log = directory.file().with_extension("db-wal");
    assert!(!log.exists(), "the file alone is all of the database");
    let store = open(&directory.file(), Migrate::Forbid).unwrap();
    assert_eq!(names(&store).await, NAMES);
}

#[tokio::test]
async fn what_was_answered_outlives_a_store_that_was_never_closed() {
    let directory = TempSqlite::new();
    let store = Arc::new(open(&directory.file(), Migrate::Apply).unwrap());
    keep_all(&store).await;
    drop(store);
    let store = open(&directory.file(), Migrate::Forbid).unwrap();
    assert_eq!(names(&store).await, NAMES);
}

#[tokio::test]
async fn the_files_of_a_process_that_dies_hold_what_was_answered() {
    let directory = TempSqlite::new();
    let store = Arc::new(open(&directory.file(), Migrate::Apply).unwrap());
    keep_all(&store).await;
    // What a crash leaves: the files as they are while the store is at work, without its shared memory.
    let elsewhere = TempSqlite::new();
    for extension in ["db", "db-wal"] {
        let from = directory.file().with_extension(extension);
        std::fs::copy(from, elsewhere.file().with_extension(extension)).unwrap();
    }
    let revived = open(&elsewhere.file(), Migrate::Forbid).unwrap();
    assert_eq!(names(&revived).await, NAMES);
}

#[test]
fn a_fresh_file_may_be_opened_by_many_at_once() {
    let directory = TempSqlite::new();
    let path = directory.file();
    let open_one = || open(&path, Migrate::Apply).map(|_store| ());
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(open_one)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
}

#[tokio::test]
async fn two_stores_on_one_file_see_each_others_commits() {
    let directory = TempSqlite::new();
    let [ours, theirs] =
        [(); 2].map(|()| Arc::new(open(&directory.file(), Migrate::Apply).unwrap()));
    let taken = client("shared");
    assert_eq!(ours.create_client(&taken).await.unwrap(), ClientKept::Kept);
    let again = theirs.create_client(&client("shared")).await.unwrap();
    assert_eq!(again, ClientKept::NameTaken(taken));
    let (one, other) = (client("one"), client("other"));
    let (first, second) = tokio::join!(ours.create_client(&one), theirs.create_client(&other));
    assert_eq!((first.unwrap(), second.unwrap()), (ClientKept::Kept, ClientKept::Kept));
    assert_eq!(names(&ours).await, ["one", "other", "shared"]);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let directory = TempSqlite::new();
    let store = open(&directory.file(), Migrate::Apply).unwrap();
    store.create_client(&client("a")).await.unwrap();
    for extension in ["db", "db-wal", "db-shm"] {
        let file = directory.file().with_extension(extension);
        let mode = std::fs::metadata(file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{extension}");
    }
}
