//! Cases about bringing events to consumers.

use crate::Backend;
use crate::webhook_world::{
    SECOND, a_request, answered, fan_out, fifo, happen, lease, listened_to, of_event, sequences,
    settle, statuses,
};
use crate::world::World;
use domain::event::{Event, EventKind, Example};
use domain::ids::{CompanyId, ConsumerId, LeaseToken};
use domain::page::{ListRequest, PageRequest};
use domain::webhook::{
    Consumer, ConsumerChange, DeliveryLease, DeliveryStatus, DisabledWhy, FAILING_MAX, Order,
    Outcome,
};
use jiff::SignedDuration;
use store::{DeliveryRequest, DeliverySettled, LeaseRequest};
use testkit::{NOON, a_consumer, a_lease_request, a_uuid, noon_plus};
use tokio::task::JoinSet;

pub async fn a_consumer_follows_from_where_it_was_made(backend: &dyn Backend) {
    let world = World::open(backend).await;
    happen(&world, 3).await;
    let consumer = a_consumer(world.client);
    world.store.create_consumer(&consumer).await.unwrap();
    assert_eq!(world.store.list_behind(100).await.unwrap(), []);
    let events = happen(&world, 2).await;
    let behind = world.store.list_behind(100).await.unwrap();
    assert_eq!((behind.len(), &behind[0].consumer), (1, &consumer));
    assert_eq!(fan_out(&world, NOON).await, 2);
    assert_eq!(world.store.list_behind(100).await.unwrap(), []);
    let leases = lease(&world, NOON).await;
    assert_eq!(sequences(&leases), [events[0].sequence, events[1].sequence]);
    assert_eq!(*leases[0].consumer, consumer);
    assert_eq!(leases[0].delivery.message, of_event(&consumer, &events[0]).unwrap());
    assert_eq!(leases[0].delivery.message.company, events[0].event.company);
    assert!(lease(&world, NOON).await.is_empty(), "what is held is held");
}

pub async fn an_attempt_is_kept_with_what_it_means(backend: &dyn Backend) {
    let (world, consumer) = listened_to(backend, |consumer| consumer).await;
    let sequence = happen(&world, 1).await[0].sequence;
    fan_out(&world, NOON).await;
    let first = lease(&world, NOON).await.remove(0);
    let failed = answered(500);
    let DeliverySettled::Written(verdict) = settle(&world, &first, &failed, NOON).await else {
        panic!()
    };
    assert_eq!(verdict.due_at, Some(NOON + SECOND * 5));
    assert_eq!(settle(&world, &first, &failed, NOON).await, DeliverySettled::LeaseLost);
    assert!(lease(&world, NOON + SECOND * 4).await.is_empty());
    let found = world.store.find_consumer(world.client, consumer.id).await.unwrap().unwrap();
    assert_eq!(found.failing_since, Some(NOON));
    let later = NOON + SECOND * 5;
    let second = lease(&world, later).await.remove(0);
    assert_eq!((second.delivery.attempts, second.delivery.tries), (1, 1));
    assert!(matches!(
        settle(&world, &second, &answered(204), later).await,
        DeliverySettled::Written(_)
    ));
    let found = world.store.find_consumer(world.client, consumer.id).await.unwrap().unwrap();
    assert_eq!(found, consumer);
    let attempts = world.store.list_attempts(world.client, consumer.id, sequence).await.unwrap();
    let seen: Vec<_> = attempts.iter().map(|attempt| (attempt.number, attempt.at)).collect();
    assert_eq!(seen, [(1, NOON), (2, later)]);
    assert_eq!((&attempts[0].sent, &attempts[1].sent), (&failed, &answered(204)));
    let delivery =
        world.store.find_delivery(world.client, consumer.id, sequence).await.unwrap().unwrap();
    assert_eq!((delivery.status, delivery.due_at), (DeliveryStatus::Success, None));
    let stranger = world.of_another_client().await;
    assert_eq!(
        world.store.find_delivery(stranger.client, consumer.id, sequence).await.unwrap(),
        None
    );
    assert_eq!(
        world.store.list_attempts(stranger.client, consumer.id, sequence).await.unwrap(),
        []
    );
    let listed =
        world.store.list_deliveries(stranger.client, consumer.id, &ListRequest::default()).await;
    assert_eq!(listed.unwrap(), None);
}

