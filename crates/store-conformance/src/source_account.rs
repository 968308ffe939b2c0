//! Cases about source accounts.

use crate::Backend;
use crate::lists::all;
use crate::world::{World, finished, today};
use domain::connection::{Connection, ConnectionStatus};
use domain::event::{Event, EventKind};
use domain::ids::{ConnectionId, ConnectionPath};
use domain::push::PushStatus;
use domain::source_account::{
    AccountChange, AccountDetails, AccountInfo, AccountPath, AccountStatus, ChangeRefused,
    RoutingInfo, Shape, SourceAccount,
};
use jiff::civil::date;
use store::{AccountChanged, AccountKept, Missing, OnExisting};
use testkit::{
    NOON, TODAY, a_connection, a_draft, a_draft_of, a_fetch, a_uuid, a_v2_account, amount,
    an_account, an_account_path, noon_plus,
};
use tokio::task::JoinSet;

/// An account of which its caller says nothing.
fn a_bare_account(world: &World, id: &str) -> SourceAccount {
    let details = AccountDetails::default();
    SourceAccount { details, balance: None, ..an_account(&world.connection, id) }
}

async fn keep(
    world: &World,
    accounts: &[SourceAccount],
    on_existing: OnExisting,
) -> Vec<AccountKept> {
    let kept = world.store.create_source_accounts(&world.path(), accounts, on_existing).await;
    kept.unwrap().unwrap()
}

async fn find(world: &World, id: &str) -> Option<SourceAccount> {
    let path = an_account_path(&world.connection, id);
    world.store.find_source_account(&path).await.unwrap()
}

async fn change(world: &World, id: &str, change: AccountChange) -> AccountChanged {
    let path = an_account_path(&world.connection, id);
    world.store.change_source_account(&path, change, noon_plus(9)).await.unwrap()
}

fn disconnecting() -> AccountChange {
    AccountChange { disconnect: true, ..AccountChange::default() }
}

/// Paths of accounts that this world must not reach.
fn wrong_paths(ours: &World, theirs: &World) -> [AccountPath; 3] {
    let connection = ConnectionId::new(a_uuid());
    let elsewhere = ConnectionPath { connection, ..ours.path() };
    [
        an_account_path(&ours.connection, "nobody"),
        AccountPath { connection: elsewhere, ..ours.account.clone() },
        ours.reaching_for(theirs),
    ]
}

pub async fn accounts_of_both_shapes_are_found_as_they_were_made(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let sparse = AccountDetails {
        name: Some(String::new()),
        routing: Some(RoutingInfo::default()),
        info: Some(AccountInfo::default()),
        ..AccountDetails::default()
    };
    let accounts = [
        an_account(&world.connection, "v1"),
        a_v2_account(&world.connection, "v2"),
        a_bare_account(&world, "bare"),
        SourceAccount { details: sparse, ..a_v2_account(&world.connection, "sparse") },
        SourceAccount {
            status: AccountStatus::Connected,
            feed_start: Some(TODAY),
            created_at: "2024-02-29T12:00:00.123456Z".parse().unwrap(),
            modified_at: "1969-12-31T23:59:59.999999Z".parse().unwrap(),
            ..an_account(&world.connection, "ключ/ä b?%20")
        },
        SourceAccount { status: AccountStatus::Pending, ..a_bare_account(&world, "pending") },
        SourceAccount { status: AccountStatus::Connecting, ..a_bare_account(&world, "connecting") },
        SourceAccount { status: AccountStatus::Disconnected, ..a_bare_account(&world, "gone") },
    ];
    let kept: Vec<_> = accounts.iter().cloned().map(AccountKept::Kept).collect();
    assert_eq!(keep(&world, &accounts, OnExisting::Refuse).await, kept);
    for account in accounts {
        let id = account.id.clone();
        assert_eq!(find(&world, id.as_str()).await, Some(account));
    }
}

