//! The scene of most cases: a client with a company, a linked connection and a connected account, and verbs to play on.

use crate::Backend;
use domain::company::Company;
use domain::connection::Connection;
use domain::event::{Event, EventKind};
use domain::ids::{ClientId, ConnectionPath, LeaseToken};
use domain::line::{KeptLine, Line};
use domain::page::ListRequest;
use domain::platform::{History, Kinds, Need, Profile, Profiles, QUICKBOOKS, Strictness};
use domain::push::{Ending, PushDraft, PushOperation, PushStatus, Settlement, Withdrawal};
use domain::source_account::{AccountPath, SourceAccount};
use domain::work::Lease;
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{
    AcceptedPush, AccountKept, LeaseRequest, Missing, OnExisting, PushIntake, Settled, Store,
};
use testkit::{
    a_client, a_company, a_connection, a_draft_of, a_lease_request, a_line, a_uuid, an_account,
    an_account_path, an_intake,
};

/// More events than any case causes.
const EVENTS_ALL: u32 = 10_000;

/// One client's things.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) client: ClientId,
    pub(crate) company: Company,
    pub(crate) connection: Connection,
    /// Of the account "current".
    pub(crate) account: AccountPath,
    /// The sequence of the newest event looked at.
    seen: AtomicU64,
}

impl World {
    /// A world in an empty database; what made it is no news.
    pub(crate) async fn open(backend: &dyn Backend) -> Self {
        Self::of_new_client(backend.open().await).await
    }

    /// Two clients in one database: ours and a stranger.
    pub(crate) async fn two(backend: &dyn Backend) -> (Self, Self) {
        let ours = Self::open(backend).await;
        let theirs = ours.of_another_client().await;
        (ours, theirs)
    }

    /// The same world after its process has ended and another has started.
    pub(crate) async fn reopened(self, backend: &dyn Backend) -> Self {
        self.store.close().await;
        Self { store: backend.open().await, ..self }
    }

    /// The same for another client.
    pub(crate) async fn of_another_client(&self) -> Self {
        Self::of_new_client(self.store.clone()).await
    }

    async fn of_new_client(store: Arc<dyn Store>) -> Self {
        let client = a_client();
        store.create_client(&client).await.unwrap();
        let company = a_company(client.id);
        store.create_company(&company).await.unwrap();
        let connection = a_connection(&company);
        assert!(store.create_connection(&connection).await.unwrap());
        let account = an_account_path(&connection, "current");
        let seen = AtomicU64::new(0);
        let world = Self { store, client: client.id, company, connection, account, seen };
        world.add_account(an_account(&world.connection, "current")).await;
        world.news().await;
        world
    }

    /// Keeps one more account on the connection.
    pub(crate) async fn add_account(&self, account: SourceAccount) -> AccountPath {
        let path = an_account_path(&self.connection, account.id.as_str());
        let accounts = [account];
        let (at, refuse) = (self.path(), OnExisting::Refuse);
        let kept = self.store.create_source_accounts(&at, &accounts, refuse).await.unwrap();
        assert_eq!(kept, Some(accounts.map(AccountKept::Kept).into()));
        path
    }

    /// Keeps `connection`, without an account.
    pub(crate) async fn add_connection(&self, connection: Connection) -> Connection {
        assert!(self.store.create_connection(&connection).await.unwrap());
        connection
    }

    /// Of the connection.
    pub(crate) fn path(&self) -> ConnectionPath {
        self.connection.path()
    }

    /// Another client's account, as this client would ask for it.
    pub(crate) fn reaching_for(&self, other: &Self) -> AccountPath {
        let connection = ConnectionPath { client: self.client, ..other.path() };
        AccountPath { connection, ..other.account.clone() }
    }

    /// The account as it is kept.
    pub(crate) async fn account_now(&self) -> SourceAccount {
        self.store.find_source_account(&self.account).await.unwrap().unwrap()
    }

    /// The connection as it is kept.
    pub(crate) async fn connection_now(&self) -> Connection {
        self.store.find_connection(&self.path()).await.unwrap().unwrap()
    }

    /// `draft` on its way to the account, under rules that forbid next to nothing.
    pub(crate) fn intake(&self, draft: PushDraft) -> PushIntake {
        PushIntake { profiles: lenient(), ..an_intake(&self.account, draft) }
    }

    /// What became of an intake that has somewhere to go.
    pub(crate) async fn accept(&self, intake: PushIntake) -> PushOperation {
        match self.store.accept_push(intake).await.unwrap() {
            AcceptedPush::Kept(operation) => operation,
            AcceptedPush::Missing(missing) => panic!("{missing:?} is missing"),
        }
    }

    /// What an intake lacks that has nowhere to go.
    pub(crate) async fn miss(&self, intake: PushIntake) -> Missing {
        match self.store.accept_push(intake).await.unwrap() {
            AcceptedPush::Kept(operation) => panic!("{operation:?} is kept"),
            AcceptedPush::Missing(missing) => missing,
        }
    }