pub async fn many_attempts_are_settled_together(backend: &dyn Backend) {
    let (world, consumer) = listened_to(backend, |consumer| consumer).await;
    let ordered = fifo(a_consumer(world.client));
    world.store.create_consumer(&ordered).await.unwrap();
    happen(&world, 6).await;
    fan_out(&world, NOON).await;
    let leases = lease(&world, NOON).await;
    assert_eq!(leases.len(), 12);
    let lost = leases.iter().find(|lease| lease.consumer.id == consumer.id).unwrap();
    let sequence = lost.delivery.message.sequence;
    world.store.resend_delivery(world.client, consumer.id, sequence, NOON).await.unwrap();
    let outcome = |(n, lease): (usize, &DeliveryLease)| {
        let status = if n % 4 == 3 { 500 } else { 200 };
        Outcome { lease: lease.clone(), sent: answered(status), random: 0 }
    };
    let outcomes: Vec<_> = leases.iter().enumerate().map(outcome).collect();
    let settled = world.store.settle_deliveries(outcomes.clone(), NOON).await.unwrap();
    for (outcome, settled) in outcomes.iter().zip(settled) {
        let held = &outcome.lease.delivery;
        let (id, sequence) = (held.consumer, held.message.sequence);
        let now = world.store.find_delivery(world.client, id, sequence).await.unwrap().unwrap();
        let attempts = world.store.list_attempts(world.client, id, sequence).await.unwrap();
        if outcome.lease == *lost {
            assert_eq!((settled, attempts.len()), (DeliverySettled::LeaseLost, 0));
            continue;
        }
        let success = outcome.sent.is_success();
        let status = if success { DeliveryStatus::Success } else { DeliveryStatus::Attempting };
        assert_eq!((now.status, now.attempts, now.due_at.is_none()), (status, 1, success));
        assert!(matches!(settled, DeliverySettled::Written(verdict) if verdict.status == status));
        assert_eq!((attempts.len(), &attempts[0].sent), (1, &outcome.sent));
    }
    assert_eq!(world.store.settle_deliveries(Vec::new(), NOON).await.unwrap(), []);
}

pub async fn consumers_of_two_clients_are_disabled_in_one_go(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let mut consumers = Vec::new();
    for world in [&ours, &theirs] {
        let consumer = a_consumer(world.client);
        world.store.create_consumer(&consumer).await.unwrap();
        consumers.push(consumer);
        happen(world, 2).await;
        fan_out(world, NOON).await;
        world.news().await;
    }
    let leases = ours.store.lease_due_deliveries(&a_request(NOON)).await.unwrap();
    assert_eq!(leases.len(), 4);
    let mut seen = Vec::new();
    let outcome = |lease: &DeliveryLease| {
        let is_first = !seen.contains(&lease.consumer.id);
        seen.push(lease.consumer.id);
        let status = if is_first { 410 } else { 200 };
        Outcome { lease: lease.clone(), sent: answered(status), random: 0 }
    };
    let outcomes: Vec<_> = leases.iter().map(outcome).collect();
    let settled = ours.store.settle_deliveries(outcomes, NOON).await.unwrap();
    assert!(settled.iter().all(|settled| matches!(settled, DeliverySettled::Written(_))));
    for (world, consumer) in [&ours, &theirs].into_iter().zip(&consumers) {
        assert_eq!(world.news().await, [EventKind::ConsumerDisabled]);
        let found = world.store.find_consumer(world.client, consumer.id).await.unwrap().unwrap();
        assert_eq!(found.disabled_why, Some(DisabledWhy::Gone));
        let expected = [DeliveryStatus::Attempting, DeliveryStatus::Success];
        assert_eq!(statuses(world, consumer.id).await, expected);
    }
}

pub async fn an_order_that_is_taken_up_while_messages_are_sent_holds_none_up(
    backend: &dyn Backend,
) {
    let (world, consumer) = listened_to(backend, |consumer| consumer).await;
    let company = happen(&world, 1).await[0].event.company.unwrap();
    fan_out(&world, NOON).await;
    let head = lease(&world, NOON).await.remove(0);
    world.store.delete_company(world.client, company, NOON).await.unwrap();
    let change = ConsumerChange { order: Some(Order::Fifo), ..ConsumerChange::default() };
    world.store.change_consumer(world.client, consumer.id, &change, NOON).await.unwrap();
    fan_out(&world, NOON).await;
    assert!(lease(&world, NOON).await.is_empty(), "the first is on its way");
    let settled = settle(&world, &head, &answered(200), NOON).await;
    assert!(matches!(settled, DeliverySettled::Written(_)));
    assert_eq!(lease(&world, NOON).await.len(), 1);
}

