//! Cases about a clock that is set back by a day: what it put off would wait for a day.

use crate::Backend;
use crate::link::{open, xero};
use crate::managed_sync::{self, a_wish};
use crate::webhook_world::{self, answered, fan_out, happen, listened_to, sequences};
use crate::work::push_to;
use crate::world::{World, success};
use domain::call_budget::{CallLimits, CallTurn};
use domain::ids::CallId;
use domain::link::{Effects, Link};
use domain::managed_sync::SyncSettlement;
use domain::platform::XERO;
use domain::push::Settlement;
use domain::webhook::{ConsumerChange, Sent};
use jiff::SignedDuration;
use store::{ConsumerChanged, DeliverySettled, Installation, OTP_SALT_BYTES};
use testkit::{NOON, a_uuid, an_account, noon_plus};

/// A day, in minutes.
const DAY: i64 = 24 * 60;

/// The old clock was worked with.
async fn work_tomorrow(world: &World) {
    let proposed = Installation { otp_salt: [7; OTP_SALT_BYTES], created_at: NOON };
    world.store.ensure_installation(&proposed).await.unwrap();
    assert_eq!(world.store.note_time(noon_plus(DAY)).await.unwrap(), None);
}

/// It is noticed that the clock was set back.
async fn notice(world: &World) {
    let by = SignedDuration::from_hours(24);
    assert_eq!(world.store.note_time(NOON).await.unwrap(), Some(by));
    assert_eq!(world.store.note_time(NOON).await.unwrap(), None, "it is done once");
}

/// A minute behind, nobody minds.
pub async fn no_work_is_held_up(backend: &dyn Backend) {
    let world = World::open(backend).await;
    work_tomorrow(&world).await;
    // One is held by a worker that died, the other was accepted and never looked at.
    push_to(&world, "held", "a", DAY).await;
    world.lease_one(noon_plus(DAY)).await;
    push_to(&world, "waiting", "a", DAY).await;
    assert_eq!(world.store.note_time(noon_plus(DAY - 1)).await.unwrap(), None);
    assert_eq!(world.lease(noon_plus(2)).await, []);
    notice(&world).await;
    let waiting = world.lease_one(NOON).await;
    let account = |name| testkit::an_account_path(&world.connection, name).account;
    assert_eq!(waiting.push.account, account("waiting"));
    world.settle(&waiting, success(), NOON).await;
    // A lease of a minute is one of a minute, whatever the clock says.
    let held = world.lease_one(noon_plus(2)).await;
    assert_eq!((held.push.account, held.attempt), (account("held"), 2));
}

/// Its caller was let in by the old clock, and was slow.
pub async fn a_push_that_comes_afterwards_is_due_soon(backend: &dyn Backend) {
    let world = World::open(backend).await;
    work_tomorrow(&world).await;
    notice(&world).await;
    let late = push_to(&world, "late", "a", DAY).await;
    assert_eq!(world.lease_one(noon_plus(10)).await.push, late);
}

/// Workers go on while nobody has noticed yet.
pub async fn who_took_work_by_the_new_clock_keeps_it(backend: &dyn Backend) {
    let world = World::open(backend).await;
    work_tomorrow(&world).await;
    world.push(&["one"]).await;
    let taken = world.lease_one(NOON).await;
    notice(&world).await;
    assert_eq!(world.lease(NOON).await, []);
    world.settle(&taken, success(), NOON).await;
}

pub async fn syncs_are_held_up_by_the_old_clock_and_kept_by_the_new(backend: &dyn Backend) {
    let world = World::open(backend).await;
    work_tomorrow(&world).await;
    let other = world.add_account(an_account(&world.connection, "other")).await;
    managed_sync::begin(&world, &a_wish(&other, DAY)).await;
    let lost = managed_sync::lease_one(&world, noon_plus(DAY)).await;
    managed_sync::begin(&world, &a_wish(&world.account, 0)).await;
    let taken = managed_sync::lease_one(&world, NOON).await;
    notice(&world).await;
    assert_eq!(managed_sync::lease(&world, NOON).await, []);
    managed_sync::settle(&world, &taken, managed_sync::success(), NOON).await;
    let again = managed_sync::lease_one(&world, noon_plus(2)).await;
    assert_eq!((again.sync.id, again.attempt), (lost.sync.id, 2));
}

