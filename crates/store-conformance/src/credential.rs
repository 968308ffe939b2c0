//! Cases about credentials.

use crate::Backend;
use crate::world::World;
use domain::connection::{Connection, ConnectionStatus};
use domain::credential::{Credential, SIGN_ON_FAILURES_MAX, SignOnGuard};
use domain::event::EventKind;
use domain::ids::{ConnectionId, ConnectionPath};
use domain::source_account::{AccountStatus, SourceAccount};
use store::SignOn;
use testkit::{a_connection, a_credential, a_uuid, an_account, noon_plus};
use tokio::task::JoinSet;

async fn keep(world: &World) -> Credential {
    let credential = a_credential(world.path());
    assert!(world.store.create_credential(&credential).await.unwrap());
    credential
}

async fn find(world: &World, credential: &Credential) -> Option<Credential> {
    world.store.find_credential(&credential.username).await.unwrap()
}

pub async fn credentials_are_found_by_name_whoever_asks(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    for world in [&ours, &theirs] {
        let credential = keep(world).await;
        assert_eq!(find(&ours, &credential).await, Some(credential));
    }
    assert_eq!(ours.store.find_credential("NOBODY").await.unwrap(), None);
}

pub async fn credentials_need_a_connection_of_their_client(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let unknown = ConnectionPath { connection: ConnectionId::new(a_uuid()), ..ours.path() };
    for path in [unknown, ours.reaching_for(&theirs).connection] {
        let credential = a_credential(path);
        assert!(!ours.store.create_credential(&credential).await.unwrap());
        assert_eq!(find(&ours, &credential).await, None);
    }
}

pub async fn several_sets_are_valid_at_once(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let sets = [keep(&world).await, keep(&world).await, keep(&world).await];
    for set in sets {
        assert_eq!(find(&world, &set).await, Some(set));
    }
    assert_eq!(world.news().await, []);
}

pub async fn the_newest_set_of_a_connection_is_found(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let newest = async |path| ours.store.find_newest_credential(&path).await.unwrap();
    assert_eq!(newest(ours.path()).await, None);
    keep(&theirs).await;
    let first = keep(&ours).await;
    let second = Credential { created_at: noon_plus(2), ..a_credential(ours.path()) };
    let third = Credential { created_at: noon_plus(1), ..a_credential(ours.path()) };
    for later in [&second, &third] {
        assert!(ours.store.create_credential(later).await.unwrap());
    }
    assert_ne!(newest(ours.path()).await, Some(first));
    assert_eq!(newest(ours.path()).await, Some(second));
    assert_eq!(newest(ours.reaching_for(&theirs).connection).await, None);
    ours.store.revoke_credentials(&ours.path(), noon_plus(3)).await.unwrap();
    assert_eq!(newest(ours.path()).await, None);
}

pub async fn failures_are_counted_and_a_success_forgets_them(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let (credential, other) = (keep(&world).await, keep(&world).await);
    let mut expected = SignOnGuard::default();
    for minute in 0..3 {
        let now = noon_plus(minute);
        expected = expected.after_failure(now);
        let guard = world.store.record_sign_on(credential.id, SignOn::Wrong, now).await.unwrap();
        assert_eq!(guard, expected);
        assert_eq!(find(&world, &credential).await.unwrap().guard, expected);
    }
    assert_eq!(expected.failures, 3);
    let now = noon_plus(4);
    let guard = world.store.record_sign_on(credential.id, SignOn::Right, now).await.unwrap();
    assert_eq!(guard, SignOnGuard { signed_on_at: Some(now), ..SignOnGuard::default() });
    let later = noon_plus(5);
    let again = world.store.record_sign_on(credential.id, SignOn::Right, later).await.unwrap();
    assert_eq!(again, guard, "the first is remembered");
    let newest = world.store.find_newest_credential(&world.path()).await.unwrap();
    assert!(newest.is_some());
    assert_eq!(find(&world, &credential).await, Some(Credential { guard, ..credential }));
    assert_eq!(find(&world, &other).await, Some(other));
}

pub async fn too_many_failures_lock_a_name(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let credential = keep(&world).await;
    let mut guard = SignOnGuard::default();
    for _ in 0..SIGN_ON_FAILURES_MAX {
        assert!(!guard.is_locked(noon_plus(0)));
        let answer = world.store.record_sign_on(credential.id, SignOn::Wrong, noon_plus(0)).await;
        guard = answer.unwrap();
    }
    assert!(guard.is_locked(noon_plus(1)));
    let answer = world.store.record_sign_on(credential.id, SignOn::Wrong, noon_plus(1)).await;
    assert_eq!(answer.unwrap(), guard);
}