pub async fn what_a_dead_worker_held_is_leased_again(backend: &dyn Backend) {
    let (world, _) = listened_to(backend, |consumer| consumer).await;
    happen(&world, 1).await;
    fan_out(&world, NOON).await;
    let dead = lease(&world, NOON).await.remove(0);
    let end = NOON + a_lease_request().length;
    let again = lease(&world, end).await.remove(0);
    assert_eq!(again.delivery.message_id(), dead.delivery.message_id());
    assert_eq!(settle(&world, &dead, &answered(200), end).await, DeliverySettled::LeaseLost);
    assert!(matches!(
        settle(&world, &again, &answered(200), end).await,
        DeliverySettled::Written(_)
    ));
}

pub async fn of_each_company_one_message_after_the_other_in_an_order(backend: &dyn Backend) {
    let (world, _) = listened_to(backend, fifo).await;
    let companies: Vec<_> =
        happen(&world, 2).await.iter().map(|kept| kept.event.company.unwrap()).collect();
    for company in &companies {
        world.store.delete_company(world.client, *company, NOON).await.unwrap();
    }
    assert_eq!(fan_out(&world, NOON).await, 4);
    let company_of = |leases: &[DeliveryLease]| -> Vec<CompanyId> {
        leases.iter().map(|lease| lease.delivery.message.company.unwrap()).collect()
    };
    let heads = lease(&world, NOON).await;
    assert_eq!(company_of(&heads), companies);
    assert!(heads.iter().all(|lease| lease.delivery.message.event_type == "company.created"));
    // One that failed holds up its own company only.
    settle(&world, &heads[0], &answered(500), NOON).await;
    settle(&world, &heads[1], &answered(200), NOON).await;
    let next = lease(&world, NOON).await;
    assert_eq!(company_of(&next), [companies[1]]);
    let soon = NOON + SECOND * 5;
    let retried = lease(&world, soon).await;
    assert_eq!(sequences(&retried), sequences(&heads[..1]));
    settle(&world, &retried[0], &answered(200), soon).await;
    assert_eq!(company_of(&lease(&world, soon).await), [companies[0]]);
}

pub async fn an_order_may_be_given_up_and_taken_up(backend: &dyn Backend) {
    let (world, consumer) = listened_to(backend, fifo).await;
    let company = happen(&world, 1).await[0].event.company.unwrap();
    world.store.delete_company(world.client, company, NOON).await.unwrap();
    fan_out(&world, NOON).await;
    let change = async |order| {
        let change = ConsumerChange { order: Some(order), ..ConsumerChange::default() };
        world.store.change_consumer(world.client, consumer.id, &change, NOON).await.unwrap();
    };
    change(Order::Parallel).await;
    change(Order::Fifo).await;
    let head = lease(&world, NOON).await;
    assert_eq!(head.len(), 1);
    change(Order::Parallel).await;
    assert_eq!(lease(&world, NOON).await.len(), 1);
}

pub async fn a_disabled_consumer_waits_and_loses_nothing(backend: &dyn Backend) {
    for order in Order::ALL {
        let (world, consumer) =
            listened_to(backend, |consumer| Consumer { order, ..consumer }).await;
        happen(&world, 2).await;
        fan_out(&world, NOON).await;
        let change = async |disabled| {
            let change = ConsumerChange { disabled: Some(disabled), ..ConsumerChange::default() };
            world.store.change_consumer(world.client, consumer.id, &change, NOON).await.unwrap();
        };
        let held = lease(&world, NOON).await;
        change(true).await;
        assert_eq!(
            settle(&world, &held[0], &answered(500), NOON).await,
            DeliverySettled::LeaseLost
        );
        happen(&world, 1).await;
        assert_eq!(fan_out(&world, NOON).await, 0);
        assert!(lease(&world, noon_plus(600)).await.is_empty());
        change(false).await;
        assert_eq!(fan_out(&world, NOON).await, 1);
        assert_eq!(lease(&world, NOON).await.len(), 3);
    }
}

