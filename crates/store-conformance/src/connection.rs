//! Cases about connections.

use crate::Backend;
use crate::lists::{all, matching, ordered, page};
use crate::world::{World, finished};
use domain::connection::{CONNECTION_PROPERTIES, Connection, ConnectionStatus};
use domain::event::{Event, EventKind};
use domain::ids::{CompanyId, ConnectionId, ConnectionPath};
use domain::push::PushStatus;
use domain::source_account::{AccountStatus, SourceAccount};
use store::{Missing, Unlinking};
use testkit::{
    NOON, a_company, a_connection, a_credential, a_draft, a_uuid, an_account, noon_plus,
};

async fn statuses(world: &World) -> Vec<AccountStatus> {
    let accounts = world.store.list_source_accounts(&world.path()).await.unwrap().unwrap();
    accounts.iter().map(|account| account.status).collect()
}

/// A connection in each status, oldest first, the world's own among them.
async fn one_of_each(world: &World) -> Vec<Connection> {
    let mut connections = vec![world.connection.clone()];
    let others =
        [ConnectionStatus::PendingAuth, ConnectionStatus::Unlinked, ConnectionStatus::Deauthorized];
    for (minute, status) in (1..).zip(others) {
        let created_at = noon_plus(minute);
        let new = Connection { status, created_at, ..a_connection(&world.company) };
        connections.push(world.add_connection(new).await);
    }
    connections
}

/// Paths that this world must not reach: nobody's, a stranger's, and its own by way of a wrong company.
fn wrong_paths(ours: &World, theirs: &World, sister: CompanyId) -> [ConnectionPath; 4] {
    [
        ConnectionPath { connection: ConnectionId::new(a_uuid()), ..ours.path() },
        ConnectionPath { company: sister, ..ours.path() },
        ours.reaching_for(theirs).connection,
        ConnectionPath { client: ours.client, company: ours.company.id, ..theirs.path() },
    ]
}

pub async fn a_connection_is_found_as_it_was_made(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for connection in one_of_each(&world).await {
        let found = world.store.find_connection(&connection.path()).await.unwrap();
        assert_eq!(found, Some(connection));
    }
}

pub async fn a_new_connection_is_news(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let new = Connection { created_at: noon_plus(4), ..a_connection(&world.company) };
    let connection = world.add_connection(new).await;
    let kind = EventKind::ConnectionCreated;
    let event = Event::of_company(world.client, world.company.id, kind, noon_plus(4));
    assert_eq!(world.new_events().await, [event.on(connection.id)]);
}

pub async fn a_connection_needs_a_company_of_its_client(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    for company in [CompanyId::new(a_uuid()), theirs.company.id] {
        let orphan = Connection { company, ..a_connection(&ours.company) };
        assert!(!ours.store.create_connection(&orphan).await.unwrap());
        assert_eq!(ours.store.find_connection(&orphan.path()).await.unwrap(), None);
    }
    let listed = theirs.store.list_connections(theirs.client, theirs.company.id, &all()).await;
    assert_eq!(listed.unwrap().unwrap().total, 1);
    assert_eq!((ours.news().await, theirs.news().await), (vec![], vec![]));
}

pub async fn a_connection_is_reached_by_its_own_path_only(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let sister = a_company(ours.client);
    ours.store.create_company(&sister).await.unwrap();
    ours.news().await;
    for path in wrong_paths(&ours, &theirs, sister.id) {
        assert_eq!(ours.store.find_connection(&path).await.unwrap(), None);
        assert_eq!(ours.store.link_connection(&path, NOON).await.unwrap(), None);
        let unlinking = ours.store.unlink_connection(&path, NOON).await.unwrap();
        assert_eq!(unlinking, Unlinking::Unknown);
        assert!(!ours.store.delete_connection(&path, NOON).await.unwrap());
    }
    for world in [ours, theirs] {
        assert_eq!(world.connection_now().await, world.connection);
        assert_eq!(statuses(&world).await, [AccountStatus::Connected]);
        assert_eq!(world.news().await, []);
    }
}

pub async fn connections_are_listed_oldest_first_in_pages(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let connections = one_of_each(&world).await;
    let list = async |request| {
        let page = world.store.list_connections(world.client, world.company.id, &request).await;
        page.unwrap().unwrap()
    };
    assert_eq!(list(all()).await.items, connections);
    let second = list(page(2, 3)).await;
    assert_eq!((second.items.as_slice(), second.total), (&connections[3..], 4));
    assert_eq!(list(page(3, 3)).await.items, []);
}

pub async fn connections_are_filtered_and_ordered_on_request(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let connections = one_of_each(&world).await;
    let list = async |request| {
        let page = world.store.list_connections(world.client, world.company.id, &request).await;
        page.unwrap().unwrap().items
    };
    let unlinked = list(matching("status=unlinked", CONNECTION_PROPERTIES)).await;
    assert_eq!(unlinked, connections[2..3]);
    let newest_first: Vec<_> = connections.iter().rev().cloned().collect();
    assert_eq!(list(ordered("-created", CONNECTION_PROPERTIES)).await, newest_first);
}

pub async fn without_a_company_there_is_no_list_of_connections(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    for company in [CompanyId::new(a_uuid()), theirs.company.id] {
        let listed = ours.store.list_connections(ours.client, company, &all()).await.unwrap();
        assert_eq!(listed, None);
    }
    let empty = a_company(ours.client);
    ours.store.create_company(&empty).await.unwrap();
    let listed = ours.store.list_connections(ours.client, empty.id, &all()).await.unwrap();
    assert_eq!(listed.unwrap().total, 0);
}

