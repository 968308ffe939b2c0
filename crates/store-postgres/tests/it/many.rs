//! Several processes on one database.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::Database;
use domain::ids::{ClientId, ConnectionPath, LeaseToken};
use domain::push::{Ending, PushStatus, Settlement, Withdrawal};
use domain::source_account::AccountPath;
use jiff::SignedDuration;
use store::{
    AcceptedPush, Clients, Companies, Connections, Events, Fetches, LeaseRequest, OnExisting,
    PushIntake, Pushes, Settled, SourceAccounts, WorkQueue,
};
use store_postgres::PostgresStore;
use testkit::{
    NOON, a_client, a_company, a_connection, a_draft_of, a_fetch, a_lease_request, a_line, a_uuid,
    an_account, an_account_path, an_intake, noon_plus,
};
use tokio::task::JoinSet;

/// A client with a connection and the named accounts, ready for pushes.
async fn accounts(store: &PostgresStore, names: &[&str]) -> (ClientId, Vec<AccountPath>) {
    let client = a_client();
    store.create_client(&client).await.unwrap();
    let company = a_company(client.id);
    store.create_company(&company).await.unwrap();
    let connection = a_connection(&company);
    assert!(store.create_connection(&connection).await.unwrap());
    let made: Vec<_> = names.iter().map(|name| an_account(&connection, name)).collect();
    let path: ConnectionPath = connection.path();
    store.create_source_accounts(&path, &made, OnExisting::Refuse).await.unwrap().unwrap();
    (client.id, names.iter().map(|name| an_account_path(&connection, name)).collect())
}

fn intake(account: &AccountPath, id: &str) -> PushIntake {
    an_intake(account, a_draft_of([a_line(id, "2024-02-29", "1.00")]))
}

async fn push(store: &PostgresStore, account: &AccountPath, id: &str) {
    let accepted = store.accept_push(intake(account, id)).await.unwrap();
    let AcceptedPush::Kept(operation) = accepted else { panic!("{accepted:?}") };
    assert_eq!(operation.status, PushStatus::Pending, "{:?}", operation.validation);
}

fn success() -> Settlement {
    Settlement::Finished(Ending {
        status: PushStatus::Success,
        error: None,
        errors: Vec::new(),
        warnings: Vec::new(),
        withdrawal: Withdrawal::Nothing,
    })
}

