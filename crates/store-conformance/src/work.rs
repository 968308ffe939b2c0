//! Cases about due work: who is leased what, and when.

use crate::Backend;
use crate::link::open;
use crate::world::{World, success, today};
use domain::connection::ConnectionStatus;
use domain::ids::LeaseToken;
use domain::link::Effects;
use domain::push::{PushOperation, PushStatus, Settlement};
use domain::source_account::{AccountChange, SourceAccount};
use domain::work::{Destination, Lease};
use jiff::SignedDuration;
use store::{AccountChanged, LeaseRequest, LinkChanged, PushIntake, Settled, Unlinking};
use testkit::{NOON, a_draft_of, a_lease_request, a_uuid, an_account, noon_plus};
use tokio::task::JoinSet;

/// Accepts a push of one line to the named account, made if need be.
pub(crate) async fn push_to(world: &World, account: &str, id: &str, minute: i64) -> PushOperation {
    let new = an_account(&world.connection, account);
    let path = testkit::an_account_path(&world.connection, account);
    if world.store.find_source_account(&path).await.unwrap().is_none() {
        world.add_account(new).await;
    }
    let intake = PushIntake { account: path, ..world.intake(a_draft_of([today(id)])) };
    world.accept(PushIntake { requested_at: noon_plus(minute), ..intake }).await
}

fn pushes_of(leases: &[Lease]) -> Vec<PushOperation> {
    leases.iter().map(|lease| lease.push.clone()).collect()
}

pub async fn a_lease_shows_the_push_and_its_own_end(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let push = world.push(&["a", "b"]).await;
    let token = LeaseToken::new(a_uuid());
    let length = SignedDuration::from_secs(90);
    let request = LeaseRequest { token, length, count: 5, now: noon_plus(1) };
    let leases = world.store.lease_due_work(&request).await.unwrap();
    let until = noon_plus(1) + length;
    let platform = world.connection.platform;
    let destination = Some(Destination { platform, account_made_at: NOON });
    assert_eq!(leases, [Lease { token, until, attempt: 1, push, destination }]);
}

pub async fn a_lease_knows_an_account_that_is_gone_from_one_made_anew(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a"]).await;
    assert!(world.store.delete_source_account(&world.account, noon_plus(1)).await.unwrap());
    let anew = an_account(&world.connection, world.account.account.as_str());
    world.add_account(SourceAccount { created_at: noon_plus(2), ..anew }).await;
    let leases = world.lease(noon_plus(3)).await;
    assert_eq!(leases.iter().map(|lease| lease.destination).collect::<Vec<_>>(), [None]);
}

pub async fn the_work_of_an_account_that_is_gone_is_due_at_once(backend: &dyn Backend) {
    for what in ["account", "connection"] {
        let world = World::open(backend).await;
        let push = world.push(&["a"]).await;
        let later = Settlement::Waiting(noon_plus(600));
        world.settle(&world.lease_one(NOON).await, later, NOON).await;
        let deleted = if what == "account" {
            world.store.delete_source_account(&world.account, noon_plus(1)).await
        } else {
            world.store.delete_connection(&world.path(), noon_plus(1)).await
        };
        assert!(deleted.unwrap(), "{what}");
        assert_eq!(world.lease(NOON).await, [], "{what}");
        let lease = world.lease_one(noon_plus(1)).await;
        assert_eq!((&lease.push, lease.destination), (&push, None), "{what}");
        // Deleted while somebody looked at it.
        let later = Settlement::Waiting(noon_plus(600));
        world.settle(&lease, later, noon_plus(2)).await;
        assert_eq!(world.lease_one(noon_plus(2)).await.push, push, "{what}");
    }
}