pub async fn messages_are_held_up_by_the_old_clock_and_kept_by_the_new(backend: &dyn Backend) {
    let (world, _consumer) = listened_to(backend, |consumer| consumer).await;
    work_tomorrow(&world).await;
    happen(&world, 1).await;
    fan_out(&world, noon_plus(DAY)).await;
    let lost = webhook_world::lease(&world, noon_plus(DAY)).await;
    happen(&world, 1).await;
    fan_out(&world, NOON).await;
    let taken = webhook_world::lease(&world, NOON).await;
    assert_eq!((lost.len(), taken.len()), (1, 1));
    happen(&world, 1).await;
    fan_out(&world, noon_plus(DAY)).await;
    notice(&world).await;
    let waiting = webhook_world::lease(&world, NOON).await;
    assert_eq!(sequences(&waiting), [taken[0].delivery.message.sequence + 1]);
    for lease in waiting.iter().chain(&taken) {
        let settled = webhook_world::settle(&world, lease, &answered(204), NOON).await;
        assert!(matches!(settled, DeliverySettled::Written(_)), "{settled:?}");
    }
    let again = webhook_world::lease(&world, noon_plus(2)).await;
    assert_eq!(sequences(&again), sequences(&lost));
}

pub async fn a_link_that_the_old_clock_held_is_free_soon(backend: &dyn Backend) {
    let world = xero(backend).await;
    world.change(open(world.path()), Effects::default()).await;
    work_tomorrow(&world).await;
    assert!(world.hold(noon_plus(DAY)).await.is_some());
    notice(&world).await;
    assert_eq!(world.hold(NOON).await, None);
    assert!(world.hold(noon_plus(2)).await.is_some());
}

pub async fn who_took_a_link_by_the_new_clock_keeps_it(backend: &dyn Backend) {
    let world = xero(backend).await;
    world.change(open(world.path()), Effects::default()).await;
    work_tomorrow(&world).await;
    assert!(world.hold(NOON).await.is_some());
    notice(&world).await;
    assert_eq!(world.hold(NOON).await, None);
}

pub async fn a_links_pause_is_moved_back(backend: &dyn Backend) {
    let world = xero(backend).await;
    work_tomorrow(&world).await;
    let paused = |minute| Link { pause_until: Some(noon_plus(minute)), ..open(world.path()) };
    world.change(paused(DAY + 5), Effects::default()).await;
    notice(&world).await;
    assert_eq!(world.due_links(noon_plus(4)).await, []);
    let held = world.due_links(noon_plus(5)).await;
    let access_ends_at = Some(noon_plus(0));
    let moved = Link { version: 2, access_ends_at, ..paused(5) };
    assert_eq!(held.into_iter().map(|held| held.link).collect::<Vec<_>>(), [moved]);
}

/// They looked at the clock before it was set back, and write after that was noticed.
pub async fn slow_workers_put_nothing_off_by_the_old_clock(backend: &dyn Backend) {
    let world = World::open(backend).await;
    work_tomorrow(&world).await;
    world.push(&["one"]).await;
    notice(&world).await;
    let slow = world.lease_one(noon_plus(DAY)).await;
    assert_eq!(world.lease(NOON).await, [], "it is held all the same");
    let again = world.lease_one(noon_plus(2)).await;
    assert_eq!((again.push.key, again.attempt), (slow.push.key, 2));
    let later = Settlement::Waiting(noon_plus(DAY + 15));
    world.settle(&again, later, noon_plus(DAY + 5)).await;
    assert_eq!(world.lease(noon_plus(9)).await, []);
    let again = world.lease_one(noon_plus(10)).await;
    let later = Settlement::TimedOut(noon_plus(DAY + 25));
    world.settle(&again, later, noon_plus(DAY + 10)).await;
    assert_eq!(world.lease(noon_plus(14)).await, []);
    world.lease_one(noon_plus(15)).await;
    managed_sync::begin(&world, &a_wish(&world.account, DAY)).await;
    managed_sync::lease_one(&world, noon_plus(DAY)).await;
    let sync = managed_sync::lease_one(&world, noon_plus(6)).await;
    let later = SyncSettlement::Again(noon_plus(DAY + 8));
    world.store.settle_managed_sync(&sync, &later, noon_plus(DAY)).await.unwrap();
    managed_sync::lease_one(&world, noon_plus(8)).await;
}

pub async fn slow_workers_messages_are_due_soon(backend: &dyn Backend) {
    let (world, _consumer) = listened_to(backend, |consumer| consumer).await;
    work_tomorrow(&world).await;
    notice(&world).await;
    happen(&world, 1).await;
    fan_out(&world, noon_plus(DAY)).await;
    assert_eq!(webhook_world::lease(&world, noon_plus(DAY)).await.len(), 1);
    let held = webhook_world::lease(&world, noon_plus(2)).await;
    let [lease] = held.as_slice() else { panic!("{held:?}") };
    let wished = Sent { not_before: Some(noon_plus(DAY + 9)), ..answered(503) };
    let settled = webhook_world::settle(&world, lease, &wished, noon_plus(DAY)).await;
    assert!(matches!(settled, DeliverySettled::Written(_)), "{settled:?}");
    assert_eq!(webhook_world::lease(&world, noon_plus(8)).await.len(), 0);
    assert_eq!(webhook_world::lease(&world, noon_plus(10)).await.len(), 1);
    let message = &lease.delivery.message;
    let (client, id, sequence) = (lease.consumer.client, lease.consumer.id, message.sequence);
    assert!(world.store.resend_delivery(client, id, sequence, noon_plus(DAY)).await.unwrap());
    assert_eq!(webhook_world::lease(&world, noon_plus(1)).await.len(), 1);
    for disabled in [true, false] {
        let change = ConsumerChange { disabled: Some(disabled), ..ConsumerChange::default() };
        let changed = world.store.change_consumer(client, id, &change, noon_plus(DAY)).await;
        assert!(matches!(changed.unwrap(), ConsumerChanged::Changed(_)));
    }
    assert_eq!(webhook_world::lease(&world, noon_plus(1)).await.len(), 1);
}

