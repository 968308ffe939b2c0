//! Syncs that begin by themselves.

use super::Scene;
use super::scene::{end, line};
use crate::harness::{Database, on_both};
use domain::managed_sync::{SyncCause, SyncStatus};
use testkit::noon_plus;

on_both! {
    a_schedule_begins_a_sync_at_its_time;
    of_runs_that_were_missed_one_is_made;
    two_workers_begin_a_run_once;
    a_run_is_left_out_while_another_sync_runs;
}

async fn a_schedule_begins_a_sync_at_its_time(database: Database) {
    let scene = Scene::open(database).await;
    scene.schedule("30 * * * *").await;
    scene.minutes_pass(29);
    assert_eq!(scene.step().await, 0);
    scene.minutes_pass(1);
    scene.bank.gives([line("a", 28)]);
    assert_eq!(scene.step().await, 1);
    let sync = scene.latest().await;
    assert_eq!((sync.cause, sync.started_at), (SyncCause::Scheduled, noon_plus(30)));
    assert_eq!(end(&sync), (SyncStatus::SuccessDataPushed, None));
    assert_eq!(scene.step().await, 0);
    scene.minutes_pass(60);
    assert_eq!(scene.step().await, 1);
    assert_eq!(scene.latest().await.period.start, noon_plus(30));
}

async fn of_runs_that_were_missed_one_is_made(database: Database) {
    let scene = Scene::open(database).await;
    scene.schedule("0 * * * *").await;
    scene.minutes_pass(5 * 60 + 20);
    assert_eq!(scene.step().await, 1);
    assert_eq!(scene.step().await, 0);
    let feed = scene.store.find_managed_feed(&scene.account).await.unwrap().unwrap();
    assert_eq!(feed.next_due_at, Some(noon_plus(6 * 60)));
}

async fn two_workers_begin_a_run_once(database: Database) {
    let scene = Scene::open(database).await;
    scene.schedule("0 * * * *").await;
    scene.minutes_pass(60);
    let (one, other) = (scene.worker(), scene.worker());
    let (one, other) = tokio::join!(one.step(), other.step());
    assert_eq!(one.unwrap() + other.unwrap() + scene.step().await, 1);
    assert_eq!(scene.bank.asked().len(), 1);
}

async fn a_run_is_left_out_while_another_sync_runs(database: Database) {
    let scene = Scene::open(database).await;
    scene.schedule("0 * * * *").await;
    scene.minutes_pass(59);
    let id = scene.begin().await;
    let lease = scene.lease_and_die().await;
    assert_eq!(lease.until, noon_plus(60));
    assert_eq!(scene.step().await, 1);
    let sync = scene.latest().await;
    assert_eq!((sync.id, sync.cause), (id, SyncCause::AdHoc));
    assert_eq!(scene.step().await, 0, "the run at one is used up");
}
