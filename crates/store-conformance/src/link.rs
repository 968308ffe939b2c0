//! Cases about links.

use crate::Backend;
use crate::world::World;
use domain::connection::{Connection, ConnectionStatus, Trouble, TroubleChange, TroubleKind};
use domain::event::EventKind;
use domain::ids::{ConnectionPath, LeaseToken};
use domain::link::{AccountStep, Effects, HeldLink, Link, Organisation};
use domain::platform::XERO;
use domain::push::Settlement;
use domain::sealed::Sealed;
use domain::source_account::{AccountChange, AccountId, AccountStatus, SourceAccount};
use jiff::Timestamp;
use store::{LeaseRequest, LinkChange, LinkChanged};
use testkit::{NOON, a_lease_request, a_uuid, an_account, noon_plus};
use tokio::task::JoinSet;

/// A connection to Xero that nobody has authorised, with an account that waits.
pub(crate) async fn xero(backend: &dyn Backend) -> World {
    let mut world = World::open(backend).await;
    let status = ConnectionStatus::PendingAuth;
    let connection =
        Connection { platform: &XERO, status, ..testkit::a_connection(&world.company) };
    let connection = world.add_connection(connection).await;
    let account = testkit::an_account_path(&connection, "current");
    world.connection = connection;
    world.account = account;
    let pending = an_account(&world.connection, "current");
    world.add_account(SourceAccount { status: AccountStatus::Pending, ..pending }).await;
    world.news().await;
    world
}

/// As a link is once its customer has said yes.
pub(crate) fn open(path: ConnectionPath) -> Link {
    let organisation =
        Organisation { id: "o-1".into(), connection: "c-1".into(), name: "Demo".into() };
    Link {
        organisation: Some(organisation),
        access_ends_at: Some(noon_plus(30)),
        secrets: Some(Sealed(vec![1, 0, 255])),
        ..Link::new(path, &XERO)
    }
}

impl World {
    pub(crate) async fn link_now(&self) -> Link {
        self.store.find_link(&self.path()).await.unwrap().unwrap()
    }

    pub(crate) async fn change(&self, link: Link, effects: Effects) -> LinkChanged {
        self.change_at(noon_plus(1), link, effects).await
    }

    pub(crate) async fn change_at(
        &self,
        now: Timestamp,
        link: Link,
        effects: Effects,
    ) -> LinkChanged {
        let change = LinkChange { link, effects, held_by: None, now };
        self.store.change_link(&change).await.unwrap()
    }

    pub(crate) async fn hold(&self, now: Timestamp) -> Option<HeldLink> {
        let token = LeaseToken::new(a_uuid());
        let request = LeaseRequest { now, token, ..a_lease_request() };
        self.store.hold_link(&self.path(), &request).await.unwrap()
    }

    pub(crate) async fn due_links(&self, now: Timestamp) -> Vec<HeldLink> {
        let token = LeaseToken::new(a_uuid());
        let request = LeaseRequest { now, token, ..a_lease_request() };
        self.store.lease_due_links(&request).await.unwrap()
    }

    /// The connection is linked, and its account connected.
    async fn connect(&self) {
        let linked = Effects { connection: Some(ConnectionStatus::Linked), ..Effects::default() };
        assert_eq!(self.change(open(self.path()), linked).await, LinkChanged::Changed);
        for step in [AccountStep::Connecting, AccountStep::Connected(testkit::TODAY)] {
            let effects = stepping(&self.account.account, step);
            assert_eq!(self.change(self.link_now().await, effects).await, LinkChanged::Changed);
        }
        self.news().await;
    }
}

fn stepping(account: &AccountId, step: AccountStep) -> Effects {
    Effects { accounts: vec![(account.clone(), step)], ..Effects::default() }
}

