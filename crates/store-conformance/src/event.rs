//! Cases about events: their order and their reading. Which event belongs to which cause is in the causes' own files.

use crate::Backend;
use crate::world::World;
use domain::company::Company;
use domain::event::EventKind;
use testkit::{NOON, a_company, a_connection, noon_plus};
use tokio::task::JoinSet;

pub async fn events_are_read_in_order_from_a_place(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for _ in 0..5 {
        world.store.create_company(&a_company(world.client)).await.unwrap();
    }
    let read =
        async |after, count| world.store.list_events(world.client, after, count).await.unwrap();
    let everything = read(0, 100).await;
    assert_eq!(everything.len(), 7);
    assert!(everything.is_sorted_by(|one, next| one.sequence < next.sequence));
    let newest = world.store.newest_event(world.client).await.unwrap();
    assert_eq!(newest, everything[6].sequence);
    let nobody = testkit::a_client().id;
    assert_eq!(world.store.newest_event(nobody).await.unwrap(), 0);
    assert_eq!(read(0, 3).await, everything[..3]);
    assert_eq!(read(everything[2].sequence, 2).await, everything[3..5]);
    assert_eq!(read(everything[6].sequence, 100).await, []);
    assert_eq!(read(0, 0).await, []);
}

pub async fn a_client_reads_its_own_events_only(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    ours.store.create_connection(&a_connection(&ours.company)).await.unwrap();
    assert_eq!(theirs.news().await, []);
    assert_eq!(ours.news().await, [EventKind::ConnectionCreated]);
    let all = theirs.store.list_events(theirs.client, 0, 100).await.unwrap();
    assert!(all.iter().all(|kept| kept.event.client == theirs.client));
}

pub async fn the_sequence_never_goes_back(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let last = async || {
        let events = world.store.list_events(world.client, 0, 100).await.unwrap();
        events.last().map_or(0, |kept| kept.sequence)
    };
    let before = last().await;
    assert!(before > 0);
    world.store.delete_company(world.client, world.company.id, NOON).await.unwrap();
    let after = last().await;
    assert!(after > before);
    world.store.create_company(&a_company(world.client)).await.unwrap();
    assert!(last().await > after);
}

pub async fn a_reader_that_follows_misses_nothing(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let mut writers = JoinSet::new();
    for _ in 0..8 {
        let (store, client) = (world.store.clone(), world.client);
        writers.spawn(async move {
            for _ in 0..10 {
                store.create_company(&a_company(client)).await.unwrap();
            }
        });
    }
    // An event that became visible behind a younger one would never be seen by such a reader.
    let mut followed = Vec::new();
    while !writers.is_empty() {
        followed.extend(world.new_events().await);
        writers.try_join_next();
    }
    followed.extend(world.new_events().await);
    assert_eq!(followed.len(), 80);
}

pub async fn events_tell_how_things_stood(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let company = world.store.find_company(world.client, world.company.id).await.unwrap().unwrap();
    let before = world.connection_now().await;
    let account = world.account_now().await;
    world.store.unlink_connection(&world.path(), noon_plus(3)).await.unwrap();
    let after = world.connection_now().await;
    let events = world.store.list_events(world.client, 0, 100).await.unwrap();
    let find = |kind: EventKind| events.iter().rfind(|kept| kept.event.kind == kind).unwrap();
    let created = find(EventKind::CompanyCreated);
    let bare = Company { connections: Vec::new(), ..company };
    assert_eq!(created.about.company.as_ref(), Some(&bare));
    assert_eq!(find(EventKind::ConnectionCreated).about.connection.as_ref(), Some(&before));
    let gone = find(EventKind::ConnectionDisconnected);
    assert_eq!(gone.about.connection.as_ref(), Some(&after));
    assert_eq!(gone.about.company.as_ref(), Some(&bare));
    let disconnected = find(EventKind::AccountDisconnected);
    assert_eq!(disconnected.about.account, Some(account.disconnected(noon_plus(3))));
    world.store.delete_company(world.client, world.company.id, noon_plus(4)).await.unwrap();
    let last = world.store.list_events(world.client, 0, 100).await.unwrap().pop().unwrap();
    assert_eq!((last.event.kind, last.about.company), (EventKind::CompanyDeleted, Some(bare)));
}
