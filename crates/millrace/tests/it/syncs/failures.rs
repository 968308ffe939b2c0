//! What stops a sync, and how it tells.

use super::Scene;
use super::scene::{end, line};
use crate::harness::{Database, on_both};
use domain::managed_sync::{Again, SYNC_ATTEMPTS_MAX, SyncErrorCode, SyncStatus};
use domain::source_account::AccountChange;
use testkit::noon_plus;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use worker::managed_sync::{BankRefusal, SyncWorker};

on_both! {
    a_failure_that_may_pass_is_tried_again;
    a_bank_that_names_a_moment_is_left_alone_until_then;
    a_failure_that_does_not_pass_is_told_after_a_few_attempts;
    a_lasting_failure_is_told_at_once;
    without_a_bank_a_sync_fails_and_says_what_to_set;
    an_account_that_is_not_connected_is_not_asked_for;
    a_bank_whose_pages_do_not_end_is_stopped;
    a_sync_that_kills_its_worker_ends_as_interrupted;
    a_worker_that_stops_gives_its_sync_back;
}

fn passing() -> BankRefusal {
    BankRefusal::passing(SyncErrorCode::BankFailed, "the bank answers HTTP 503")
}

async fn a_failure_that_may_pass_is_tried_again(database: Database) {
    let scene = Scene::open(database).await;
    scene.bank.refuses(passing());
    assert_eq!(end(&scene.sync().await), (SyncStatus::Started, None));
    scene.bank.gives([line("a", 28)]);
    scene.minutes_pass(1);
    assert_eq!(scene.step().await, 1);
    let sync = scene.latest().await;
    assert_eq!(end(&sync), (SyncStatus::SuccessDataPushed, None));
    let [first, second] = scene.bank.asked().try_into().unwrap();
    assert_eq!(first, second, "the same is asked for again");
}

async fn a_bank_that_names_a_moment_is_left_alone_until_then(database: Database) {
    let scene = Scene::open(database).await;
    let again = Again::Later(Some(noon_plus(3)));
    scene.bank.refuses(BankRefusal { again, ..passing() });
    scene.sync().await;
    scene.minutes_pass(2);
    assert_eq!(scene.step().await, 0);
    scene.minutes_pass(1);
    assert_eq!(scene.step().await, 1);
    assert_eq!(end(&scene.latest().await), (SyncStatus::SuccessNoDataPushed, None));
}

async fn a_failure_that_does_not_pass_is_told_after_a_few_attempts(database: Database) {
    let scene = Scene::open(database).await;
    for _ in 0..SYNC_ATTEMPTS_MAX {
        scene.bank.refuses(passing());
    }
    scene.begin().await;
    for attempt in 1..=SYNC_ATTEMPTS_MAX {
        assert_eq!(scene.latest().await.status, SyncStatus::Started, "before attempt {attempt}");
        assert_eq!(scene.step().await, 1);
        scene.minutes_pass(1);
    }
    let sync = scene.latest().await;
    assert_eq!(end(&sync), (SyncStatus::Failed, Some(SyncErrorCode::BankFailed)));
    assert_eq!(scene.step().await, 0);
    assert_eq!(scene.sync().await.period.start, sync.period.start, "nothing was covered");
}

async fn a_lasting_failure_is_told_at_once(database: Database) {
    let scene = Scene::open(database).await;
    let code = SyncErrorCode::BankRefusedAuthorization;
    scene.bank.refuses(BankRefusal::lasting(code, "the bank answers HTTP 401"));
    let sync = scene.sync().await;
    assert_eq!(end(&sync), (SyncStatus::Failed, Some(code)));
    assert_eq!(sync.fault.unwrap().message, "the bank answers HTTP 401");
    assert!(sync.ended_at.is_some() && sync.pushes.is_empty());
}

async fn without_a_bank_a_sync_fails_and_says_what_to_set(database: Database) {
    let scene = Scene::open(database).await;
    scene.begin().await;
    let bankless = SyncWorker { bank: None, ..scene.worker() };
    assert_eq!(bankless.step().await.unwrap(), 1);
    let sync = scene.latest().await;
    assert_eq!(end(&sync), (SyncStatus::Failed, Some(SyncErrorCode::NotConfigured)));
    assert!(sync.fault.unwrap().message.contains("managed_feeds.url"));
}

async fn an_account_that_is_not_connected_is_not_asked_for(database: Database) {
    let scene = Scene::open(database).await;
    let disconnect = AccountChange { disconnect: true, ..AccountChange::default() };
    let now = noon_plus(0);
    scene.store.change_source_account(&scene.account, disconnect, now).await.unwrap();
    let sync = scene.sync().await;
    assert_eq!(end(&sync), (SyncStatus::Failed, Some(SyncErrorCode::AccountNotConnected)));
    assert_eq!(scene.bank.asked(), []);
}

async fn a_bank_whose_pages_do_not_end_is_stopped(database: Database) {
    let scene = Scene::open(database).await;
    scene.bank.page([line("a", 28)], Some("again"));
    scene.bank.page([line("a", 28)], Some("again"));
    let sync = scene.sync().await;
    assert_eq!(end(&sync), (SyncStatus::Failed, Some(SyncErrorCode::BankAnswerInvalid)));
    assert_eq!(scene.line_ids().await, [""; 0], "nothing is pushed before all is read");
}

async fn a_sync_that_kills_its_worker_ends_as_interrupted(database: Database) {
    let scene = Scene::open(database).await;
    scene.begin().await;
    for attempt in 1..=SYNC_ATTEMPTS_MAX {
        assert_eq!(scene.lease_and_die().await.attempt, attempt);
    }
    assert_eq!(scene.step().await, 1);
    let sync = scene.latest().await;
    assert_eq!(end(&sync), (SyncStatus::Failed, Some(SyncErrorCode::Interrupted)));
    assert_eq!(scene.bank.asked(), []);
}

async fn a_worker_that_stops_gives_its_sync_back(database: Database) {
    let scene = Scene::open(database).await;
    scene.begin().await;
    scene.bank.falls_silent();
    let stop = CancellationToken::new();
    let mut worker = JoinSet::new();
    worker.spawn(scene.worker().run(stop.clone()));
    scene.bank.is_asked.notified().await;
    stop.cancel();
    worker.join_next().await.unwrap().unwrap();
    // No time has passed: the lease was given back, it did not end.
    assert_eq!(scene.lease_and_die().await.attempt, 2);
}