pub async fn the_work_of_an_account_that_feeds_nothing_any_more_is_due_at_once(
    backend: &dyn Backend,
) {
    for what in ["account", "connection"] {
        let world = World::open(backend).await;
        let push = world.push(&["a"]).await;
        let later = Settlement::Waiting(noon_plus(600));
        world.settle(&world.lease_one(NOON).await, later, NOON).await;
        if what == "account" {
            let change = AccountChange { disconnect: true, ..AccountChange::default() };
            let changed = world.store.change_source_account(&world.account, change, noon_plus(1));
            assert!(matches!(changed.await, Ok(AccountChanged::Changed(_))));
        } else {
            let unlinked = world.store.unlink_connection(&world.path(), noon_plus(1)).await;
            assert!(matches!(unlinked, Ok(Unlinking::Unlinked(_))), "{unlinked:?}");
        }
        assert_eq!(world.lease(NOON).await, [], "{what}");
        assert_eq!(world.lease_one(noon_plus(1)).await.push, push, "{what}");
    }
}

pub async fn where_nothing_is_due_nothing_is_leased(backend: &dyn Backend) {
    let world = World::open(backend).await;
    assert_eq!(world.lease(noon_plus(60)).await, []);
}

pub async fn leased_work_is_not_leased_again(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a"]).await;
    world.lease_one(NOON).await;
    assert_eq!(world.lease(NOON).await, []);
}

pub async fn work_is_leased_to_one_of_many_workers(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for n in 0..16 {
        push_to(&world, &format!("account-{n}"), "a", 0).await;
    }
    let mut workers = JoinSet::new();
    for _ in 0..8 {
        let store = world.store.clone();
        workers.spawn(async move {
            let mut leases = Vec::new();
            loop {
                let token = LeaseToken::new(a_uuid());
                let request = LeaseRequest { token, count: 1, ..a_lease_request() };
                let more = store.lease_due_work(&request).await.unwrap();
                if more.is_empty() {
                    return leases;
                }
                leases.extend(more);
            }
        });
    }
    let leases: Vec<Lease> = workers.join_all().await.into_iter().flatten().collect();
    let mut keys: Vec<_> = leases.iter().map(|lease| lease.push.key).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), leases.len());
    // A worker may find the rest held for a moment by another's transaction, so what is left is taken now.
    let left = world.lease(NOON).await;
    assert_eq!(keys.len() + left.len(), 16);
}

pub async fn a_lease_that_ended_is_as_if_it_had_never_been(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a"]).await;
    let lease = world.lease_one(NOON).await;
    let just_before = lease.until - SignedDuration::from_micros(1);
    assert_eq!(world.lease(just_before).await, []);
    let again = world.lease_one(lease.until).await;
    assert_eq!((again.attempt, &again.push), (2, &lease.push));
    assert_ne!(again.token, lease.token);
}

pub async fn the_oldest_work_is_leased_first(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let mut pushes = Vec::new();
    for (minute, account) in [(1, "z"), (2, "a"), (3, "m"), (4, "b")] {
        pushes.push(push_to(&world, account, "x", minute).await);
    }
    let request = LeaseRequest { count: 3, now: noon_plus(9), ..a_lease_request() };
    let leases = world.store.lease_due_work(&request).await.unwrap();
    assert_eq!(pushes_of(&leases), pushes[..3]);
    assert_eq!(pushes_of(&world.lease(noon_plus(9)).await), pushes[3..]);
}

pub async fn a_worker_serves_every_client(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let pushes = [ours.push(&["a"]).await, theirs.push(&["a"]).await];
    let leases = ours.lease(NOON).await;
    assert_eq!(leases.len(), 2);
    for push in pushes {
        assert!(pushes_of(&leases).contains(&push));
    }
}

pub async fn an_accounts_pushes_are_settled_in_order(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let mut settled = Vec::new();
    let mut pushes = Vec::new();
    for (minute, id) in (0..).zip(["a", "b", "c"]) {
        pushes.push(push_to(&world, "current", id, minute).await);
    }
    for minute in 10..13 {
        let lease = world.lease_one(noon_plus(minute)).await;
        assert_eq!(world.lease(noon_plus(minute)).await, []);
        world.settle(&lease, success(), noon_plus(minute)).await;
        settled.push(lease.push);
    }
    assert_eq!(settled, pushes);
}

pub async fn pushes_of_one_instant_are_settled_in_the_order_they_came(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for n in 0..6 {
        world.push(&[&n.to_string()]).await;
    }
    let mut places = Vec::new();
    for _ in 0..6 {
        let lease = world.lease_one(NOON).await;
        places.push(lease.push.lines.first);
        world.settle(&lease, success(), NOON).await;
    }
    assert_eq!(places, [0, 1, 2, 3, 4, 5]);
}