pub async fn signing_on_links_a_connection_with_its_event(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let connections = one_of_each(&world).await;
    world.news().await;
    for (connection, kind) in connections.iter().zip([
        None,
        Some(EventKind::ConnectionConnected),
        Some(EventKind::ConnectionReconnected),
        Some(EventKind::ConnectionReconnected),
    ]) {
        let linked = Connection { status: ConnectionStatus::Linked, ..connection.clone() };
        let path = connection.path();
        let answer = world.store.link_connection(&path, noon_plus(9)).await.unwrap();
        assert_eq!(answer.as_ref(), Some(&linked));
        assert_eq!(world.store.find_connection(&path).await.unwrap(), Some(linked));
        let of = |kind| Event::of_company(world.client, world.company.id, kind, noon_plus(9));
        let expected: Vec<_> = kind.map(|kind| of(kind).on(connection.id)).into_iter().collect();
        assert_eq!(world.new_events().await, expected);
    }
}

pub async fn unlinking_disconnects_the_connected_accounts(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for (id, status) in [("pending", AccountStatus::Pending), ("savings", AccountStatus::Connected)]
    {
        world.add_account(SourceAccount { status, ..an_account(&world.connection, id) }).await;
    }
    let unlinked = Connection { status: ConnectionStatus::Unlinked, ..world.connection.clone() };
    let answer = world.store.unlink_connection(&world.path(), noon_plus(3)).await.unwrap();
    assert_eq!(answer, Unlinking::Unlinked(unlinked.clone()));
    assert_eq!(world.connection_now().await, unlinked);
    let [pending, disconnected] = [AccountStatus::Pending, AccountStatus::Disconnected];
    assert_eq!(statuses(&world).await, [disconnected, pending, disconnected]);

    let of = |kind| {
        let event = Event::of_company(world.client, world.company.id, kind, noon_plus(3));
        event.on(world.connection.id)
    };
    let events = world.new_events().await;
    assert_eq!(events.len(), 3, "{events:?}");
    assert!(events.contains(&of(EventKind::ConnectionDisconnected)));
    for id in ["current", "savings"] {
        let account = an_account(&world.connection, id).id;
        assert!(events.contains(&of(EventKind::AccountDisconnected).for_account(account)));
    }
}

pub async fn unlinking_revokes_the_credentials(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let credential = a_credential(world.path());
    assert!(world.store.create_credential(&credential).await.unwrap());
    world.store.unlink_connection(&world.path(), noon_plus(3)).await.unwrap();
    assert_eq!(world.store.find_credential(&credential.username).await.unwrap(), None);
}

pub async fn what_is_not_linked_is_not_unlinked(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let connections = one_of_each(&world).await;
    world.news().await;
    for connection in &connections[1..] {
        let answer = world.store.unlink_connection(&connection.path(), NOON).await.unwrap();
        assert_eq!(answer, Unlinking::NotLinked(connection.clone()));
    }
    assert_eq!(world.news().await, []);
}

pub async fn a_deleted_connection_takes_its_accounts_and_credentials(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let credential = a_credential(world.path());
    world.store.create_credential(&credential).await.unwrap();
    world.push(&["a"]).await;
    assert!(world.store.delete_connection(&world.path(), noon_plus(1)).await.unwrap());
    let store = &world.store;
    assert_eq!(store.find_connection(&world.path()).await.unwrap(), None);
    assert_eq!(store.list_source_accounts(&world.path()).await.unwrap(), None);
    assert_eq!(store.find_source_account(&world.account).await.unwrap(), None);
    assert_eq!(store.list_lines(&world.account, &all()).await.unwrap(), None);
    assert_eq!(store.find_credential(&credential.username).await.unwrap(), None);
    assert_eq!(world.miss(world.intake(a_draft(1))).await, Missing::Connection);
    let company = store.find_company(world.client, world.company.id).await.unwrap().unwrap();
    assert_eq!(company.connections, []);
}

pub async fn deleting_a_connection_is_news_once(backend: &dyn Backend) {
    let world = World::open(backend).await;
    assert!(world.store.delete_connection(&world.path(), noon_plus(2)).await.unwrap());
    assert!(!world.store.delete_connection(&world.path(), noon_plus(3)).await.unwrap());
    let kind = EventKind::ConnectionDeleted;
    let event = Event::of_company(world.client, world.company.id, kind, noon_plus(2));
    assert_eq!(world.new_events().await, [event.on(world.connection.id)]);
}

pub async fn a_push_outlives_its_connection_until_it_has_failed(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let operation = world.push(&["a"]).await;
    assert!(world.store.delete_connection(&world.path(), NOON).await.unwrap());
    let listed = world.store.list_pushes(world.client, world.company.id, &all()).await;
    assert_eq!(listed.unwrap().unwrap().items, std::slice::from_ref(&operation));
    world.news().await;

    let lease = world.lease_one(NOON).await;
    assert_eq!(lease.push, operation);
    world.settle(&lease, finished(PushStatus::Failed), noon_plus(1)).await;
    assert_eq!(world.push_now(&operation).await.status, PushStatus::Failed);
    assert_eq!(world.news().await, [EventKind::WriteUnsuccessful]);
}

pub async fn deleting_a_connection_leaves_others_alone(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let other = world.add_connection(a_connection(&world.company)).await;
    world.push(&["a"]).await;
    assert!(world.store.delete_connection(&other.path(), NOON).await.unwrap());
    assert_eq!(world.line_ids().await, ["a"]);
    assert_eq!(world.connection_now().await, world.connection);
}
