//! Cases about how pushes end, and which lines are taken back then.

use crate::Backend;
use crate::work::push_to;
use crate::world::{World, ending, finished, ids_of, success, today};
use domain::event::{Event, EventKind};
use domain::fetch::Fetch;
use domain::push::{
    Ending, LineSpan, PushOperation, PushStatus, Remark, Settlement, Validation, Withdrawal,
};
use jiff::{SignedDuration, Timestamp};
use store::Settled;
use testkit::{NOON, a_draft_of, a_fetch, a_line, amount, an_account, an_intake, noon_plus};
use tokio::task::JoinSet;

/// The event of a push that has ended.
fn ended(world: &World, push: &PushOperation, kind: EventKind, at: Timestamp) -> Event {
    let event = Event::of_company(world.client, world.company.id, kind, at);
    event.on(world.connection.id).for_account(push.account.clone()).for_push(push.key)
}

pub async fn a_settled_push_has_ended_with_its_event(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for (id, status, kind) in [
        ("a", PushStatus::Success, EventKind::WriteSuccessful),
        ("b", PushStatus::Failed, EventKind::WriteUnsuccessful),
        ("c", PushStatus::TimedOut, EventKind::WriteUnsuccessful),
    ] {
        let push = world.push(&[id]).await;
        let lease = world.lease_one(NOON).await;
        world.settle(&lease, finished(status), noon_plus(3)).await;
        let completed_at = Some(noon_plus(3));
        let expected = PushOperation { status, completed_at, ..push.clone() };
        assert_eq!(world.push_now(&push).await, expected);
        assert_eq!(world.new_events().await, [ended(&world, &push, kind, noon_plus(3))]);
        assert_eq!(world.lease(noon_plus(60)).await, []);
    }
}

pub async fn the_platforms_words_are_added_to_what_was_said(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let odd = domain::line::Line { amount: amount("1.00"), ..today("a") };
    let push = world.accept(an_intake(&world.account, a_draft_of([odd]))).await;
    assert_eq!(push.validation.warnings.len(), 1);
    let lease = world.lease_one(NOON).await;
    let errors =
        vec![Remark { path: "transactions[0].amount".into(), message: "non, merci".into() }];
    let odd = Remark { path: "transactions[0].balance".into(), message: "tiens".into() };
    let settlement = Settlement::Finished(Ending {
        error: Some("the platform refused".into()),
        errors: errors.clone(),
        warnings: vec![odd.clone()],
        ..ending(PushStatus::Failed)
    });
    world.settle(&lease, settlement, noon_plus(1)).await;
    let kept = world.push_now(&push).await;
    assert_eq!(kept.error.as_deref(), Some("the platform refused"));
    let mut warnings = push.validation.warnings;
    warnings.push(odd);
    assert_eq!(kept.validation, Validation { errors, warnings });
    assert_eq!(world.line_ids().await, ["a"]);
}

pub async fn lines_that_a_platform_did_not_take_are_new_when_they_come_again(
    backend: &dyn Backend,
) {
    let world = World::open(backend).await;
    let push = world.push(&["a", "b", "c"]).await;
    let lease = world.lease_one(NOON).await;
    let left = LineSpan { first: push.lines.first + 1, count: 2 };
    let refused = Ending { withdrawal: Withdrawal::Lines(left), ..ending(PushStatus::Failed) };
    world.settle(&lease, Settlement::Finished(refused), noon_plus(1)).await;
    assert_eq!(world.line_ids().await, ["a"]);
    let again = world.push(&["a", "b", "c"]).await;
    assert_eq!((again.known_lines, again.lines.count), (1, 2));
    assert_eq!(world.line_ids().await, ["a", "b", "c"]);
}

pub async fn a_push_that_timed_out_on_its_way_is_followed_to_its_end(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let push = world.push(&["a", "b"]).await;
    let later = push_to(&world, push.account.as_str(), "z", 2).await;
    world
        .settle(&world.lease_one(NOON).await, Settlement::TimedOut(noon_plus(9)), noon_plus(5))
        .await;
    assert_eq!(world.push_now(&push).await.status, PushStatus::TimedOut);
    assert_eq!(world.line_ids().await, ["a", "b", "z"]);
    // What comes after it waits: the balances of a statement continue those of the one before.
    assert_eq!(world.lease(noon_plus(8)).await, []);
    let lease = world.lease_one(noon_plus(9)).await;
    assert_eq!(lease.push.status, PushStatus::TimedOut);
    world.news().await;
    let gone = Settlement::Resolved(Withdrawal::Lines(push.lines));
    world.settle(&lease, gone, noon_plus(10)).await;
    assert_eq!(world.news().await, []);
    assert_eq!(world.line_ids().await, ["z"]);
    assert_eq!(world.push_now(&push).await.status, PushStatus::TimedOut);
    assert_eq!(world.lease_one(noon_plus(11)).await.push, later);
}