/// Leases and settles until nothing is left; answers the pushes of each account in the order of their settling.
async fn work(
    store: Arc<PostgresStore>,
    in_hand: Arc<std::sync::Mutex<BTreeMap<String, String>>>,
    settled: Arc<std::sync::Mutex<Vec<(String, u64)>>>,
    pushes: usize,
) {
    while settled.lock().unwrap().len() < pushes {
        let token = LeaseToken::new(a_uuid());
        let request = LeaseRequest { token, count: 3, now: noon_plus(1), ..a_lease_request() };
        let leases = store.lease_due_work(&request).await.unwrap();
        for lease in &leases {
            let account = lease.push.account.to_string();
            let before = in_hand.lock().unwrap().insert(account, lease.push.key.to_string());
            assert_eq!(before, None, "an account's push was leased while another one was held");
        }
        tokio::task::yield_now().await;
        for lease in leases {
            let account = lease.push.account.to_string();
            in_hand.lock().unwrap().remove(&account);
            settled.lock().unwrap().push((account, lease.push.lines.first));
            let answer = store.settle_push(&lease, &success(), noon_plus(2)).await.unwrap();
            assert_eq!(answer, Settled::Written);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_of_two_processes_never_hold_two_pushes_of_one_account() {
    let database = Database::empty();
    let stores = [Arc::new(database.store().await), Arc::new(database.store().await)];
    let (_, paths) = accounts(&stores[0], &["a", "b", "c"]).await;
    let rounds = 12;
    for round in 0..rounds {
        for path in &paths {
            push(&stores[0], path, &format!("line {round}")).await;
        }
    }
    let (in_hand, settled) = (Arc::default(), Arc::default());
    let mut workers = JoinSet::new();
    for number in 0..6 {
        let (in_hand, settled) = (Arc::clone(&in_hand), Arc::clone(&settled));
        workers.spawn(work(stores[number % 2].clone(), in_hand, settled, rounds * paths.len()));
    }
    workers.join_all().await;
    let settled = settled.lock().unwrap();
    for path in &paths {
        let name = path.account.to_string();
        let of_account = settled.iter().filter(|(account, _)| *account == name);
        let order: Vec<u64> = of_account.map(|(_, first)| *first).collect();
        assert_eq!(order, (0..12).collect::<Vec<u64>>(), "account {name}");
    }
    assert_eq!(database.sql("select count(*) from work"), "0");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_the_same_lines_pushed_to_two_processes_each_is_kept_once() {
    let database = Database::empty();
    let stores = [Arc::new(database.store().await), Arc::new(database.store().await)];
    let (_, paths) = accounts(&stores[0], &["a"]).await;
    let mut pushes = JoinSet::new();
    for number in 0..20_usize {
        let (store, account) = (stores[number % 2].clone(), paths[0].clone());
        pushes.spawn(async move {
            match store.accept_push(intake(&account, "the one")).await.unwrap() {
                AcceptedPush::Kept(push) => push.lines.count,
                AcceptedPush::Missing(missing) => panic!("{missing:?} is missing"),
            }
        });
    }
    assert_eq!(pushes.join_all().await.into_iter().sum::<u32>(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_reader_of_events_misses_none_that_two_processes_write() {
    let database = Database::empty();
    let stores = [Arc::new(database.store().await), Arc::new(database.store().await)];
    let (client, _) = accounts(&stores[0], &[]).await;
    let (writers, each) = (6_usize, 15_usize);
    let mut tasks = JoinSet::new();
    for number in 0..writers {
        let store = stores[number % 2].clone();
        tasks.spawn(async move {
            for _ in 0..each {
                store.create_company(&a_company(client)).await.unwrap();
            }
        });
    }
    // The company and the connection made first are news, too.
    let all = writers * each + 2;
    let mut seen: Vec<u64> = Vec::new();
    while seen.len() < all {
        let after = seen.last().copied().unwrap_or(0);
        let events = stores[1].list_events(client, after, 7).await.unwrap();
        seen.extend(events.iter().map(|event| event.sequence));
        // A hole would never be filled: all numbers from one on are seen, or some event was missed.
        assert_eq!(seen, (1..).take(seen.len()).collect::<Vec<u64>>());
        if events.is_empty() && tasks.is_empty() {
            break;
        }
        while tasks.try_join_next().is_some() {}
    }
    assert_eq!(seen.len(), all);
    tasks.join_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_that_one_process_accepts_wakes_the_other() {
    let database = Database::empty();
    let [accepting, waiting] = [database.store().await, database.store().await];
    let (_, paths) = accounts(&accepting, &["a"]).await;
    let signal = store::Installations::work_signal(&waiting);
    // Listening begins with a word of its own, so that nothing said before is missed.
    signal.raised().await;
    let listeners = "select count(*) from pg_stat_activity \
                     where query = 'listen millrace_work' and datname = current_database()";
    while database.sql(listeners) != "2" {
        tokio::task::yield_now().await;
    }
    push(&accepting, &paths[0], "news").await;
    signal.raised().await;
}

#[tokio::test]
async fn an_account_that_is_deleted_leaves_no_rows_behind() {
    let database = Database::empty();
    let store = database.store().await;
    let (_, paths) = accounts(&store, &["a"]).await;
    for number in 0..100 {
        push(&store, &paths[0], &number.to_string()).await;
    }
    assert_ne!(database.sql("select count(*) from chunk where kind = 3"), "0", "no directory");
    assert!(store.delete_source_account(&paths[0], NOON).await.unwrap());
    for table in ["chunk", "ledger", "source_account"] {
        assert_eq!(database.sql(&format!("select count(*) from {table}")), "0", "{table}");
    }
}

#[tokio::test]
async fn texts_may_hold_what_postgresql_cannot() {
    let database = Database::empty();
    let store = database.store().await;
    let client = a_client();
    store.create_client(&client).await.unwrap();
    let company =
        domain::company::Company { description: "a\0b\u{1}c".to_owned(), ..a_company(client.id) };
    store.create_company(&company).await.unwrap();
    assert_eq!(store.find_company(client.id, company.id).await.unwrap(), Some(company));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_company_deleted_while_it_is_used_leaves_nothing() {
    let database = Database::empty();
    let stores = [Arc::new(database.store().await), Arc::new(database.store().await)];
    let (client, paths) = accounts(&stores[0], &["a", "b"]).await;
    let mut pushes = JoinSet::new();
    for number in 0..40_usize {
        let (store, account) = (stores[number % 2].clone(), paths[number % 2].clone());
        pushes.spawn(async move {
            store.accept_push(intake(&account, &number.to_string())).await.unwrap();
        });
    }
    pushes.join_next().await.unwrap().unwrap();
    let company = paths[0].connection.company;
    let later = NOON + SignedDuration::from_mins(1);
    assert!(stores[1].delete_company(client, company, later).await.unwrap());
    pushes.join_all().await;
    for table in ["company", "connection", "source_account", "ledger", "chunk", "push", "work"] {
        assert_eq!(database.sql(&format!("select count(*) from {table}")), "0", "{table}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fetches_recorded_while_their_account_is_deleted_go_with_it() {
    let database = Database::empty();
    let store = Arc::new(database.store().await);
    let names: Vec<String> = (0..40).map(|n| format!("account-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (_, accounts) = accounts(&store, &names).await;
    let mut tasks = JoinSet::new();
    for account in accounts {
        let (recorder, deleter) = (store.clone(), store.clone());
        let fetches = [a_fetch(&account, 1), a_fetch(&account, 2), a_fetch(&account, 3)];
        let path = account.connection;
        tasks.spawn(async move { recorder.record_fetches(&path, &fetches).await.unwrap() });
        tasks.spawn(async move {
            assert!(deleter.delete_source_account(&account, NOON).await.unwrap());
        });
    }
    tasks.join_all().await;
    assert_eq!(database.sql("select count(*) from statement_fetch"), "0");
}