pub async fn amounts_of_accounts_keep_every_digit(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for (id, text) in [
        ("nines", "9999999999999999999999999999"),
        ("fine", "-0.12345678901234567890"),
        ("mixed", "12345678.12345678901234567890"),
        ("cents", "1.10"),
        ("zero", "0.00"),
    ] {
        let mut account = a_v2_account(&world.connection, id);
        account.balance = Some(amount(text));
        account.details.info =
            Some(AccountInfo { available_balance: Some(amount(text)), ..AccountInfo::default() });
        keep(&world, &[account], OnExisting::Refuse).await;
        let found = find(&world, id).await.unwrap();
        let available = found.details.info.and_then(|info| info.available_balance);
        // Amounts are equal by value, so the digits are compared as text.
        let shown = [found.balance, available].map(|amount| amount.map(|a| a.to_string()));
        assert_eq!(shown, [Some(text.to_owned()), Some(text.to_owned())]);
    }
}

pub async fn accounts_need_a_connection_of_their_client(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let unknown = ConnectionPath { connection: ConnectionId::new(a_uuid()), ..ours.path() };
    for path in [unknown, ours.reaching_for(&theirs).connection] {
        let account = an_account(&theirs.connection, "intruder");
        let kept = ours.store.create_source_accounts(&path, &[account], OnExisting::Update).await;
        assert_eq!(kept.unwrap(), None);
        assert_eq!(ours.store.list_source_accounts(&path).await.unwrap(), None);
    }
    let listed = theirs.store.list_source_accounts(&theirs.path()).await.unwrap().unwrap();
    assert_eq!(listed.len(), 1);
}

pub async fn a_taken_id_is_refused_and_the_others_are_kept(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let before = world.account_now().await;
    let [first, last] = ["first", "last"].map(|id| an_account(&world.connection, id));
    let batch = [first.clone(), a_v2_account(&world.connection, "current"), last.clone()];
    let kept = keep(&world, &batch, OnExisting::Refuse).await;
    assert_eq!(kept, [AccountKept::Kept(first), AccountKept::Exists, AccountKept::Kept(last)]);
    assert_eq!(world.account_now().await, before);
}

pub async fn of_an_id_that_stands_twice_the_first_is_kept(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let first = an_account(&world.connection, "twin");
    let second = a_v2_account(&world.connection, "twin");
    let kept = keep(&world, &[first.clone(), second], OnExisting::Refuse).await;
    assert_eq!(kept, [AccountKept::Kept(first.clone()), AccountKept::Exists]);
    assert_eq!(find(&world, "twin").await, Some(first));
}

pub async fn an_update_takes_over_what_the_caller_says(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let (status, feed_start) = (AccountStatus::Pending, Some(TODAY));
    let old = SourceAccount { status, feed_start, ..an_account(&world.connection, "a") };
    keep(&world, std::slice::from_ref(&old), OnExisting::Update).await;
    let said = SourceAccount {
        balance: Some(amount("-7.125")),
        status: AccountStatus::Connected,
        modified_at: noon_plus(5),
        ..a_v2_account(&world.connection, "a")
    };
    let expected = SourceAccount {
        shape: Shape::V2,
        details: said.details.clone(),
        balance: said.balance,
        modified_at: said.modified_at,
        ..old
    };
    let kept = keep(&world, &[said], OnExisting::Update).await;
    assert_eq!(kept, [AccountKept::Kept(expected.clone())]);
    assert_eq!(find(&world, "a").await, Some(expected));
    let back = SourceAccount { shape: Shape::V1, ..a_bare_account(&world, "a") };
    keep(&world, &[back], OnExisting::Update).await;
    assert_eq!(find(&world, "a").await.unwrap().details, AccountDetails::default());
}

pub async fn an_update_leaves_the_lines(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a", "b"]).await;
    keep(&world, &[a_v2_account(&world.connection, "current")], OnExisting::Update).await;
    assert_eq!(world.line_ids().await, ["a", "b"]);
    assert_eq!(world.push(&["b"]).await.known_lines, 1);
}

pub async fn of_accounts_made_at_once_under_one_id_one_is_kept(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let (store, path) = (world.store.clone(), world.path());
        let account = an_account(&world.connection, "contested");
        tasks.spawn(async move {
            let accounts = [account];
            let kept = store.create_source_accounts(&path, &accounts, OnExisting::Refuse).await;
            kept.unwrap().unwrap().remove(0)
        });
    }
    let answers = tasks.join_all().await;
    let kept: Vec<_> = answers.iter().filter(|kept| **kept != AccountKept::Exists).collect();
    assert_eq!(kept, [&AccountKept::Kept(find(&world, "contested").await.unwrap())]);
}