pub async fn a_platform_that_answered_makes_waits_grow_anew(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a"]).await;
    world.settle(&world.lease_one(NOON).await, Settlement::Again(NOON), NOON).await;
    let second = world.lease_one(NOON).await;
    assert_eq!(second.attempt, 2);
    world.settle(&second, Settlement::Waiting(noon_plus(1)), NOON).await;
    assert_eq!(world.lease(NOON).await, []);
    assert_eq!(world.lease_one(noon_plus(1)).await.attempt, 1);
}

pub async fn a_push_is_settled_once(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let push = world.push(&["a"]).await;
    let lease = world.lease_one(NOON).await;
    world.settle(&lease, success(), noon_plus(1)).await;
    world.news().await;
    let again = finished(PushStatus::Failed);
    let settled = world.store.settle_push(&lease, &again, noon_plus(2)).await.unwrap();
    assert_eq!(settled, Settled::LeaseLost);
    assert_eq!(world.push_now(&push).await.status, PushStatus::Success);
    assert_eq!(world.news().await, []);
}

pub async fn pushes_are_finished_together(backend: &dyn Backend) {
    let (world, other) = World::two(backend).await;
    let mut pushes = Vec::new();
    for account in ["a", "b", "c"] {
        pushes.push(push_to(&world, account, "1", 0).await);
    }
    let foreign = other.push(&["x"]).await;
    let leases = world.lease(NOON).await;
    assert_eq!(leases.len(), 4);
    let lost = leases.iter().position(|lease| lease.push == pushes[1]).unwrap();
    world.settle(&leases[lost], finished(PushStatus::Failed), noon_plus(1)).await;
    world.new_events().await;

    let settled = world.store.finish_pushes(&leases, noon_plus(2)).await.unwrap();
    let expected = |index| if index == lost { Settled::LeaseLost } else { Settled::Written };
    assert_eq!(settled, (0..4).map(expected).collect::<Vec<_>>());
    let success = |push: &PushOperation| PushOperation {
        status: PushStatus::Success,
        completed_at: Some(noon_plus(2)),
        ..push.clone()
    };
    assert_eq!(world.push_now(&pushes[0]).await, success(&pushes[0]));
    assert_eq!(world.push_now(&pushes[1]).await.status, PushStatus::Failed);
    assert_eq!(world.push_now(&pushes[2]).await, success(&pushes[2]));
    assert_eq!(other.push_now(&foreign).await, success(&foreign));
    let told = |push| ended(&world, push, EventKind::WriteSuccessful, noon_plus(2));
    let told: Vec<_> = leases
        .iter()
        .map(|lease| &lease.push)
        .filter(|push| pushes.contains(push) && **push != pushes[1])
        .map(told)
        .collect();
    assert_eq!(world.new_events().await, told);
    assert_eq!(other.news().await, [EventKind::WriteSuccessful]);

    let again = world.store.finish_pushes(&leases, noon_plus(3)).await.unwrap();
    assert_eq!(again, [Settled::LeaseLost; 4]);
    assert_eq!(world.news().await, []);
    assert_eq!(world.store.finish_pushes(&[], noon_plus(3)).await.unwrap(), []);
}

pub async fn of_settlements_at_once_one_is_written(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a"]).await;
    let lease = world.lease_one(NOON).await;
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (store, lease) = (world.store.clone(), lease.clone());
        tasks.spawn(async move { store.settle_push(&lease, &success(), NOON).await.unwrap() });
    }
    let answers = tasks.join_all().await;
    assert_eq!(answers.iter().filter(|answer| **answer == Settled::Written).count(), 1);
    assert_eq!(world.news().await, [EventKind::WriteSuccessful]);
}