pub async fn a_link_comes_back_as_it_was_kept(backend: &dyn Backend) {
    let world = xero(backend).await;
    assert_eq!(world.store.find_link(&world.path()).await.unwrap(), None);
    let link = Link { failures: 3, books_wanted_at: Some(noon_plus(9)), ..open(world.path()) };
    assert_eq!(world.change(link.clone(), Effects::default()).await, LinkChanged::Changed);
    assert_eq!(world.link_now().await, Link { version: 1, ..link });
    let other = ConnectionPath { client: world.of_another_client().await.client, ..world.path() };
    assert_eq!(world.store.find_link(&other).await.unwrap(), None);
}

pub async fn a_link_is_changed_only_from_what_it_is(backend: &dyn Backend) {
    let world = xero(backend).await;
    world.change(open(world.path()), Effects::default()).await;
    // Two that both make it, and two that both change it.
    assert_eq!(world.change(open(world.path()), Effects::default()).await, LinkChanged::Outdated);
    let read = world.link_now().await;
    let linked = Effects { connection: Some(ConnectionStatus::Linked), ..Effects::default() };
    assert_eq!(world.change(read.clone(), linked).await, LinkChanged::Changed);
    let lost = Effects { connection: Some(ConnectionStatus::Deauthorized), ..Effects::default() };
    assert_eq!(world.change(read, lost).await, LinkChanged::Outdated);
    assert_eq!(world.connection_now().await.status, ConnectionStatus::Linked);
    assert_eq!(world.news().await, [EventKind::ConnectionConnected]);
}

pub async fn a_link_needs_its_connection_to_begin_with(backend: &dyn Backend) {
    let world = xero(backend).await;
    assert!(world.store.delete_connection(&world.path(), NOON).await.unwrap());
    assert_eq!(world.change(open(world.path()), Effects::default()).await, LinkChanged::Gone);
    assert_eq!(world.store.find_link(&world.path()).await.unwrap(), None);
}

pub async fn of_changes_made_at_once_one_is_kept(backend: &dyn Backend) {
    let world = xero(backend).await;
    world.change(open(world.path()), Effects::default()).await;
    let read = world.link_now().await;
    let mut tasks = JoinSet::new();
    for failures in 0..8 {
        let (store, link) = (world.store.clone(), Link { failures, ..read.clone() });
        let change = LinkChange { link, effects: Effects::default(), held_by: None, now: NOON };
        tasks.spawn(async move { store.change_link(&change).await.unwrap() });
    }
    let answers = tasks.join_all().await;
    let kept = answers.iter().filter(|answer| **answer == LinkChanged::Changed).count();
    assert_eq!((kept, world.link_now().await.version), (1, 2));
}

pub async fn steps_change_connection_and_accounts_with_their_events(backend: &dyn Backend) {
    let world = xero(backend).await;
    world.connect().await;
    let account = world.account_now().await;
    assert_eq!(account.status, AccountStatus::Connected);
    assert_eq!(account.feed_start, Some(testkit::TODAY));
    assert_eq!(world.connection_now().await.status, ConnectionStatus::Linked);
    let mut effects = stepping(&world.account.account, AccountStep::Disconnected);
    effects.connection = Some(ConnectionStatus::Deauthorized);
    world.change(world.link_now().await, effects).await;
    assert_eq!(world.account_now().await.status, AccountStatus::Disconnected);
    assert_eq!(world.connection_now().await.status, ConnectionStatus::Deauthorized);
    let told = [EventKind::AccountDisconnected, EventKind::ConnectionDisconnected];
    assert_eq!(world.news().await, told);
    let linked = Effects { connection: Some(ConnectionStatus::Linked), ..Effects::default() };
    world.change(world.link_now().await, linked).await;
    assert_eq!(world.news().await, [EventKind::ConnectionReconnected]);
}

pub async fn a_step_that_an_account_is_not_ready_for_is_not_taken(backend: &dyn Backend) {
    let world = xero(backend).await;
    world.change(open(world.path()), Effects::default()).await;
    for step in [AccountStep::Connected(testkit::TODAY), AccountStep::Failed] {
        let effects = stepping(&world.account.account, step);
        assert_eq!(world.change(world.link_now().await, effects).await, LinkChanged::Changed);
        assert_eq!(world.account_now().await.status, AccountStatus::Pending);
    }
    let nobody = AccountId::parse("nobody").unwrap();
    let effects = stepping(&nobody, AccountStep::Connecting);
    assert_eq!(world.change(world.link_now().await, effects).await, LinkChanged::Changed);
    assert_eq!(world.news().await, []);
}