pub async fn ids_that_differ_only_by_case_are_two_accounts(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let [lower, upper] = ["acc-a", "ACC-A"].map(|id| an_account(&world.connection, id));
    let kept = keep(&world, &[lower.clone(), upper.clone()], OnExisting::Refuse).await;
    assert_eq!(kept, [AccountKept::Kept(lower.clone()), AccountKept::Kept(upper.clone())]);
    assert_eq!(find(&world, "acc-a").await, Some(lower));
    assert_eq!(find(&world, "ACC-A").await, Some(upper));
    assert_eq!(find(&world, "Acc-A").await, None);
}

pub async fn one_id_on_two_connections_is_two_accounts(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let other = world.add_connection(a_connection(&world.company)).await;
    let twin = a_v2_account(&other, "current");
    let kept = world.store.create_source_accounts(&other.path(), &[twin], OnExisting::Refuse).await;
    assert_ne!(kept.unwrap().unwrap(), [AccountKept::Exists]);
    world.push(&["a"]).await;
    assert_eq!(world.account_now().await.shape, Shape::V1);
    assert_eq!(world.lines_of(&an_account_path(&other, "current")).await, []);
}

pub async fn accounts_are_listed_in_the_order_they_were_made(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let batch: Vec<_> =
        ["m", "c", "z", "a"].iter().map(|id| an_account(&world.connection, id)).collect();
    keep(&world, &batch[..2], OnExisting::Refuse).await;
    keep(&world, &batch[2..], OnExisting::Refuse).await;
    let listed = world.store.list_source_accounts(&world.path()).await.unwrap().unwrap();
    let ids: Vec<_> = listed.iter().map(|account| account.id.as_str()).collect();
    assert_eq!(ids, ["current", "m", "c", "z", "a"]);
    assert_eq!(listed[1..], batch);
    let empty = world.add_connection(a_connection(&world.company)).await;
    let listed = world.store.list_source_accounts(&empty.path()).await.unwrap();
    assert_eq!(listed, Some(vec![]));
}

pub async fn an_account_is_reached_by_its_own_path_only(backend: &dyn Backend) {
    let (ours, theirs) = World::two(backend).await;
    let before = theirs.account_now().await;
    for path in wrong_paths(&ours, &theirs) {
        assert_eq!(ours.store.find_source_account(&path).await.unwrap(), None);
        let changed = ours.store.change_source_account(&path, disconnecting(), NOON).await;
        assert_eq!(changed.unwrap(), AccountChanged::Unknown);
        assert!(!ours.store.delete_source_account(&path, NOON).await.unwrap());
    }
    assert_eq!(theirs.account_now().await, before);
    assert_eq!((ours.news().await, theirs.news().await), (vec![], vec![]));
}

pub async fn name_and_balance_are_changed_while_not_connected(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let status = AccountStatus::Pending;
    let old = SourceAccount { status, ..a_v2_account(&world.connection, "a") };
    keep(&world, std::slice::from_ref(&old), OnExisting::Refuse).await;
    let said = AccountChange {
        name: Some("Rücklage".into()),
        balance: Some(amount("3.50")),
        disconnect: false,
    };
    let new = old.changed(said.clone(), noon_plus(9)).unwrap();
    assert_eq!(change(&world, "a", said).await, AccountChanged::Changed(new.clone()));
    assert_eq!(find(&world, "a").await, Some(new));
    assert_eq!(world.news().await, []);
}

pub async fn the_balance_of_a_connected_account_is_not_changed(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let before = world.account_now().await;
    let said =
        AccountChange { name: Some("New".into()), balance: Some(amount("3.50")), disconnect: true };
    let refused = AccountChanged::Refused(ChangeRefused::BalanceOfConnected);
    assert_eq!(change(&world, "current", said).await, refused);
    assert_eq!(world.account_now().await, before);
    assert_eq!(world.news().await, []);
}

pub async fn a_rename_leaves_the_balance_that_a_push_brought(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a"]).await;
    let said = AccountChange { name: Some("New".into()), ..AccountChange::default() };
    let AccountChanged::Changed(account) = change(&world, "current", said).await else {
        panic!("the change was refused");
    };
    assert_eq!(account.balance, Some(amount("1000.00")));
    assert_eq!(world.account_now().await, account);
}

