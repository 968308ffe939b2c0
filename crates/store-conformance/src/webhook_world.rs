//! A consumer's world: events that happen, and what a worker does with them. The cases are in `webhook_delivery.rs`.

use crate::Backend;
use crate::world::World;
use domain::event::KeptEvent;
use domain::ids::ConsumerId;
use domain::page::ListRequest;
use domain::webhook::{Consumer, DeliveryLease, DeliveryStatus, NewDelivery, Order, Outcome, Sent};
use jiff::{SignedDuration, Timestamp};
use store::{DeliveryRequest, DeliverySettled, FanOut, LeaseRequest};
use testkit::{a_company, a_consumer, a_lease_request};

pub(crate) const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// A world with a consumer that has seen everything so far.
pub(crate) async fn listened_to(
    backend: &dyn Backend,
    consumer: impl FnOnce(Consumer) -> Consumer,
) -> (World, Consumer) {
    let world = World::open(backend).await;
    let consumer = consumer(a_consumer(world.client));
    world.store.create_consumer(&consumer).await.unwrap();
    (world, consumer)
}

pub(crate) fn fifo(consumer: Consumer) -> Consumer {
    Consumer { order: Order::Fifo, ..consumer }
}

pub(crate) fn answered(status: u16) -> Sent {
    Sent {
        status: Some(status),
        error: None,
        answer: "so\u{0}\u{1} long".to_owned(),
        took: SignedDuration::from_millis(7),
        not_before: None,
    }
}

/// Makes companies, and for each its event; answers the events.
pub(crate) async fn happen(world: &World, count: usize) -> Vec<KeptEvent> {
    let before = world.store.list_events(world.client, 0, 10_000).await.unwrap().len();
    for _ in 0..count {
        world.store.create_company(&a_company(world.client)).await.unwrap();
    }
    world.store.list_events(world.client, 0, 10_000).await.unwrap().split_off(before)
}

/// What a worker does for a consumer that is behind, with bodies of our own.
pub(crate) async fn fan_out(world: &World, now: Timestamp) -> usize {
    let mut made = 0;
    for behind in world.store.list_behind(100).await.unwrap() {
        if behind.consumer.client != world.client {
            continue;
        }
        let events = world.store.list_events(world.client, behind.seen, 10_000).await.unwrap();
        let wanted: Vec<_> =
            events.iter().filter_map(|kept| of_event(&behind.consumer, kept)).collect();
        made += wanted.len();
        let fan_out = FanOut {
            client: world.client,
            consumer: behind.consumer.id,
            from: behind.seen,
            to: events.last().unwrap().sequence,
            wanted,
            now,
        };
        assert!(world.store.fan_out(&fan_out).await.unwrap());
        assert!(!world.store.fan_out(&fan_out).await.unwrap(), "its place has moved");
    }
    made
}

pub(crate) fn of_event(consumer: &Consumer, kept: &KeptEvent) -> Option<NewDelivery> {
    let (_, event_type) = consumer.wants(kept)?;
    Some(NewDelivery {
        sequence: kept.sequence,
        company: kept.event.company,
        event_type: event_type.to_owned(),
        body: format!("{{\"n\":{}}} \u{1}", kept.sequence),
    })
}

pub(crate) fn a_request(now: Timestamp) -> DeliveryRequest {
    let lease = LeaseRequest { now, ..a_lease_request() };
    DeliveryRequest { lease, per_consumer: 100, saturated: Vec::new() }
}

pub(crate) async fn lease(world: &World, now: Timestamp) -> Vec<DeliveryLease> {
    let is_due = world.store.is_delivery_due(now).await.unwrap();
    let mut leases = world.store.lease_due_deliveries(&a_request(now)).await.unwrap();
    assert_eq!(is_due, !leases.is_empty());
    // A case may have more than one world.
    leases.retain(|lease| lease.delivery.client == world.client);
    leases
}

pub(crate) fn sequences(leases: &[DeliveryLease]) -> Vec<u64> {
    leases.iter().map(|lease| lease.delivery.message.sequence).collect()
}

pub(crate) async fn settle(
    world: &World,
    lease: &DeliveryLease,
    sent: &Sent,
    now: Timestamp,
) -> DeliverySettled {
    let outcome = Outcome { lease: lease.clone(), sent: sent.clone(), random: 0 };
    let settled = world.store.settle_deliveries(vec![outcome], now).await.unwrap();
    assert_eq!(settled.len(), 1);
    settled[0]
}

pub(crate) async fn statuses(world: &World, consumer: ConsumerId) -> Vec<DeliveryStatus> {
    let request = ListRequest::default();
    let page = world.store.list_deliveries(world.client, consumer, &request).await.unwrap();
    page.unwrap().items.iter().rev().map(|delivery| delivery.status).collect()
}