pub async fn trouble_is_kept_until_it_ends_and_shown_afterwards(backend: &dyn Backend) {
    let world = xero(backend).await;
    world.change(open(world.path()), Effects::default()).await;
    let trouble = |message: &str, at| TroubleChange::of(TroubleKind::Unavailable, message, at);
    let steps = [
        (trouble("no\u{0} answer", noon_plus(1)), Some(("no\u{0} answer", 1, None))),
        (trouble("no\u{0} answer", noon_plus(2)), Some(("no\u{0} answer", 1, None))),
        (trouble("wrong secret", noon_plus(3)), Some(("wrong secret", 3, None))),
        (TroubleChange::Keep, Some(("wrong secret", 3, None))),
        (TroubleChange::End, Some(("wrong secret", 3, Some(noon_plus(1))))),
        (TroubleChange::End, Some(("wrong secret", 3, Some(noon_plus(1))))),
    ];
    for (trouble, expected) in steps {
        let effects = Effects { trouble, ..Effects::default() };
        world.change(world.link_now().await, effects).await;
        let kept = world.connection_now().await.trouble;
        let expected = expected.map(|(message, since, ended_at)| Trouble {
            kind: TroubleKind::Unavailable,
            message: message.to_owned(),
            since: noon_plus(since),
            ended_at,
        });
        assert_eq!(kept, expected);
    }
}

pub async fn a_due_link_is_held_by_one(backend: &dyn Backend) {
    let world = xero(backend).await;
    // Nothing is ever due for a link that nobody has authorised.
    world.change(Link::new(world.path(), &XERO), Effects::default()).await;
    assert_eq!(world.due_links(noon_plus(60)).await, []);
    let wanted = Link { version: 1, ..open(world.path()) };
    world.change(wanted, Effects::default()).await;
    let held = world.due_links(NOON).await;
    assert_eq!(held.len(), 1, "its books were never read");
    assert_eq!(held[0].link, world.link_now().await);
    assert_eq!(world.due_links(NOON).await, []);
    assert_eq!(world.hold(NOON).await, None);
    // Another hold begins where this one ends.
    assert_eq!(world.due_links(noon_plus(1)).await.len(), 1);
    world.store.release_link(&world.path(), held[0].token).await.unwrap();
    assert_eq!(world.hold(noon_plus(1)).await, None, "that hold was another's by now");
    let late = LinkChange {
        link: world.link_now().await,
        effects: Effects::default(),
        held_by: Some(held[0].token),
        now: noon_plus(1),
    };
    assert_eq!(world.store.change_link(&late).await.unwrap(), LinkChanged::LeaseLost);
}

pub async fn a_link_is_held_changed_and_let_go(backend: &dyn Backend) {
    let world = xero(backend).await;
    world.change(open(world.path()), Effects::default()).await;
    let held = world.hold(NOON).await.unwrap();
    let change = LinkChange {
        link: Link { failures: 1, ..held.link },
        effects: Effects::default(),
        held_by: Some(held.token),
        now: NOON,
    };
    assert_eq!(world.store.change_link(&change).await.unwrap(), LinkChanged::Changed);
    assert_eq!(world.hold(NOON).await, None);
    world.store.release_link(&world.path(), held.token).await.unwrap();
    assert_eq!(world.hold(NOON).await.map(|held| held.link.failures), Some(1));
}