pub async fn a_consumer_that_is_gone_or_fails_too_long_is_disabled_with_an_event(
    backend: &dyn Backend,
) {
    for (status, since, why) in
        [(410, NOON, DisabledWhy::Gone), (500, NOON + FAILING_MAX, DisabledWhy::Failing)]
    {
        let (world, consumer) = listened_to(backend, |consumer| consumer).await;
        happen(&world, 3).await;
        fan_out(&world, NOON).await;
        world.news().await;
        let leases = lease(&world, NOON).await;
        settle(&world, &leases[0], &answered(500), NOON).await;
        settle(&world, &leases[1], &answered(status), since).await;
        let found = world.store.find_consumer(world.client, consumer.id).await.unwrap().unwrap();
        assert_eq!((found.disabled, found.disabled_why), (true, Some(why)));
        let kept = world.store.list_events(world.client, 0, 10_000).await.unwrap().pop().unwrap();
        assert_eq!(kept.event, Event::of_client(world.client, EventKind::ConsumerDisabled, since));
        let about = kept.about.consumer.unwrap();
        assert_eq!(
            (about.id, about.why, about.url.as_str()),
            (consumer.id, why, consumer.url.as_str())
        );
        assert!(lease(&world, since + FAILING_MAX).await.is_empty());
        let change = ConsumerChange { disabled: Some(false), ..ConsumerChange::default() };
        world.store.change_consumer(world.client, consumer.id, &change, since).await.unwrap();
        assert_eq!(lease(&world, since).await.len(), 3);
    }
}

pub async fn a_message_is_sent_again_when_its_owner_wants_it(backend: &dyn Backend) {
    let (world, consumer) = listened_to(backend, |consumer| consumer).await;
    let events = happen(&world, 2).await;
    fan_out(&world, NOON).await;
    let mut now = NOON;
    for _ in 0..8 {
        for held in lease(&world, now).await {
            let status =
                if held.delivery.message.sequence == events[0].sequence { 200 } else { 500 };
            settle(&world, &held, &answered(status), now).await;
        }
        now += SignedDuration::from_hours(11);
    }
    assert_eq!(
        statuses(&world, consumer.id).await,
        [DeliveryStatus::Success, DeliveryStatus::Failure]
    );
    assert!(lease(&world, now).await.is_empty());
    let store = &world.store;
    let resend = async |sequence| {
        store.resend_delivery(world.client, consumer.id, sequence, now).await.unwrap()
    };
    assert!(resend(events[0].sequence).await && !resend(999_999).await);
    let again = lease(&world, now).await;
    assert_eq!(sequences(&again), [events[0].sequence]);
    assert_eq!((again[0].delivery.attempts, again[0].delivery.tries), (1, 0));
    settle(&world, &again[0], &answered(200), now).await;
    let recover = async |since| {
        store.recover_deliveries(world.client, consumer.id, since, now).await.unwrap()
    };
    assert_eq!(recover(now).await, Some(0));
    assert_eq!(recover(NOON).await, Some(1));
    assert_eq!(sequences(&lease(&world, now).await), [events[1].sequence]);
    let nobody = ConsumerId::new(a_uuid());
    assert_eq!(store.recover_deliveries(world.client, nobody, NOON, now).await.unwrap(), None);
}

pub async fn events_of_the_past_are_looked_at_again_and_none_is_sent_twice(backend: &dyn Backend) {
    let world = World::open(backend).await;
    happen(&world, 3).await;
    let consumer = a_consumer(world.client);
    world.store.create_consumer(&consumer).await.unwrap();
    happen(&world, 1).await;
    assert_eq!(fan_out(&world, NOON).await, 1);
    let replay =
        async |since| world.store.replay_events(world.client, consumer.id, since).await.unwrap();
    assert_eq!(replay(noon_plus(1_000)).await, Some(0));
    assert_eq!(fan_out(&world, NOON).await, 0);
    let all = world.store.list_events(world.client, 0, 10_000).await.unwrap();
    let count = all.iter().filter(|kept| kept.event.at >= NOON).count();
    assert_eq!(replay(NOON).await, Some(u64::try_from(count).unwrap()));
    fan_out(&world, NOON).await;
    let leases = lease(&world, NOON).await;
    // The world's own company, three, and one.
    assert_eq!(leases.len(), 5);
    let nobody = ConsumerId::new(a_uuid());
    assert_eq!(world.store.replay_events(world.client, nobody, NOON).await.unwrap(), None);
}

pub async fn a_consumer_gets_no_more_a_second_than_it_wants(backend: &dyn Backend) {
    let (world, _) =
        listened_to(backend, |consumer| Consumer { rate_per_second: Some(2), ..consumer }).await;
    happen(&world, 5).await;
    fan_out(&world, NOON).await;
    assert_eq!(lease(&world, NOON).await.len(), 2);
    let same_second = a_request(NOON + SignedDuration::from_millis(999));
    assert_eq!(world.store.lease_due_deliveries(&same_second).await.unwrap(), []);
    assert_eq!(lease(&world, NOON + SECOND).await.len(), 2);
    assert_eq!(lease(&world, NOON + SECOND * 2).await.len(), 1);
}

