//! Cases about fetches and the first statement of an account.

use crate::Backend;
use crate::world::World;
use domain::connection::{Connection, ConnectionStatus};
use domain::event::{Event, EventKind};
use domain::fetch::Fetch;
use domain::ids::{ConnectionId, ConnectionPath};
use domain::source_account::{AccountPath, AccountStatus, SourceAccount};
use jiff::Timestamp;
use jiff::civil::date;
use store::{OnExisting, StatementOpened, StatementOpening};
use testkit::{
    NOON, TODAY, a_connection, a_fetch, a_uuid, an_account, an_account_path, an_opening, noon_plus,
};

/// A new connection in that status, with one account in that one.
async fn scene(
    world: &World,
    connection: ConnectionStatus,
    account: AccountStatus,
) -> (Connection, AccountPath) {
    let new = Connection { status: connection, ..a_connection(&world.company) };
    let connection = world.add_connection(new).await;
    let disconnected_at = (account == AccountStatus::Disconnected).then_some(NOON);
    let fed = an_account(&connection, "fed");
    let accounts = [SourceAccount { status: account, disconnected_at, ..fed }];
    let path = connection.path();
    let kept = world.store.create_source_accounts(&path, &accounts, OnExisting::Refuse).await;
    assert!(kept.unwrap().is_some());
    world.news().await;
    let account = an_account_path(&connection, "fed");
    (connection, account)
}

async fn open(world: &World, path: &AccountPath) -> StatementOpened {
    let opening = StatementOpening { now: noon_plus(6), ..an_opening(path) };
    world.store.open_statement(&opening).await.unwrap()
}

async fn list(world: &World, since: Timestamp, count: u32) -> Vec<Fetch> {
    world.store.list_fetches(&world.account, since, count).await.unwrap()
}

pub async fn the_first_statement_connects_a_pending_account(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for (status, news) in [
        (ConnectionStatus::PendingAuth, Some(EventKind::ConnectionConnected)),
        (ConnectionStatus::Unlinked, Some(EventKind::ConnectionReconnected)),
        (ConnectionStatus::Deauthorized, Some(EventKind::ConnectionReconnected)),
        (ConnectionStatus::Linked, None),
    ] {
        let (connection, path) = scene(&world, status, AccountStatus::Pending).await;
        let StatementOpened::Open(opened) = open(&world, &path).await else {
            panic!("the statement did not open");
        };
        let linked = Connection { status: ConnectionStatus::Linked, ..connection.clone() };
        assert_eq!(opened.1, linked);
        assert_eq!((opened.0.status, opened.0.feed_start), (AccountStatus::Connected, Some(TODAY)));
        let account = world.store.find_source_account(&path).await.unwrap();
        assert_eq!(account.as_ref(), Some(&opened.0));
        let kept = world.store.find_connection(&connection.path()).await.unwrap();
        assert_eq!(kept, Some(linked));

        let of = |kind| Event::of_company(world.client, world.company.id, kind, noon_plus(6));
        let of = |kind| of(kind).on(connection.id);
        let events = world.new_events().await;
        assert!(events.contains(&of(EventKind::AccountConnected).for_account(path.account)));
        assert!(news.is_none_or(|kind| events.contains(&of(kind))), "{events:?}");
        assert_eq!(events.len(), 1 + usize::from(news.is_some()));
    }
}

pub async fn later_statements_change_nothing(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let (_, path) = scene(&world, ConnectionStatus::PendingAuth, AccountStatus::Pending).await;
    let first = open(&world, &path).await;
    world.news().await;
    let feed_start = date(2024, 1, 1);
    let opening = StatementOpening { feed_start, now: noon_plus(9), ..an_opening(&path) };
    assert_eq!(world.store.open_statement(&opening).await.unwrap(), first);
    assert_eq!(world.news().await, []);
}

pub async fn lines_flow_once_the_first_statement_was_opened(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let (_, path) = scene(&world, ConnectionStatus::PendingAuth, AccountStatus::Pending).await;
    open(&world, &path).await;
    let intake = store::PushIntake { account: path, ..world.intake(testkit::a_draft(1)) };
    assert_eq!(world.accept(intake).await.lines.count, 1);
}

pub async fn a_disconnected_account_stays_closed(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let status = ConnectionStatus::Unlinked;
    let (connection, path) = scene(&world, status, AccountStatus::Disconnected).await;
    assert_eq!(open(&world, &path).await, StatementOpened::Closed);
    let found = world.store.find_connection(&connection.path()).await.unwrap();
    assert_eq!(found, Some(connection));
    let account = world.store.find_source_account(&path).await.unwrap().unwrap();
    assert_eq!((account.status, account.feed_start), (AccountStatus::Disconnected, None));
    assert_eq!(world.news().await, []);
}

pub async fn newer_credentials_open_a_disconnected_account_again(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let status = ConnectionStatus::Unlinked;
    let (_, path) = scene(&world, status, AccountStatus::Disconnected).await;
    let credentials_made_at = noon_plus(5);
    let opening = StatementOpening { credentials_made_at, now: noon_plus(6), ..an_opening(&path) };
    let opened = world.store.open_statement(&opening).await.unwrap();
    assert!(matches!(opened, StatementOpened::Open(_)), "{opened:?}");
    let account = world.store.find_source_account(&path).await.unwrap().unwrap();
    assert_eq!((account.status, account.feed_start), (AccountStatus::Connected, Some(TODAY)));
    let kinds: Vec<_> = world.new_events().await.iter().map(|event| event.kind).collect();
    assert_eq!(kinds.len(), 2, "{kinds:?}");
    assert!(kinds.contains(&EventKind::AccountConnected));
    assert!(kinds.contains(&EventKind::ConnectionReconnected));
}