pub async fn disconnecting_the_last_connected_account_unlinks(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let status = AccountStatus::Pending;
    let pending = SourceAccount { status, ..an_account(&world.connection, "pending") };
    keep(&world, &[an_account(&world.connection, "second"), pending], OnExisting::Refuse).await;
    let of = |kind| {
        let event = Event::of_company(world.client, world.company.id, kind, noon_plus(9));
        event.on(world.connection.id)
    };
    let disconnected =
        |id| of(EventKind::AccountDisconnected).for_account(an_account(&world.connection, id).id);

    change(&world, "current", disconnecting()).await;
    assert_eq!(world.account_now().await.status, AccountStatus::Disconnected);
    assert_eq!(world.connection_now().await, world.connection);
    assert_eq!(world.new_events().await, [disconnected("current")]);

    change(&world, "second", disconnecting()).await;
    let unlinked = Connection { status: ConnectionStatus::Unlinked, ..world.connection.clone() };
    assert_eq!(world.connection_now().await, unlinked);
    let events = world.new_events().await;
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(events.contains(&disconnected("second")));
    assert!(events.contains(&of(EventKind::ConnectionDisconnected)));
}

pub async fn disconnecting_again_is_no_news(backend: &dyn Backend) {
    let world = World::open(backend).await;
    change(&world, "current", disconnecting()).await;
    world.news().await;
    change(&world, "current", disconnecting()).await;
    assert_eq!(world.news().await, []);
}

pub async fn a_deleted_account_takes_its_lines(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a"]).await;
    assert!(world.store.delete_source_account(&world.account, NOON).await.unwrap());
    assert!(!world.store.delete_source_account(&world.account, NOON).await.unwrap());
    assert_eq!(world.store.find_source_account(&world.account).await.unwrap(), None);
    assert_eq!(world.store.list_lines(&world.account, &all()).await.unwrap(), None);
    let listed = world.store.list_source_accounts(&world.path()).await.unwrap();
    assert_eq!(listed, Some(vec![]));
    assert_eq!(world.miss(world.intake(a_draft(1))).await, Missing::Account);
}

pub async fn an_account_made_anew_knows_none_of_the_old_lines(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["a", "b"]).await;
    world.store.delete_source_account(&world.account, NOON).await.unwrap();
    world.add_account(an_account(&world.connection, "current")).await;
    assert_eq!(world.lines().await, []);
    let operation = world.push_lines([today("b")]).await;
    assert_eq!((operation.known_lines, operation.lines.first, operation.lines.count), (0, 0, 1));
    assert_eq!(world.line_ids().await, ["b"]);
}

pub async fn a_push_outlives_its_account_until_it_has_failed(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let operation = world.push(&["a"]).await;
    world.store.delete_source_account(&world.account, NOON).await.unwrap();
    world.news().await;
    let lease = world.lease_one(NOON).await;
    assert_eq!(lease.push, operation);
    world.settle(&lease, finished(PushStatus::Failed), noon_plus(1)).await;
    assert_eq!(world.push_now(&operation).await.status, PushStatus::Failed);
    let kind = EventKind::WriteUnsuccessful;
    let event = Event::of_company(world.client, world.company.id, kind, noon_plus(1));
    let event = event.on(world.connection.id).for_account(operation.account);
    assert_eq!(world.new_events().await, [event.for_push(operation.key)]);
}

pub async fn the_day_an_account_was_opened_is_kept(backend: &dyn Backend) {
    let world = World::open(backend).await;
    for (id, day) in [("old", date(1, 1, 1)), ("leap", TODAY), ("last", date(9999, 12, 31))] {
        let mut account = a_v2_account(&world.connection, id);
        account.details.info = Some(AccountInfo { opened_on: Some(day), ..AccountInfo::default() });
        account.feed_start = Some(day);
        keep(&world, std::slice::from_ref(&account), OnExisting::Refuse).await;
        assert_eq!(find(&world, id).await, Some(account));
    }
}

