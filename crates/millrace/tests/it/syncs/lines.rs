//! What becomes of the lines that the bank gives.

use super::Scene;
use super::scene::{end, line};
use crate::harness::{Database, on_both};
use domain::managed_sync::{SyncErrorCode, SyncStatus};
use domain::push::PushStatus;
use store::PushIntake;
use testkit::{NOON, a_draft_of, an_intake, noon_plus};

on_both! {
    the_banks_lines_arrive_in_the_order_of_their_dates;
    nothing_new_is_a_success_without_data;
    lines_that_come_again_are_kept_once;
    more_than_a_thousand_lines_go_in_several_pushes;
    lines_that_a_rule_refuses_are_told_and_the_others_kept;
    a_sync_of_refused_lines_alone_covers_nothing;
    a_process_that_dies_after_a_push_doubles_nothing;
}

async fn the_banks_lines_arrive_in_the_order_of_their_dates(database: Database) {
    let scene = Scene::open(database).await;
    scene.bank.gives([line("c", 29), line("a", 27), line("b", 28)]);
    let sync = scene.sync().await;
    assert_eq!(end(&sync), (SyncStatus::SuccessDataPushed, None));
    assert_eq!((sync.fetched_lines, sync.new_lines, sync.ended_at), (3, 3, Some(NOON)));
    assert_eq!(scene.line_ids().await, ["a", "b", "c"]);
    let [asked] = scene.bank.asked().try_into().unwrap();
    assert_eq!((&asked.account, asked.period), (&scene.account, sync.period));
    let [push] = scene.pushes(&sync).await.try_into().unwrap();
    assert_eq!((push.status, push.lines.count), (PushStatus::Pending, 3));
}

async fn nothing_new_is_a_success_without_data(database: Database) {
    let scene = Scene::open(database).await;
    let sync = scene.sync().await;
    assert_eq!(end(&sync), (SyncStatus::SuccessNoDataPushed, None));
    assert_eq!(sync.pushes, []);
    scene.minutes_pass(10);
    assert_eq!(scene.sync().await.period.start, NOON, "the next one goes on from there");
}

async fn lines_that_come_again_are_kept_once(database: Database) {
    let scene = Scene::open(database).await;
    scene.bank.gives([line("a", 28), line("b", 28)]);
    scene.sync().await;
    scene.bank.gives([line("b", 28), line("c", 29), line("c", 29)]);
    let overlap = scene.sync().await;
    assert_eq!(end(&overlap), (SyncStatus::SuccessDataPushed, None));
    assert_eq!((overlap.fetched_lines, overlap.new_lines), (3, 1));
    scene.bank.gives([line("a", 28), line("b", 28)]);
    assert_eq!(end(&scene.sync().await), (SyncStatus::SuccessNoDataPushed, None));
    assert_eq!(scene.line_ids().await, ["a", "b", "c"]);
}

async fn more_than_a_thousand_lines_go_in_several_pushes(database: Database) {
    let scene = Scene::open(database).await;
    let lines = |from: usize, to: usize| (from..to).map(|n| line(&format!("{n:04}"), 28));
    scene.bank.page(lines(0, 1_200), Some("p2"));
    scene.bank.page(lines(1_200, 2_500), None);
    let sync = scene.sync().await;
    assert_eq!((end(&sync).0, sync.new_lines), (SyncStatus::SuccessDataPushed, 2_500));
    let counts: Vec<_> = scene.pushes(&sync).await.iter().map(|push| push.lines.count).collect();
    assert_eq!(counts, [1_000, 1_000, 500]);
    let ids = scene.line_ids().await;
    assert!(ids.len() == 2_500 && ids.is_sorted());
    let cursors: Vec<_> = scene.bank.asked().into_iter().map(|asked| asked.cursor).collect();
    assert_eq!(cursors, [None, Some("p2".to_owned())]);
}

async fn lines_that_a_rule_refuses_are_told_and_the_others_kept(database: Database) {
    let scene = Scene::open(database).await;
    let mut nameless = line("nameless", 28);
    nameless.description = None;
    scene.bank.gives([line("old", 1), line("a", 27), nameless, line("b", 29)]);
    let sync = scene.sync().await;
    let refused = Some(SyncErrorCode::LinesRefused);
    assert_eq!(end(&sync), (SyncStatus::PartialSuccessDataPushed, refused));
    assert_eq!((sync.fetched_lines, sync.new_lines), (4, 2));
    assert_eq!(scene.line_ids().await, ["a", "b"]);
    let [failed, kept] = scene.pushes(&sync).await.try_into().unwrap();
    assert_eq!((failed.status, kept.status), (PushStatus::Failed, PushStatus::Pending));
    let places: Vec<_> = failed.validation.errors.iter().map(|error| &error.path).collect();
    assert_eq!(places, ["transactions[0].date", "transactions[2].description"]);
    assert!(sync.fault.unwrap().message.contains(&failed.key.to_string()));
    scene.minutes_pass(5);
    assert_eq!(scene.sync().await.period.start, NOON, "what is refused is refused for good");
}

async fn a_sync_of_refused_lines_alone_covers_nothing(database: Database) {
    let scene = Scene::open(database).await;
    scene.bank.gives([line("old", 1)]);
    let sync = scene.sync().await;
    assert_eq!(end(&sync), (SyncStatus::Failed, Some(SyncErrorCode::LinesRefused)));
    scene.minutes_pass(5);
    assert_eq!(scene.sync().await.period.start, sync.period.start);
}

async fn a_process_that_dies_after_a_push_doubles_nothing(database: Database) {
    let scene = Scene::open(database).await;
    let id = scene.begin().await;
    let lease = scene.lease_and_die().await;
    // It had come as far as its first push.
    let first = PushIntake {
        sync: Some(id),
        ..an_intake(&lease.sync.account, a_draft_of([testkit::a_line("a", "2024-02-27", "-1.00")]))
    };
    let first_key = first.key;
    scene.store.accept_push(first).await.unwrap();
    scene.bank.gives([line("a", 27), line("b", 28)]);
    assert_eq!(scene.step().await, 1);
    let sync = scene.latest().await;
    assert_eq!((sync.id, end(&sync)), (id, (SyncStatus::SuccessDataPushed, None)));
    assert_eq!(scene.line_ids().await, ["a", "b"]);
    assert_eq!((sync.new_lines, sync.pushes.len(), sync.pushes[0]), (2, 2, first_key));
    assert_eq!(sync.period.end, NOON, "its period stays, however late it is taken up");
    assert_eq!(sync.ended_at, Some(noon_plus(1)));
}
