//! Cases about what was sent of pushes.

use crate::Backend;
use crate::world::{World, success};
use domain::delivery::{SENDING_HOLD, SentStage, SentStatement};
use domain::push::{LineSpan, PushOperation};
use domain::work::Lease;
use jiff::SignedDuration;
use store::{SentSoFar, Settled};
use testkit::{NOON, TODAY, amount, noon_plus};

fn a_statement(push: &PushOperation) -> SentStatement {
    SentStatement {
        number: 0,
        feed: "feed\u{e9}".into(),
        lines: push.lines,
        starts_on: TODAY,
        ends_on: TODAY,
        opening: amount("100.00"),
        closing: amount("-12.50"),
        attempt: 1,
        attempted_at: noon_plus(1),
        is_doubtful: false,
        id: None,
        stage: SentStage::Sending,
        stage_at: noon_plus(1),
    }
}

async fn keep(world: &World, lease: &Lease, statement: &SentStatement) {
    let kept = world.store.keep_statement(lease, statement).await.unwrap();
    assert_eq!(kept, Settled::Written);
}

pub async fn a_statement_is_kept_as_it_goes_along(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let push = world.push(&["a", "b"]).await;
    let lease = world.lease_one(NOON).await;
    let first = a_statement(&push);
    keep(&world, &lease, &first).await;
    let received = SentStatement {
        id: Some("s-1".into()),
        stage: SentStage::Received,
        stage_at: noon_plus(2),
        attempt: 2,
        is_doubtful: true,
        ..first.clone()
    };
    keep(&world, &lease, &received).await;
    let second = SentStatement { number: 1, lines: LineSpan { first: 9, count: 1 }, ..first };
    keep(&world, &lease, &second).await;
    let expected = vec![received, second];
    let listed = world.store.list_statements(world.client, push.key).await.unwrap();
    assert_eq!(listed, expected);
    let so_far = world.store.sent_so_far(&lease, "feed\u{e9}").await.unwrap();
    assert_eq!(so_far, SentSoFar { statements: expected, closing: None });
    let stranger = world.of_another_client().await;
    assert_eq!(world.store.list_statements(stranger.client, push.key).await.unwrap(), []);
}

pub async fn a_statement_continues_the_newest_that_was_delivered_to_its_feed(
    backend: &dyn Backend,
) {
    let world = World::open(backend).await;
    let stages = [
        ("a", "feed", SentStage::Delivered, "1.00"),
        ("b", "other", SentStage::Delivered, "2.00"),
        ("c", "feed", SentStage::Delivered, "3.10"),
        ("d", "feed", SentStage::Rejected, "4.00"),
    ];
    for (id, feed, stage, closing) in stages {
        let push = world.push(&[id]).await;
        let lease = world.lease_one(NOON).await;
        let (feed, closing) = (feed.to_owned(), amount(closing));
        keep(&world, &lease, &SentStatement { feed, stage, closing, ..a_statement(&push) }).await;
        world.settle(&lease, success(), NOON).await;
    }
    world.push(&["e"]).await;
    let lease = world.lease_one(NOON).await;
    for (feed, closing) in [("feed", Some("3.10")), ("other", Some("2.00")), ("none", None)] {
        let so_far = world.store.sent_so_far(&lease, feed).await.unwrap();
        let closing = closing.map(amount);
        assert_eq!(so_far, SentSoFar { statements: Vec::new(), closing }, "{feed}");
    }
}

pub async fn a_statement_is_kept_only_by_who_holds_its_push(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let push = world.push(&["a"]).await;
    let lease = world.lease_one(NOON).await;
    let taken = world.lease_one(noon_plus(2)).await;
    let statement = a_statement(&push);
    let late = world.store.keep_statement(&lease, &statement).await.unwrap();
    assert_eq!(late, Settled::LeaseLost);
    assert_eq!(world.store.list_statements(world.client, push.key).await.unwrap(), []);
    keep(&world, &taken, &statement).await;
    world.settle(&taken, success(), NOON).await;
    let late = world.store.keep_statement(&taken, &statement).await.unwrap();
    assert_eq!(late, Settled::LeaseLost);
}

pub async fn who_sends_a_statement_holds_its_push_for_longer(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let push = world.push(&["a"]).await;
    let lease = world.lease_one(NOON).await;
    assert!(lease.until < noon_plus(3));
    let statement = SentStatement { stage_at: noon_plus(5), ..a_statement(&push) };
    let received = SentStatement { stage: SentStage::Received, ..statement.clone() };
    keep(&world, &lease, &received).await;
    keep(&world, &lease, &statement).await;
    let end = noon_plus(5) + SENDING_HOLD;
    assert_eq!(world.lease(end - SignedDuration::from_secs(1)).await, []);
    assert_eq!(world.lease(end).await.len(), 1);
}

pub async fn a_delivered_statement_is_the_connection_s_last_sync(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let push = world.push(&["a"]).await;
    let lease = world.lease_one(NOON).await;
    keep(&world, &lease, &a_statement(&push)).await;
    assert_eq!(world.connection_now().await.synced_at, None);
    let stage = SentStage::Delivered;
    for (minute, expected) in [(7, 7), (3, 7)] {
        let stage_at = noon_plus(minute);
        keep(&world, &lease, &SentStatement { stage, stage_at, ..a_statement(&push) }).await;
        assert_eq!(world.connection_now().await.synced_at, Some(noon_plus(expected)));
    }
}

pub async fn statements_that_look_alike_are_told_apart(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let named = |id: &str, push: &PushOperation| SentStatement {
        id: Some(id.to_owned()),
        stage: SentStage::Delivered,
        ..a_statement(push)
    };
    let mut pushes = Vec::new();
    for id in ["a", "b", "c"] {
        let push = world.push(&[id]).await;
        let lease = world.lease_one(NOON).await;
        let statement = match id {
            "c" => SentStatement { feed: "other".into(), ..named("s-c", &push) },
            _ => named(&format!("s-{id}"), &push),
        };
        keep(&world, &lease, &statement).await;
        world.settle(&lease, success(), NOON).await;
        pushes.push(push);
    }
    let push = world.push(&["d"]).await;
    let lease = world.lease_one(NOON).await;
    let statement = named("s-d", &push);
    keep(&world, &lease, &statement).await;
    let alike = world.store.look_alikes(&lease, &statement).await.unwrap();
    assert_eq!(alike, ["s-a", "s-b"]);
    let longer = SentStatement { lines: LineSpan { count: 2, ..push.lines }, ..statement };
    assert!(world.store.look_alikes(&lease, &longer).await.unwrap().is_empty());
}

pub async fn statements_go_with_their_company(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let push = world.push(&["a"]).await;
    let lease = world.lease_one(NOON).await;
    keep(&world, &lease, &a_statement(&push)).await;
    world.store.delete_company(world.client, world.company.id, NOON).await.unwrap();
    assert_eq!(world.store.list_statements(world.client, push.key).await.unwrap(), []);
}