pub async fn slow_workers_links_and_calls_wait_for_minutes(backend: &dyn Backend) {
    let world = xero(backend).await;
    world.change(open(world.path()), Effects::default()).await;
    work_tomorrow(&world).await;
    notice(&world).await;
    assert!(world.hold(noon_plus(DAY)).await.is_some());
    assert!(world.hold(noon_plus(2)).await.is_some());
    let paused = Link { pause_until: Some(noon_plus(DAY + 5)), ..world.link_now().await };
    world.change_at(noon_plus(DAY), paused, Effects::default()).await;
    assert_eq!(world.link_now().await.pause_until, Some(noon_plus(5)));
    assert_eq!(world.due_links(noon_plus(DAY)).await, [], "it is noon");
    let limits = CallLimits { at_once: 1, minute: 60, day: 100 };
    let organisation = a_uuid().to_string();
    let begin = async |now| {
        let call = CallId::new(a_uuid());
        world.store.begin_call(&organisation, call, limits, now).await.unwrap()
    };
    assert_eq!(begin(noon_plus(DAY)).await, CallTurn::Go);
    assert!(matches!(begin(NOON).await, CallTurn::Wait(_)));
    assert_eq!(begin(noon_plus(2)).await, CallTurn::Go);
}

/// They looked at the clock even before it was set ahead, half an hour before it was set back.
pub async fn slow_workers_from_before_a_leap_put_nothing_off(backend: &dyn Backend) {
    let (world, _consumer) = listened_to(backend, |consumer| consumer).await;
    work_tomorrow(&world).await;
    assert_eq!(world.store.note_time(noon_plus(DAY + 30)).await.unwrap(), None);
    assert!(world.store.note_time(NOON).await.unwrap().is_some());
    happen(&world, 1).await;
    fan_out(&world, noon_plus(DAY)).await;
    assert_eq!(webhook_world::lease(&world, NOON).await.len(), 1);
}

/// What it shows then is its own.
pub async fn a_clock_that_comes_to_the_old_times_again_is_believed(backend: &dyn Backend) {
    let world = World::open(backend).await;
    work_tomorrow(&world).await;
    notice(&world).await;
    assert_eq!(world.store.note_time(noon_plus(DAY)).await.unwrap(), None);
    push_to(&world, "one", "a", DAY).await;
    world.lease_one(noon_plus(DAY)).await;
    assert_eq!(world.lease(noon_plus(DAY)).await, []);
    world.lease_one(noon_plus(DAY + 2)).await;
}

pub async fn a_link_that_cannot_be_read_is_passed_over(backend: &dyn Backend) {
    let world = xero(backend).await;
    let wanted = Link { pause_until: Some(noon_plus(DAY + 5)), ..open(world.path()) };
    world.change(wanted.clone(), Effects::default()).await;
    work_tomorrow(&world).await;
    backend.run("update link set platform = 'of-tomorrow'").await;
    notice(&world).await;
    // Whoever mends it finds it as it was.
    backend.run(&format!("update link set platform = '{}'", XERO.key)).await;
    assert_eq!(world.link_now().await, Link { version: 1, ..wanted });
}

pub async fn silence_is_moved_back(backend: &dyn Backend) {
    let world = World::open(backend).await;
    work_tomorrow(&world).await;
    let limits = CallLimits { at_once: 5, minute: 60, day: 100 };
    let (organisation, call) = (a_uuid().to_string(), CallId::new(a_uuid()));
    let begin = async |now| world.store.begin_call(&organisation, call, limits, now).await.unwrap();
    assert_eq!(begin(noon_plus(DAY)).await, CallTurn::Go);
    world.store.end_call(&organisation, call, Some(noon_plus(DAY + 5))).await.unwrap();
    notice(&world).await;
    assert_eq!(begin(NOON).await, CallTurn::Wait(noon_plus(5)));
    assert_eq!(begin(noon_plus(6)).await, CallTurn::Go);
}