pub async fn failures_at_once_are_all_counted(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let credential = keep(&world).await;
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (store, id) = (world.store.clone(), credential.id);
        tasks.spawn(async move {
            store.record_sign_on(id, SignOn::Wrong, noon_plus(0)).await.unwrap().failures
        });
    }
    let mut counts = tasks.join_all().await;
    counts.sort_unstable();
    assert_eq!(counts, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(find(&world, &credential).await.unwrap().guard.failures, 8);
}

pub async fn revoking_ends_every_set_and_the_feed(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let status = AccountStatus::Pending;
    let pending = SourceAccount { status, ..an_account(&world.connection, "pending") };
    let pending = world.add_account(pending).await;
    let sets = [keep(&world).await, keep(&world).await];
    let revoked = world.store.revoke_credentials(&world.path(), noon_plus(3)).await.unwrap();
    assert_eq!(revoked, Some(2));
    for set in &sets {
        assert_eq!(find(&world, set).await, None);
    }
    assert_eq!(world.account_now().await.status, AccountStatus::Disconnected);
    let pending = world.store.find_source_account(&pending).await.unwrap().unwrap();
    assert_eq!(pending.status, AccountStatus::Pending);
    let unlinked = Connection { status: ConnectionStatus::Unlinked, ..world.connection.clone() };
    assert_eq!(world.connection_now().await, unlinked);

    let events = world.new_events().await;
    assert!(events.iter().all(|event| event.at == noon_plus(3)));
    assert!(events.iter().all(|event| event.connection == Some(world.connection.id)));
    let account_of = |kind| {
        let found = events.iter().find(|event| event.kind == kind);
        found.map(|event| event.account.clone())
    };
    let current = world.account.account.clone();
    assert_eq!(events.len(), 2);
    assert_eq!(account_of(EventKind::AccountDisconnected), Some(Some(current)));
    assert_eq!(account_of(EventKind::ConnectionDisconnected), Some(None));
}

pub async fn revoking_leaves_other_connections_alone(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let other = ours.add_connection(a_connection(&ours.company)).await;
    let beside = a_credential(other.path());
    ours.store.create_credential(&beside).await.unwrap();
    let foreign = keep(&theirs).await;
    keep(&ours).await;
    assert_eq!(ours.store.revoke_credentials(&ours.path(), noon_plus(1)).await.unwrap(), Some(1));
    assert_eq!(find(&ours, &beside).await, Some(beside));
    assert_eq!(find(&ours, &foreign).await, Some(foreign));
    assert_eq!(theirs.account_now().await.status, AccountStatus::Connected);
    assert_eq!(ours.store.find_connection(&other.path()).await.unwrap(), Some(other));
}

pub async fn without_a_connection_nothing_is_revoked(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let foreign = keep(&theirs).await;
    let unknown = ConnectionPath { connection: ConnectionId::new(a_uuid()), ..ours.path() };
    for path in [unknown, ours.reaching_for(&theirs).connection] {
        let revoked = ours.store.revoke_credentials(&path, noon_plus(1)).await.unwrap();
        assert_eq!(revoked, None);
    }
    assert_eq!(find(&ours, &foreign).await, Some(foreign));
    assert_eq!(theirs.connection_now().await, theirs.connection);
    assert_eq!(theirs.news().await, []);
}

pub async fn revoking_where_there_is_nothing_is_no_news(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let status = ConnectionStatus::PendingAuth;
    let new = Connection { status, ..a_connection(&world.company) };
    let connection = world.add_connection(new).await;
    world.news().await;
    let revoked = world.store.revoke_credentials(&connection.path(), noon_plus(1)).await.unwrap();
    assert_eq!(revoked, Some(0));
    let found = world.store.find_connection(&connection.path()).await.unwrap();
    assert_eq!(found, Some(connection));
    assert_eq!(world.news().await, []);
}

pub async fn a_sign_on_with_credentials_just_revoked_is_no_fault(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let credential = keep(&world).await;
    world.store.revoke_credentials(&world.path(), noon_plus(0)).await.unwrap();
    for sign_on in [SignOn::Wrong, SignOn::Right] {
        world.store.record_sign_on(credential.id, sign_on, noon_plus(1)).await.unwrap();
    }
    assert_eq!(find(&world, &credential).await, None);
}
