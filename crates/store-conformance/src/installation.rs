//! Cases about the database as a whole.

use crate::Backend;
use crate::world::World;
use store::{Installation, OTP_SALT_BYTES};
use testkit::{NOON, noon_plus};
use tokio::task::JoinSet;

fn proposal(byte: u8) -> Installation {
    Installation { otp_salt: [byte; OTP_SALT_BYTES], created_at: noon_plus(i64::from(byte)) }
}

pub async fn the_first_proposal_is_kept_and_answered_to_all(backend: &dyn Backend) {
    let store = backend.open().await;
    assert_eq!(store.ensure_installation(&proposal(1)).await.unwrap(), proposal(1));
    assert_eq!(store.ensure_installation(&proposal(2)).await.unwrap(), proposal(1));
}

pub async fn proposals_made_at_once_agree_on_one(backend: &dyn Backend) {
    let store = backend.open().await;
    let mut tasks = JoinSet::new();
    for byte in 0..8 {
        let store = store.clone();
        tasks.spawn(async move { store.ensure_installation(&proposal(byte)).await.unwrap() });
    }
    let kept = tasks.join_all().await;
    let first = store.ensure_installation(&proposal(9)).await.unwrap();
    assert!(first.created_at < noon_plus(8));
    assert!(kept.iter().all(|kept| *kept == first), "{kept:?}");
}

pub async fn a_database_that_answers_is_healthy(backend: &dyn Backend) {
    let store = backend.open().await;
    store.check_health().await.unwrap();
}

pub async fn after_the_close_calls_fail(backend: &dyn Backend) {
    let store = backend.open().await;
    store.list_clients().await.unwrap();
    store.close().await;
    assert!(store.check_health().await.is_err());
    assert!(store.list_clients().await.is_err());
    assert!(store.create_client(&testkit::a_client()).await.is_err());
}

pub async fn closing_twice_does_no_harm(backend: &dyn Backend) {
    let store = backend.open().await;
    store.close().await;
    store.close().await;
    assert!(store.check_health().await.is_err());
}

pub async fn what_is_kept_outlives_the_process(backend: &dyn Backend) {
    let before = World::open(backend).await;
    let installation = before.store.ensure_installation(&proposal(1)).await.unwrap();
    let operation = before.push(&["a", "b"]).await;
    let (account, lines) = (before.account_now().await, before.lines().await);
    let company = before.store.find_company(before.client, before.company.id).await.unwrap();
    let events = before.store.list_events(before.client, 0, 100).await.unwrap();

    let after = before.reopened(backend).await;
    assert_eq!(after.store.ensure_installation(&proposal(2)).await.unwrap(), installation);
    assert_eq!(after.store.find_company(after.client, after.company.id).await.unwrap(), company);
    assert_eq!((after.account_now().await, after.lines().await), (account, lines));
    assert_eq!(after.store.list_events(after.client, 0, 100).await.unwrap(), events);
    assert_eq!(after.lease_one(NOON).await.push, operation);
    assert_eq!(after.push(&["b", "c"]).await.known_lines, 1);
}

pub async fn an_accepted_push_raises_the_signal(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let signal = world.store.work_signal();
    world.push(&["a"]).await;
    // It must be raised by now: waiting for it would hide one that is raised late.
    let is_raised = tokio::select! {
        biased;
        () = signal.raised() => true,
        () = std::future::ready(()) => false,
    };
    assert!(is_raised);
}