pub async fn a_push_that_waits_holds_back_the_accounts_next(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let first = world.push(&["a"]).await;
    world.push(&["b"]).await;
    let other = push_to(&world, "other", "a", 0).await;
    let leases = world.lease(NOON).await;
    assert_eq!(leases.len(), 2);
    for lease in leases {
        let settlement =
            if lease.push == first { Settlement::Again(noon_plus(30)) } else { success() };
        world.settle(&lease, settlement, NOON).await;
    }
    assert_eq!(world.push_now(&other).await.status, PushStatus::Success);
    assert_eq!(world.lease(noon_plus(29)).await, []);
    assert_eq!(world.lease_one(noon_plus(30)).await.push, first);
}

pub async fn accounts_do_not_wait_for_each_other(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let mut firsts = Vec::new();
    for account in ["x", "y", "z"] {
        firsts.push(push_to(&world, account, "1", 0).await);
        push_to(&world, account, "2", 1).await;
    }
    let leases = world.lease(noon_plus(5)).await;
    assert_eq!(leases.len(), 3);
    assert!(firsts.iter().all(|push| pushes_of(&leases).contains(push)));
}

pub async fn a_released_lease_is_leased_at_once(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let push = world.push(&["a"]).await;
    let lease = world.lease_one(NOON).await;
    world.store.release_work(&lease).await.unwrap();
    let settled = world.store.settle_push(&lease, &success(), NOON).await.unwrap();
    assert_eq!(settled, Settled::LeaseLost);
    assert_eq!(world.lease_one(NOON).await.push, push);
}

pub async fn only_the_holder_can_release(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a"]).await;
    let slow = world.lease_one(NOON).await;
    let quick = world.lease_one(slow.until).await;
    world.store.release_work(&slow).await.unwrap();
    assert_eq!(world.lease(slow.until).await, []);
    world.settle(&quick, success(), slow.until).await;
    world.store.release_work(&quick).await.unwrap();
    assert_eq!(world.lease(noon_plus(60)).await, []);
}

pub async fn pushes_that_wait_for_long_are_listed(backend: &dyn Backend) {
    let (world, theirs) = World::two(backend).await;
    let first = push_to(&world, "b", "a", 0).await;
    let second = push_to(&theirs, "a", "a", 1).await;
    let behind = push_to(&world, "b", "b", 2).await;
    push_to(&world, "b", "c", 3).await;
    let waiting = async |count| world.store.list_waiting(noon_plus(3), count).await.unwrap();
    assert_eq!(waiting(10).await, [first.clone(), second.clone(), behind.clone()]);
    assert_eq!(waiting(1).await, std::slice::from_ref(&first));
    // One that has timed out waits for nothing that anybody has to mend, nor does one whose customer shut us out.
    let lease = world.lease(NOON).await.remove(0);
    assert_eq!(lease.push, first);
    world.settle(&lease, Settlement::TimedOut(noon_plus(600)), noon_plus(4)).await;
    assert_eq!(waiting(10).await, [second, behind.clone()]);
    let shut_out =
        Effects { connection: Some(ConnectionStatus::Deauthorized), ..Effects::default() };
    assert_eq!(theirs.change(open(theirs.path()), shut_out).await, LinkChanged::Changed);
    assert_eq!(waiting(10).await, [behind]);
}

pub async fn of_one_account_many_workers_get_one_push(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let first = push_to(&world, "current", "0", 0).await;
    for minute in 1..8 {
        push_to(&world, "current", &minute.to_string(), minute).await;
    }
    let mut workers = JoinSet::new();
    for _ in 0..8 {
        let store = world.store.clone();
        let token = LeaseToken::new(a_uuid());
        let request = LeaseRequest { token, now: noon_plus(9), ..a_lease_request() };
        workers.spawn(async move { store.lease_due_work(&request).await.unwrap() });
    }
    // Passing over a push that another worker is just taking must not reach the one behind it.
    let leases: Vec<Lease> = workers.join_all().await.into_iter().flatten().collect();
    assert_eq!(pushes_of(&leases), [first]);
}