pub async fn whatever_ends_a_feed_stirs_its_link(backend: &dyn Backend) {
    let world = xero(backend).await;
    world.connect().await;
    let disconnect = AccountChange { disconnect: true, ..AccountChange::default() };
    let calm = |link: Link| Link { is_stirred: false, ..link };
    world.store.change_source_account(&world.account, disconnect, NOON).await.unwrap();
    assert!(world.link_now().await.is_stirred);
    // The last account of a platform that we map for does not end its connection.
    assert_eq!(world.connection_now().await.status, ConnectionStatus::Linked);
    world.change(calm(world.link_now().await), Effects::default()).await;
    world.store.delete_source_account(&world.account, NOON).await.unwrap();
    assert!(world.link_now().await.is_stirred);
    world.change(calm(world.link_now().await), Effects::default()).await;
    let read = world.link_now().await;
    world.store.unlink_connection(&world.path(), NOON).await.unwrap();
    assert!(world.link_now().await.is_stirred);
    // Who read it before does not calm it.
    assert_eq!(world.change(calm(read), Effects::default()).await, LinkChanged::Outdated);
    assert_eq!(world.due_links(Timestamp::UNIX_EPOCH).await.len(), 1);
}

pub async fn a_link_outlives_its_connection_until_it_is_forgotten(backend: &dyn Backend) {
    let world = xero(backend).await;
    world.connect().await;
    assert!(world.store.delete_connection(&world.path(), NOON).await.unwrap());
    let link = world.link_now().await;
    assert!(link.is_stirred);
    // Nothing is there to step; the link itself is kept.
    let step = stepping(&world.account.account, AccountStep::Disconnected);
    assert_eq!(world.change(link.clone(), step).await, LinkChanged::Changed);
    assert!(!world.store.forget_link(&link).await.unwrap(), "it was changed since");
    assert!(world.store.forget_link(&world.link_now().await).await.unwrap());
    assert_eq!(world.store.find_link(&world.path()).await.unwrap(), None);
}

pub async fn a_company_that_goes_stirs_its_links(backend: &dyn Backend) {
    let world = xero(backend).await;
    world.connect().await;
    world.store.delete_company(world.client, world.company.id, NOON).await.unwrap();
    assert!(world.link_now().await.is_stirred);
}

pub async fn pushes_that_wait_are_due_when_a_connection_is_linked_again(backend: &dyn Backend) {
    let world = xero(backend).await;
    world.connect().await;
    let push = world.push_lines([crate::world::today("a")]).await;
    let lease = world.lease_one(NOON).await;
    world.settle(&lease, Settlement::Waiting(noon_plus(900)), NOON).await;
    assert_eq!(world.lease(noon_plus(5)).await, []);
    let effects = Effects { resume: true, ..Effects::default() };
    world.change(world.link_now().await, effects).await;
    assert_eq!(world.lease_one(noon_plus(5)).await.push, push);
}

pub async fn links_that_open_one_organisation_are_counted(backend: &dyn Backend) {
    let world = xero(backend).await;
    world.change(open(world.path()), Effects::default()).await;
    let link = world.link_now().await;
    assert_eq!(world.store.count_links(&link).await.unwrap(), 1);
    let twin = Connection { platform: &XERO, ..testkit::a_connection(&world.company) };
    let twin = world.add_connection(twin).await;
    world.change(open(twin.path()), Effects::default()).await;
    assert_eq!(world.store.count_links(&link).await.unwrap(), 2);
    let mut shut = world.link_now().await;
    shut.shut_out("no", NOON);
    world.change(shut.clone(), Effects::default()).await;
    assert_eq!(world.store.count_links(&shut).await.unwrap(), 0, "it opens nothing");
    assert_eq!(world.store.count_links(&open(twin.path())).await.unwrap(), 1);
}

pub async fn links_of_all_clients_are_walked_through(backend: &dyn Backend) {
    let (one, other) = (xero(backend).await, xero(backend).await);
    for world in [&one, &other] {
        world.change(open(world.path()), Effects::default()).await;
    }
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = one.store.list_all_links(after, 1).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.path.client, last.path.connection));
        seen.push(last.path);
    }
    let mut expected = vec![one.path(), other.path()];
    expected.sort_by_key(|path| (path.client, path.connection));
    seen.retain(|path| expected.contains(path));
    assert_eq!(seen, expected);
}