pub async fn an_update_leaves_a_connected_account_the_balance_of_its_lines(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let old = an_account(&world.connection, "a");
    keep(&world, std::slice::from_ref(&old), OnExisting::Update).await;
    let said = SourceAccount { balance: Some(amount("3")), ..old.clone() };
    keep(&world, &[said], OnExisting::Update).await;
    assert_eq!(find(&world, "a").await.unwrap().balance, old.balance);
}

/// Turned by one more each, so that every two lists name some accounts in opposite orders.
pub async fn lists_in_different_orders_do_not_block_each_other(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let ids: Vec<_> = (0..12).map(|n| format!("a{n}")).collect();
    for on_existing in [OnExisting::Refuse, OnExisting::Update] {
        let mut tasks = JoinSet::new();
        for turn in 0..ids.len() {
            let mut accounts: Vec<_> =
                ids.iter().map(|id| an_account(&world.connection, id)).collect();
            accounts.rotate_left(turn);
            let (store, at) = (world.store.clone(), world.path());
            tasks.spawn(async move {
                store.create_source_accounts(&at, &accounts, on_existing).await.unwrap().unwrap()
            });
        }
        for kept in tasks.join_all().await {
            assert_eq!(kept.len(), ids.len());
        }
    }
    assert_eq!(
        world.store.list_source_accounts(&world.path()).await.unwrap().unwrap().len(),
        ids.len() + 1
    );
}

pub async fn a_pending_account_can_be_disconnected(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let (status, connection) = (ConnectionStatus::PendingAuth, a_connection(&world.company));
    let connection = world.add_connection(Connection { status, ..connection }).await;
    let status = AccountStatus::Pending;
    let accounts = [SourceAccount { status, ..an_account(&connection, "a") }];
    let (at, refuse) = (connection.path(), OnExisting::Refuse);
    world.store.create_source_accounts(&at, &accounts, refuse).await.unwrap();
    world.news().await;
    let path = an_account_path(&connection, "a");
    let changed = world.store.change_source_account(&path, disconnecting(), NOON).await.unwrap();
    let [account] = accounts.map(|account| account.disconnected(NOON));
    assert_eq!(changed, AccountChanged::Changed(account));
    assert_eq!(world.news().await, [EventKind::AccountDisconnected]);
    // Only a linked connection is unlinked.
    assert_eq!(world.store.find_connection(&at).await.unwrap(), Some(connection));
}

pub async fn an_old_push_takes_no_lines_from_an_account_made_anew(backend: &dyn Backend) {
    let world = World::open(backend).await;
    world.push(&["old-1", "old-2"]).await;
    let lease = world.lease_one(NOON).await;
    world.store.delete_source_account(&world.account, NOON).await.unwrap();
    world.add_account(an_account(&world.connection, "current")).await;
    world.push(&["new-1", "new-2"]).await;
    world.settle(&lease, finished(PushStatus::TimedOut), noon_plus(1)).await;
    assert_eq!(world.line_ids().await, ["new-1", "new-2"]);
}

pub async fn old_statements_do_not_count_for_an_account_made_anew(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let fetches = [a_fetch(&world.account, 9)];
    world.store.record_fetches(&world.path(), &fetches).await.unwrap();
    world.store.delete_source_account(&world.account, NOON).await.unwrap();
    world.add_account(an_account(&world.connection, "current")).await;
    assert_eq!(world.store.list_fetches(&world.account, NOON, 9).await.unwrap(), []);
    world.push(&["a"]).await;
    let lease = world.lease_one(NOON).await;
    world.settle(&lease, finished(PushStatus::TimedOut), noon_plus(1)).await;
    assert_eq!(world.lines().await, []);
}

pub async fn a_deletion_among_pushes_leaves_no_line(backend: &dyn Backend) {
    let world = World::open(backend).await;
    let mut tasks = JoinSet::new();
    for task in 0..8 {
        let (store, account) = (world.store.clone(), world.account.clone());
        let intake = world.intake(a_draft_of([today(&format!("line-{task}"))]));
        tasks.spawn(async move {
            if task == 4 {
                assert!(store.delete_source_account(&account, NOON).await.unwrap());
            } else {
                store.accept_push(intake).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(world.store.list_lines(&world.account, &all()).await.unwrap(), None);
    world.add_account(an_account(&world.connection, "current")).await;
    assert_eq!(world.lines().await, []);
    assert_eq!(world.push(&["line-0"]).await.known_lines, 0);
}
