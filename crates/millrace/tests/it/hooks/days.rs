//! Endpoints that are down for hours and days.

use super::Scene;
use crate::harness::{Database, Heard, Sink, on_both};
use domain::clock::Clock as _;
use domain::webhook::{Consumer, DeliveryStatus, DisabledWhy, Order};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;
use testkit::NOON;

on_both! {
    an_endpoint_that_is_down_for_a_day_gets_everything_by_the_schedule;
    an_order_holds_through_failures;
    an_endpoint_that_fails_for_five_days_is_disabled_and_loses_nothing;
    what_is_given_up_after_a_day_and_some_hours_is_recovered;
    an_endpoint_that_asks_for_time_gets_it;
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// The contract's waits, in seconds.
const WAITS: [i64; 7] = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];

/// Lets time pass until `end`, and the worker work whenever something is due.
async fn pass(scene: &Scene, consumer: &Consumer, end: Timestamp) {
    scene.work().await;
    while scene.pass_until_due(consumer, end).await {
        scene.work().await;
    }
}

fn ids(heard: &[Heard]) -> BTreeSet<String> {
    heard.iter().map(|message| message.header("webhook-id")).collect()
}

async fn an_endpoint_that_is_down_for_a_day_gets_everything_by_the_schedule(database: Database) {
    let (scene, sink) = (Scene::open(database).await, Sink::open().await);
    let consumer = scene.consumer(&sink, |consumer| consumer).await;
    sink.answers_always(503);
    scene.happen(12).await;
    pass(&scene, &consumer, NOON + HOUR * 12).await;
    scene.happen(8).await;
    pass(&scene, &consumer, NOON + HOUR * 24).await;
    sink.answers_always(204);
    let before = sink.heard().len();
    pass(&scene, &consumer, NOON + HOUR * 48).await;
    let deliveries = scene.deliveries(&consumer).await;
    assert_eq!(deliveries.len(), 20);
    assert!(deliveries.iter().all(|delivery| delivery.status == DeliveryStatus::Success));
    let arrived = &sink.heard()[before..];
    assert_eq!((ids(arrived).len(), arrived.len()), (20, 20), "each once, when it was back");
    let sent: BTreeSet<_> = deliveries.iter().map(|sent| sent.message_id().to_string()).collect();
    assert_eq!(ids(&sink.heard()), sent, "no attempt had another id");
    for delivery in &deliveries {
        let attempts = scene.attempts(delivery).await;
        for (pair, wait) in attempts.windows(2).zip(WAITS) {
            let waited = pair[1].at.duration_since(pair[0].at).as_secs();
            assert!((wait..=wait + wait / 10 + 1).contains(&waited), "{waited} for {wait}");
        }
        assert!(attempts.len() > 4, "{}", attempts.len());
    }
    // Each attempt is signed anew, with its own time.
    let stamps: BTreeSet<_> =
        sink.heard().iter().map(|message| message.header("webhook-timestamp")).collect();
    assert!(stamps.len() > 8, "{stamps:?}");
    let found = scene.store.find_consumer(scene.client, consumer.id).await.unwrap().unwrap();
    assert_eq!((found.disabled, found.failing_since), (false, None));
}

async fn an_order_holds_through_failures(database: Database) {
    let (scene, sink) = (Scene::open(database).await, Sink::open().await);
    let fifo = |consumer| Consumer { order: Order::Fifo, ..consumer };
    let consumer = scene.consumer(&sink, fifo).await;
    scene.happen(6).await;
    let page = scene.store.list_events(scene.client, 0, 100).await.unwrap();
    for kept in &page {
        let company = kept.event.company.unwrap();
        scene.store.delete_company(scene.client, company, NOON).await.unwrap();
    }
    // Some fail, some do not, some of the first and some of the second messages.
    for status in [500, 204, 503, 204, 204, 429, 500, 204, 204, 500, 204, 204] {
        sink.answers(status, &[]);
    }
    pass(&scene, &consumer, NOON + HOUR * 3).await;
    let mut arrived: Vec<(String, String)> = Vec::new();
    let deliveries = scene.deliveries(&consumer).await;
    assert!(deliveries.iter().all(|delivery| delivery.status == DeliveryStatus::Success));
    for message in sink.heard() {
        let body = message.json();
        let company = body["payload"]["id"].as_str().unwrap().to_owned();
        let seen = (company.clone(), message.event_type());
        if seen.1 == "company.deleted" {
            let created = (company, "company.created".to_owned());
            assert!(arrived.contains(&created), "a company was deleted before it was made");
        }
        arrived.push(seen);
    }
    // A deletion is sent only when the creation has arrived: the last attempt of that comes first.
    for delivery in
        deliveries.iter().filter(|delivery| delivery.message.event_type == "company.deleted")
    {
        let creation = deliveries.iter().find(|other| {
            other.message.company == delivery.message.company
                && other.message.event_type == "company.created"
        });
        let last = scene.attempts(creation.unwrap()).await.pop().unwrap();
        assert!(scene.attempts(delivery).await[0].at >= last.at);
    }
}

