//! Who is woken by a write. PostgreSQL's signal is raised by connections, too, so that there only waking can be told, not sleeping.

use crate::backend::{TempSqlite, open};
use store::migration::Migrate;
use store::{
    Clients, Companies, Connections, Installations, OnExisting, SourceAccounts, WorkSignal,
};
use testkit::{NOON, a_client, a_company, a_connection, an_account, an_account_path};

/// Whether it was raised by now since it was last asked.
async fn is_raised(signal: &WorkSignal) -> bool {
    tokio::select! {
        biased;
        () = signal.raised() => true,
        () = std::future::ready(()) => false,
    }
}

#[tokio::test]
async fn what_is_deleted_wakes_the_worker_and_what_was_not_there_wakes_nobody() {
    let directory = TempSqlite::new();
    let store = open(&directory.file(), Migrate::Apply).unwrap();
    let client = a_client();
    store.create_client(&client).await.unwrap();
    let company = a_company(client.id);
    store.create_company(&company).await.unwrap();
    let connection = a_connection(&company);
    store.create_connection(&connection).await.unwrap();
    let (path, accounts) = (connection.path(), [an_account(&connection, "current")]);
    let account = an_account_path(&connection, "current");
    store.create_source_accounts(&path, &accounts, OnExisting::Refuse).await.unwrap();
    let signal = store.work_signal();
    for was_there in [true, false] {
        assert_eq!(store.delete_source_account(&account, NOON).await.unwrap(), was_there);
        assert_eq!(is_raised(&signal).await, was_there, "of an account");
    }
    for was_there in [true, false] {
        assert_eq!(store.delete_connection(&path, NOON).await.unwrap(), was_there);
        assert_eq!(is_raised(&signal).await, was_there, "of a connection");
    }
}