pub async fn a_lease_that_another_worker_took_cannot_settle(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let push = world.push(&["a"]).await;
    let slow = world.lease_one(NOON).await;
    let quick = world.lease_one(slow.until).await;
    for settlement in [success(), Settlement::Again(noon_plus(90)), finished(PushStatus::TimedOut)]
    {
        let settled = world.store.settle_push(&slow, &settlement, slow.until).await.unwrap();
        assert_eq!(settled, Settled::LeaseLost);
    }
    assert_eq!(world.push_now(&push).await, push);
    assert_eq!(world.line_ids().await, ["a"]);
    assert_eq!(world.news().await, []);
    world.settle(&quick, success(), noon_plus(1)).await;
}

pub async fn a_push_to_try_again_is_due_then(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let push = world.push(&["a"]).await;
    let lease = world.lease_one(NOON).await;
    // Before the old lease would have ended, because it is given up.
    let due_at = NOON + SignedDuration::from_secs(7);
    world.settle(&lease, Settlement::Again(due_at), NOON).await;
    assert_eq!(world.push_now(&push).await, push);
    assert_eq!(world.news().await, []);
    assert_eq!(world.lease(due_at - SignedDuration::from_micros(1)).await, []);
    let again = world.lease_one(due_at).await;
    assert_eq!((again.attempt, again.push), (2, push));
}

pub async fn a_push_whose_lines_are_all_known_is_settled_too(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a"]).await;
    world.settle_all(NOON).await;
    world.news().await;
    let push = world.push(&["a"]).await;
    assert_eq!((push.known_lines, push.lines.count), (1, 0));
    let lease = world.lease_one(NOON).await;
    world.settle(&lease, success(), NOON).await;
    assert_eq!(world.push_now(&push).await.status, PushStatus::Success);
    assert_eq!(world.news().await, [EventKind::WriteSuccessful]);
}

/// Lets a push of two lines time out after `fetches`, and answers the ids that are left.
async fn left_after_timeout(world: &World, fetches: &[Fetch]) -> Vec<String> {
    world.push(&["before"]).await;
    world.settle_all(NOON).await;
    world.push_lines([a_line("one", "2024-02-29", "1.00"), today("two")]).await;
    world.store.record_fetches(&world.path(), fetches).await.unwrap();
    let lease = world.lease_one(NOON).await;
    world.settle(&lease, finished(PushStatus::TimedOut), noon_plus(1)).await;
    ids_of(&world.lines().await)
}

pub async fn lines_that_timed_out_unseen_are_withdrawn(backend: &dyn Backend) {
    let world = World::open(backend).await;
    // A statement from before the push cannot have shown its lines.
    let fetches = [a_fetch(&world.account, 1)];
    assert_eq!(left_after_timeout(&world, &fetches).await, ["before"]);
}

pub async fn lines_that_a_statement_showed_are_not_withdrawn(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let fetches = [a_fetch(&world.account, 3)];
    assert_eq!(left_after_timeout(&world, &fetches).await, ["before", "one", "two"]);
    assert_eq!(world.push(&["one-more", "two"]).await.known_lines, 1);
}

pub async fn lines_that_newer_ones_stand_after_are_not_withdrawn(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let (late, newer) = (world.push(&["late"]).await, world.push(&["late", "newer"]).await);
    world.settle(&world.lease_one(NOON).await, finished(PushStatus::TimedOut), noon_plus(1)).await;
    assert_eq!(world.line_ids().await, ["late", "newer"]);
    // Those that are not there any more are not newer.
    let gone = Withdrawal::Lines(newer.lines);
    let refused = Ending { withdrawal: gone, ..ending(PushStatus::Failed) };
    world.settle(&world.lease_one(NOON).await, Settlement::Finished(refused), noon_plus(1)).await;
    let again = world.push(&["one-more"]).await;
    assert_eq!(again.lines.first, newer.lines.end());
    world.settle(&world.lease_one(NOON).await, finished(PushStatus::TimedOut), noon_plus(1)).await;
    assert_eq!(world.line_ids().await, ["late"]);
    assert_eq!(world.push_now(&late).await.status, PushStatus::TimedOut);
}

pub async fn a_statement_of_another_account_shows_nothing(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let other = world.add_account(an_account(&world.connection, "other")).await;
    assert_eq!(left_after_timeout(&world, &[a_fetch(&other, 9)]).await, ["before"]);
}
