//! A database that goes away and comes back.

use std::sync::Arc;

use crate::Database;
use store::{Clients, Installations, Outage, StoreError};
use store_postgres::{PostgresOptions, PostgresStore};
use testkit::{PostgresCluster, a_client};
use tokio::task::JoinSet;

/// Ends connections to the database, as a restarting server does, and answers when they are gone.
fn cut_off(database: &Database, whose: &str) {
    database.sql(&format!(
        "select pg_terminate_backend(pid, 10000) from pg_stat_activity \
         where datname = current_database() and application_name = '{whose}' \
            and pid <> pg_backend_pid()"
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_is_an_outage_and_then_the_store_recovers() {
    let database = Database::empty();
    let store = Arc::new(database.store().await);
    store.create_client(&a_client()).await.unwrap();
    // The table is held, so that a call is under way when its connection goes.
    let holder = {
        let url = database.url.clone();
        std::thread::spawn(move || {
            let sql = "begin; lock table client; select pg_sleep(600)";
            let hold = || PostgresCluster::shared().sql_at(&url, sql);
            std::panic::catch_unwind(hold).is_err()
        })
    };
    let holds = "select count(*) from pg_locks where relation = 'client'::regclass \
                 and mode = 'AccessExclusiveLock' and granted";
    while database.sql(holds) != "1" {
        tokio::task::yield_now().await;
    }
    let mut call = JoinSet::new();
    call.spawn({
        let store = store.clone();
        async move { store.create_client(&a_client()).await }
    });
    let waits = "select count(*) from pg_stat_activity where query like '-- create_client%' \
                 and wait_event_type = 'Lock' and datname = current_database()";
    while database.sql(waits) != "1" {
        tokio::task::yield_now().await;
    }
    // The holder comes last, or the call would go through when the table is free.
    cut_off(&database, "millrace");
    let lost = call.join_next().await.unwrap().unwrap().unwrap_err();
    let is_away = matches!(lost, StoreError::Unavailable { outage: Outage::Unreachable, .. });
    assert!(is_away, "{lost}");
    cut_off(&database, "psql");
    assert!(holder.join().unwrap(), "the holder of the table was not cut off");
    store.create_client(&a_client()).await.unwrap();
    assert_eq!(store.list_clients().await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_stops_waiting_leaves_nothing_open() {
    let database = Database::empty();
    let options = PostgresOptions { connections_max: 1, ..PostgresOptions::new(&database.url) };
    let store = Arc::new(PostgresStore::connect(options).await.unwrap());
    for _ in 0..50 {
        let mut call = JoinSet::new();
        call.spawn({
            let store = store.clone();
            async move { store.create_client(&a_client()).await }
        });
        tokio::task::yield_now().await;
        call.shutdown().await;
        // The only connection is free again, and outside any transaction.
        store.check_health().await.unwrap();
    }
    let open = "select count(*) from pg_stat_activity \
                where state = 'idle in transaction' and datname = current_database()";
    assert_eq!(database.sql(open), "0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_store_has_let_go_of_every_connection() {
    let database = Database::empty();
    let store = database.store().await;
    store.create_client(&a_client()).await.unwrap();
    store.close().await;
    let connections = "select count(*) from pg_stat_activity \
                       where application_name = 'millrace' and datname = current_database()";
    while database.sql(connections) != "0" {
        tokio::task::yield_now().await;
    }
    let refused = store.create_client(&a_client()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Failed(_)), "{refused}");
}