    /// Pushes `lines`, which must be accepted.
    pub(crate) async fn push_lines(&self, lines: impl IntoIterator<Item = Line>) -> PushOperation {
        let operation = self.accept(self.intake(a_draft_of(lines))).await;
        assert_eq!(operation.status, PushStatus::Pending, "{:?}", operation.validation);
        operation
    }

    /// Pushes a line of today for each id, which must be accepted.
    pub(crate) async fn push(&self, ids: &[&str]) -> PushOperation {
        self.push_lines(ids.iter().map(|id| today(id))).await
    }

    /// The push as it is kept.
    pub(crate) async fn push_now(&self, operation: &PushOperation) -> PushOperation {
        let found = self.store.find_push(self.client, self.company.id, operation.key).await;
        found.unwrap().unwrap()
    }

    /// The account's lines in the list's own order.
    pub(crate) async fn lines(&self) -> Vec<KeptLine> {
        self.lines_of(&self.account).await
    }

    /// The lines of any account.
    pub(crate) async fn lines_of(&self, account: &AccountPath) -> Vec<KeptLine> {
        let request = ListRequest { page: paging(1, 5_000), ..ListRequest::default() };
        self.store.list_lines(account, &request).await.unwrap().unwrap().items
    }

    /// The ids of the account's lines in the list's own order.
    pub(crate) async fn line_ids(&self) -> Vec<String> {
        ids_of(&self.lines().await)
    }

    /// Leases whatever is due at `now`, each time under a token of its own.
    pub(crate) async fn lease(&self, now: Timestamp) -> Vec<Lease> {
        let token = LeaseToken::new(a_uuid());
        let request = LeaseRequest { now, token, ..a_lease_request() };
        self.store.lease_due_work(&request).await.unwrap()
    }

    /// The one piece of work that is due at `now`.
    pub(crate) async fn lease_one(&self, now: Timestamp) -> Lease {
        let mut leases = self.lease(now).await;
        assert_eq!(leases.len(), 1, "{leases:?}");
        leases.remove(0)
    }

    /// Settles, with a lease that must hold.
    pub(crate) async fn settle(&self, lease: &Lease, settlement: Settlement, now: Timestamp) {
        let settled = self.store.settle_push(lease, &settlement, now).await.unwrap();
        assert_eq!(settled, Settled::Written);
    }

    /// Brings every push to success, account by account.
    pub(crate) async fn settle_all(&self, now: Timestamp) {
        loop {
            let leases = self.lease(now).await;
            if leases.is_empty() {
                return;
            }
            for lease in leases {
                self.settle(&lease, success(), now).await;
            }
        }
    }

    /// The events since the last look.
    pub(crate) async fn new_events(&self) -> Vec<Event> {
        let seen = self.seen.load(Ordering::SeqCst);
        let events = self.store.list_events(self.client, seen, EVENTS_ALL).await.unwrap();
        if let Some(last) = events.last() {
            self.seen.store(last.sequence, Ordering::SeqCst);
        }
        events.into_iter().map(|kept| kept.event).collect()
    }

    /// The kinds of the events since the last look, by name: events of one cause have no order among them.
    pub(crate) async fn news(&self) -> Vec<EventKind> {
        let mut kinds: Vec<_> = self.new_events().await.iter().map(|event| event.kind).collect();
        kinds.sort_by_key(|kind| kind.name());
        kinds
    }
}

/// Rules for cases that are not about the rules.
pub(crate) fn lenient() -> Arc<Profiles> {
    let profile = Profile {
        description: Need::Optional,
        balance: Need::Optional,
        ordered: false,
        not_before_newest: false,
        history: History::Unlimited,
        before_feed_start: Strictness::Ignore,
        kinds: Kinds::All,
    };
    Arc::new(Profiles::standard().with(&QUICKBOOKS, profile))
}

/// A line of the leap day.
pub(crate) fn today(id: &str) -> Line {
    a_line(id, "2024-02-29", "-12.50")
}

/// How most pushes end.
pub(crate) fn success() -> Settlement {
    finished(PushStatus::Success)
}

/// An end that says nothing besides, at a platform that fetches.
pub(crate) fn ending(status: PushStatus) -> Ending {
    let withdrawal = match status {
        PushStatus::TimedOut => Withdrawal::Unshown,
        PushStatus::Pending | PushStatus::Success | PushStatus::Failed => Withdrawal::Nothing,
    };
    Ending { status, error: None, errors: Vec::new(), warnings: Vec::new(), withdrawal }
}

/// See [`ending`].
pub(crate) fn finished(status: PushStatus) -> Settlement {
    Settlement::Finished(ending(status))
}

/// Their ids, in their order.
pub(crate) fn ids_of(lines: &[KeptLine]) -> Vec<String> {
    lines.iter().map(|kept| kept.line.id.to_string()).collect()
}

/// Page `number` of `items` each.
pub(crate) fn paging(number: u32, items: u32) -> domain::page::PageRequest {
    domain::page::PageRequest::new(number, items).unwrap()
}