pub async fn a_statement_needs_an_account_of_its_client(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let (_, pending) = scene(&theirs, ConnectionStatus::PendingAuth, AccountStatus::Pending).await;
    let nowhere = ConnectionPath { connection: ConnectionId::new(a_uuid()), ..ours.path() };
    let foreign = ConnectionPath { client: ours.client, ..pending.connection };
    for path in [
        an_account_path(&ours.connection, "nobody"),
        AccountPath { connection: nowhere, ..ours.account.clone() },
        AccountPath { connection: foreign, ..pending.clone() },
    ] {
        assert_eq!(open(&ours, &path).await, StatementOpened::Unknown);
    }
    let account = theirs.store.find_source_account(&pending).await.unwrap().unwrap();
    assert_eq!(account.status, AccountStatus::Pending);
    assert_eq!((ours.news().await, theirs.news().await), (vec![], vec![]));
}

pub async fn first_statements_at_once_connect_once(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let (_, path) = scene(&world, ConnectionStatus::PendingAuth, AccountStatus::Pending).await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (store, opening) = (world.store.clone(), an_opening(&path));
        tasks.spawn(async move { store.open_statement(&opening).await.unwrap() });
    }
    let answers = tasks.join_all().await;
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let news = world.news().await;
    assert_eq!(news, [EventKind::AccountConnected, EventKind::ConnectionConnected]);
}

pub async fn a_fetch_is_found_as_it_was_recorded(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let open_ended = a_fetch(&world.account, 7);
    let bounded = Fetch {
        at: noon_plus(1),
        to: Some(TODAY),
        from: TODAY,
        user_agent: "GnuCash — 5.5 \"test\"".to_owned(),
        bytes: 5_000_000_000,
        ..a_fetch(&world.account, u64::from(u32::MAX) + 10)
    };
    let fetches = [open_ended.clone(), bounded.clone()];
    world.store.record_fetches(&world.path(), &fetches).await.unwrap();
    assert_eq!(list(&world, NOON, 10).await, [bounded, open_ended]);
    assert_eq!(world.news().await, []);
}

pub async fn fetches_are_listed_newest_first(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let savings = world.add_account(an_account(&world.connection, "savings")).await;
    let on = |minute, account| Fetch { at: noon_plus(minute), ..a_fetch(account, 1) };
    let [two, five, three] = [2, 5, 3].map(|minute| on(minute, &world.account));
    let record = async |fetches: &[Fetch]| {
        world.store.record_fetches(&world.path(), fetches).await.unwrap();
    };
    record(&[two.clone(), five.clone()]).await;
    record(&[on(4, &savings), three.clone()]).await;
    assert_eq!(list(&world, NOON, 10).await, [five.clone(), three.clone(), two]);
    assert_eq!(list(&world, noon_plus(3), 10).await, [five.clone(), three]);
    assert_eq!(list(&world, NOON, 1).await, [five]);
    assert_eq!(list(&world, noon_plus(6), 10).await, []);
}

pub async fn a_fetch_is_the_connections_newest_sync(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let record = async |minutes: &[i64]| {
        let at = |minute: &i64| Fetch { at: noon_plus(*minute), ..a_fetch(&world.account, 1) };
        let fetches: Vec<_> = minutes.iter().map(at).collect();
        world.store.record_fetches(&world.path(), &fetches).await.unwrap();
        world.connection_now().await.synced_at
    };
    assert_eq!(record(&[]).await, None);
    assert_eq!(record(&[3, 7, 5]).await, Some(noon_plus(7)));
    // One that was recorded late is not the newest.
    assert_eq!(record(&[6]).await, Some(noon_plus(7)));
    assert_eq!(record(&[8]).await, Some(noon_plus(8)));
    let connection = Connection { synced_at: Some(noon_plus(8)), ..world.connection.clone() };
    assert_eq!(world.connection_now().await, connection);
}

pub async fn fetches_of_another_client_are_not_there(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let fetch = a_fetch(&theirs.account, 1);
    theirs.store.record_fetches(&theirs.path(), std::slice::from_ref(&fetch)).await.unwrap();
    let path = ours.reaching_for(&theirs);
    assert_eq!(ours.store.list_fetches(&path, NOON, 10).await.unwrap(), []);
    assert_eq!(list(&ours, NOON, 10).await, []);
    assert_eq!(list(&theirs, NOON, 10).await, [fetch]);
    assert_eq!(ours.connection_now().await.synced_at, None);
}

pub async fn fetches_go_with_their_company(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let fetches = [a_fetch(&world.account, 1)];
    world.store.record_fetches(&world.path(), &fetches).await.unwrap();
    world.store.delete_company(world.client, world.company.id, NOON).await.unwrap();
    assert_eq!(list(&world, NOON, 10).await, []);
}

pub async fn fetches_of_a_connection_that_is_gone_are_dropped(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let nowhere = ConnectionPath { connection: ConnectionId::new(a_uuid()), ..ours.path() };
    for connection in [nowhere, ours.reaching_for(&theirs).connection] {
        let account = AccountPath { connection, ..ours.account.clone() };
        // The statement was served; that its connection went meanwhile is no fault of the caller.
        ours.store.record_fetches(&connection, &[a_fetch(&account, 1)]).await.unwrap();
        assert_eq!(ours.store.list_fetches(&account, NOON, 9).await.unwrap(), []);
    }
    assert_eq!(list(&theirs, NOON, 9).await, []);
    assert_eq!(theirs.connection_now().await, theirs.connection);
}