pub async fn a_busy_consumer_leaves_room_for_others(backend: &dyn Backend) {
    let (world, busy) = listened_to(backend, |consumer| consumer).await;
    let other = a_consumer(world.client);
    world.store.create_consumer(&other).await.unwrap();
    happen(&world, 5).await;
    fan_out(&world, NOON).await;
    let request = DeliveryRequest { per_consumer: 2, saturated: vec![busy.id], ..a_request(NOON) };
    let leases = world.store.lease_due_deliveries(&request).await.unwrap();
    assert_eq!(leases.len(), 2);
    assert!(leases.iter().all(|lease| lease.consumer.id == other.id));
}

pub async fn workers_at_once_never_hold_one_message_twice(backend: &dyn Backend) {
    let (world, _) = listened_to(backend, |consumer| consumer).await;
    let count = happen(&world, 40).await.len();
    fan_out(&world, NOON).await;
    let mut workers = JoinSet::new();
    for _ in 0..8 {
        let store = world.store.clone();
        workers.spawn(async move {
            let mut held = Vec::new();
            for _ in 0..10 {
                let token = LeaseToken::new(a_uuid());
                let request = a_request(NOON);
                let lease = LeaseRequest { token, count: 3, ..request.lease };
                let request = DeliveryRequest { lease, ..request };
                held.extend(store.lease_due_deliveries(&request).await.unwrap());
            }
            held
        });
    }
    let mut held: Vec<_> =
        workers.join_all().await.iter().flat_map(|leases| sequences(leases)).collect();
    held.sort_unstable();
    let all = held.len();
    held.dedup();
    assert_eq!((held.len(), all), (count, count));
}

pub async fn an_example_is_an_event_like_any_other(backend: &dyn Backend) {
    let (world, consumer) = listened_to(backend, |consumer| consumer).await;
    let event = Event::of_client(world.client, EventKind::ConnectionDeleted, NOON);
    for only in [Some(consumer.id), None] {
        let example = Example { consumer: only, payload: "{\"a\":\"\u{e9}\"}".to_owned() };
        let sequence = world.store.record_example(&event, &example).await.unwrap();
        let kept = world.store.list_events(world.client, sequence - 1, 1).await.unwrap().remove(0);
        assert_eq!((kept.sequence, &kept.event), (sequence, &event));
        assert_eq!(kept.about.example, Some(example));
    }
    // Sent to the one that it is for, though that did not ask for such events.
    assert_eq!(fan_out(&world, NOON).await, 1);
}

pub async fn old_deliveries_are_forgotten_when_they_have_ended(backend: &dyn Backend) {
    let (world, consumer) = listened_to(backend, |consumer| consumer).await;
    happen(&world, 2).await;
    fan_out(&world, NOON).await;
    let leases = lease(&world, NOON).await;
    settle(&world, &leases[0], &answered(200), NOON).await;
    let forget = async |before| world.store.forget_deliveries(before, 100).await.unwrap();
    assert_eq!(forget(NOON).await, 0);
    assert_eq!(forget(NOON + SECOND).await, 1);
    assert_eq!(statuses(&world, consumer.id).await, [DeliveryStatus::Sending]);
    let sequence = leases[0].delivery.message.sequence;
    assert_eq!(world.store.list_attempts(world.client, consumer.id, sequence).await.unwrap(), []);
}

pub async fn deliveries_are_listed_newest_first_and_by_query(backend: &dyn Backend) {
    let (world, consumer) = listened_to(backend, |consumer| consumer).await;
    let events = happen(&world, 3).await;
    fan_out(&world, NOON).await;
    let held = lease(&world, NOON).await;
    settle(&world, &held[0], &answered(200), NOON).await;
    let request = ListRequest { page: PageRequest::new(1, 2).unwrap(), ..ListRequest::default() };
    let page =
        world.store.list_deliveries(world.client, consumer.id, &request).await.unwrap().unwrap();
    let listed: Vec<_> = page.items.iter().map(|delivery| delivery.message.sequence).collect();
    assert_eq!((page.total, listed), (3, vec![events[2].sequence, events[1].sequence]));
    world.store.delete_consumer(world.client, consumer.id).await.unwrap();
    let found =
        world.store.find_delivery(world.client, consumer.id, events[0].sequence).await.unwrap();
    assert_eq!(found, None);
}
