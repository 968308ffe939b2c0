//! Several processes on one file, as when a second server is started by mistake: each store here has a writer, readers
//! and a memory of its own, as each process has.

use crate::backend::{TempSqlite, open};
use domain::push::{Ending, PushDraft, PushOperation, PushStatus, Settlement, Withdrawal};
use domain::source_account::AccountPath;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::migration::Migrate;
use store::{
    AcceptedPush, Clients, Companies, Connections, LeaseRequest, Lines, OnExisting, PushIntake,
    Pushes, Settled, SourceAccounts, StatementLines, Window, WorkQueue,
};
use store_sqlite::SqliteStore;
use testkit::{
    NOON, a_client, a_company, a_connection, a_draft_of, a_lease_request, a_line, an_account,
    an_account_path, an_intake, noon_plus,
};
use tokio::task::JoinSet;

/// Enough lines for a push to write a run of its own, which both stores remember.
const LINES: u64 = 150;

fn two_stores(directory: &TempSqlite) -> [Arc<SqliteStore>; 2] {
    [(); 2].map(|()| Arc::new(open(&directory.file(), Migrate::Apply).unwrap()))
}

async fn an_open_account(store: &SqliteStore) -> AccountPath {
    let client = a_client();
    store.create_client(&client).await.unwrap();
    let company = a_company(client.id);
    store.create_company(&company).await.unwrap();
    let connection = a_connection(&company);
    assert!(store.create_connection(&connection).await.unwrap());
    let account = an_account(&connection, "current");
    let kept =
        store.create_source_accounts(&connection.path(), &[account], OnExisting::Refuse).await;
    assert!(kept.unwrap().is_some());
    an_account_path(&connection, "current")
}

/// Lines `from` and after, each of which is the same in every draft.
fn draft(from: u64) -> PushDraft {
    let ids = from..from + LINES;
    a_draft_of(ids.map(|id| a_line(&format!("line-{id}"), "2024-02-29", "-1.00")))
}

async fn push(store: &SqliteStore, intake: PushIntake) -> PushOperation {
    match store.accept_push(intake).await.unwrap() {
        AcceptedPush::Kept(operation) => operation,
        AcceptedPush::Missing(missing) => panic!("{missing:?} is missing"),
    }
}

async fn statement(store: &SqliteStore, account: &AccountPath) -> StatementLines {
    let window = Window { from: jiff::civil::Date::MIN, to: None };
    store.statement_lines(account, window).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ids_stay_unique_though_two_stores_push_them_at_once() {
    let directory = TempSqlite::new();
    let stores = two_stores(&directory);
    let account = an_open_account(&stores[0]).await;
    let mut tasks = JoinSet::new();
    for (turn, store) in stores.iter().cycle().take(4).cloned().enumerate() {
        let account = account.clone();
        tasks.spawn(async move {
            for round in 0..12 {
                let from = (round * 50 + u64::try_from(turn).unwrap() * 30) % 400;
                let operation = push(&store, an_intake(&account, draft(from))).await;
                assert_eq!(operation.status, PushStatus::Pending, "{:?}", operation.validation);
                let counted = u64::from(operation.lines.count + operation.known_lines);
                assert_eq!(counted, LINES);
                // The same key cannot be kept twice, and whose commit that is in does not feel it.
                let twice = PushIntake { key: operation.key, ..an_intake(&account, draft(1_000)) };
                store.accept_push(twice).await.unwrap_err();
            }
        });
    }
    tasks.join_all().await;
    for store in &stores {
        let shown = statement(store, &account).await;
        let ids: BTreeSet<_> = shown.lines.iter().map(|kept| kept.line.id.as_str()).collect();
        assert_eq!(ids.len(), shown.lines.len(), "an id was kept twice");
        let places: Vec<u64> = shown.lines.iter().map(|kept| kept.position).collect();
        assert_eq!(places, (0..shown.watermark).collect::<Vec<_>>());
        assert!(!ids.contains("line-1000"));
    }
}

#[tokio::test]
async fn lines_that_one_store_took_back_are_new_to_the_other() {
    let directory = TempSqlite::new();
    let [ours, theirs] = two_stores(&directory);
    let account = an_open_account(&ours).await;
    let first = push(&ours, an_intake(&account, draft(0))).await;
    let again = push(&theirs, an_intake(&account, draft(0))).await;
    assert_eq!((first.known_lines, u64::from(again.known_lines)), (0, LINES));
    let request = LeaseRequest { count: 1, ..a_lease_request() };
    let lease = theirs.lease_due_work(&request).await.unwrap().remove(0);
    assert_eq!(ours.lease_due_work(&a_lease_request()).await.unwrap(), []);
    let withdrawal = Withdrawal::Unshown;
    let late = Settlement::Finished(Ending { withdrawal, ..Ending::timed_out() });
    let settled = theirs.settle_push(&lease, &late, noon_plus(1)).await.unwrap();
    assert_eq!(settled, Settled::Written);
    assert_eq!(ours.settle_push(&lease, &late, NOON).await.unwrap(), Settled::LeaseLost);
    assert_eq!(statement(&ours, &account).await.lines, []);
    let anew = push(&ours, an_intake(&account, draft(0))).await;
    assert_eq!((u64::from(anew.lines.count), anew.lines.first), (LINES, LINES));
}