async fn an_endpoint_that_fails_for_five_days_is_disabled_and_loses_nothing(database: Database) {
    let (scene, sink) = (Scene::open(database).await, Sink::open().await);
    let witness = Sink::open().await;
    let consumer = scene.consumer(&sink, |consumer| consumer).await;
    scene.consumer(&witness, |consumer| consumer).await;
    sink.answers_always(500);
    for half_day in 1..=12 {
        scene.happen(1).await;
        pass(&scene, &consumer, NOON + HOUR * 12 * half_day).await;
    }
    let found = scene.store.find_consumer(scene.client, consumer.id).await.unwrap().unwrap();
    assert_eq!((found.disabled, found.disabled_why), (true, Some(DisabledWhy::Failing)));
    let told = witness
        .heard()
        .iter()
        .filter(|heard| heard.event_type() == "webhook.consumer.disabled")
        .count();
    assert_eq!(told, 1);
    let tried = sink.heard().len();
    scene.happen(1).await;
    pass(&scene, &consumer, NOON + HOUR * 24 * 8).await;
    assert_eq!(sink.heard().len(), tried, "nothing is sent to it");
    sink.answers_always(204);
    let change = domain::webhook::ConsumerChange { disabled: Some(false), ..Default::default() };
    let now = scene.clock.now();
    scene.store.change_consumer(scene.client, consumer.id, &change, now).await.unwrap();
    scene.store.recover_deliveries(scene.client, consumer.id, NOON, now).await.unwrap().unwrap();
    pass(&scene, &consumer, NOON + HOUR * 24 * 9).await;
    let companies = ids(&sink.heard()[tried..]);
    // The thirteen companies, and the word that it was disabled.
    assert_eq!(companies.len(), 14);
}

async fn what_is_given_up_after_a_day_and_some_hours_is_recovered(database: Database) {
    let (scene, sink) = (Scene::open(database).await, Sink::open().await);
    let consumer = scene.consumer(&sink, |consumer| consumer).await;
    sink.answers_always(500);
    scene.happen(2).await;
    pass(&scene, &consumer, NOON + HOUR * 40).await;
    let deliveries = scene.deliveries(&consumer).await;
    assert!(deliveries.iter().all(|delivery| delivery.status == DeliveryStatus::Failure));
    assert_eq!(scene.attempts(&deliveries[0]).await.len(), 8);
    sink.answers_always(200);
    let now = scene.clock.now();
    let count = scene.store.recover_deliveries(scene.client, consumer.id, NOON, now).await.unwrap();
    assert_eq!(count, Some(2));
    scene.work().await;
    let deliveries = scene.deliveries(&consumer).await;
    assert!(deliveries.iter().all(|delivery| delivery.status == DeliveryStatus::Success));
    assert_eq!(scene.attempts(&deliveries[0]).await.len(), 9);
}

async fn an_endpoint_that_asks_for_time_gets_it(database: Database) {
    let (scene, sink) = (Scene::open(database).await, Sink::open().await);
    let consumer = scene.consumer(&sink, |consumer| consumer).await;
    sink.answers(429, &[("retry-after", "3600")]);
    scene.happen(1).await;
    scene.work().await;
    let due = scene.deliveries(&consumer).await[0].due_at.unwrap();
    assert_eq!(due, NOON + HOUR);
    pass(&scene, &consumer, NOON + HOUR * 2).await;
    assert_eq!(sink.heard().len(), 2);
    let signed = sink.heard().pop().unwrap();
    let keys = [scene.key.clone()];
    let id = signed.header("webhook-id");
    let at = Timestamp::from_second(signed.header("webhook-timestamp").parse().unwrap()).unwrap();
    assert_eq!(
        signed.header("webhook-signature"),
        domain::webhook::sign(&keys, &id, at, &signed.body)
    );
}
