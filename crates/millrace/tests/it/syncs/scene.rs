//! An account with a bank behind it, and a worker that goes step by step.

use super::PlantedBank;
use crate::harness::{Database, open_store};
use domain::ids::{LeaseToken, SyncId};
use domain::managed_sync::{
    ManagedFeed, ManagedSync, Schedule, SyncErrorCode, SyncLease, SyncStatus,
};
use domain::page::ListRequest;
use domain::platform::Profiles;
use domain::push::{DraftLine, PushOperation};
use domain::source_account::AccountPath;
use jiff::SignedDuration;
use std::sync::Arc;
use store::{LeaseRequest, OnExisting, Store, SyncBegun, SyncWish};
use tempfile::TempDir;
use testkit::{
    ManualClock, SeededIds, a_client, a_company, a_connection, a_lease_request, a_line, a_uuid,
    an_account, an_account_path,
};
use worker::managed_sync::{BankSource, SyncWorker, SyncWorkerOptions};

pub(super) struct Scene {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Arc<ManualClock>,
    pub(super) bank: Arc<PlantedBank>,
    pub(super) account: AccountPath,
    ids: Arc<SeededIds>,
    _folder: TempDir,
}

/// A line of that day of February 2024, whose 29th is today.
pub(super) fn line(id: &str, day: u8) -> DraftLine {
    a_line(id, &format!("2024-02-{day:02}"), "-1.00").into()
}

impl Scene {
    /// At noon, with one connected account.
    pub(super) async fn open(database: Database) -> Self {
        let folder = TempDir::new().unwrap();
        let store = open_store(database, folder.path()).await;
        let client = a_client();
        let company = a_company(client.id);
        let connection = a_connection(&company);
        store.create_client(&client).await.unwrap();
        store.create_company(&company).await.unwrap();
        assert!(store.create_connection(&connection).await.unwrap());
        let accounts = [an_account(&connection, "current")];
        let path = connection.path();
        store.create_source_accounts(&path, &accounts, OnExisting::Refuse).await.unwrap().unwrap();
        Self {
            store,
            clock: Arc::new(ManualClock::default()),
            bank: Arc::new(PlantedBank::default()),
            account: an_account_path(&connection, "current"),
            ids: Arc::new(SeededIds::new(7)),
            _folder: folder,
        }
    }

    /// A worker with the planted bank.
    pub(super) fn worker(&self) -> SyncWorker {
        let bank: Arc<dyn BankSource> = self.bank.clone();
        SyncWorker {
            store: self.store.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            profiles: Arc::new(Profiles::standard()),
            bank: Some(bank),
            options: SyncWorkerOptions::default(),
        }
    }

    /// Begins a sync as a caller does.
    pub(super) async fn begin(&self) -> SyncId {
        let now = domain::clock::Clock::now(self.clock.as_ref());
        let wish = SyncWish {
            id: SyncId::new(a_uuid()),
            account: self.account.clone(),
            due: None,
            profiles: Arc::new(Profiles::standard()),
            now,
        };
        let answer = self.store.begin_managed_sync(&wish).await.unwrap();
        let SyncBegun::Begun(sync) = answer else { panic!("{answer:?}") };
        sync.id
    }

    /// One step of a worker; how many syncs it held.
    pub(super) async fn step(&self) -> usize {
        self.worker().step().await.unwrap()
    }

    /// Begins a sync, takes one step, and answers the sync as it is then.
    pub(super) async fn sync(&self) -> ManagedSync {
        self.begin().await;
        assert_eq!(self.step().await, 1);
        self.latest().await
    }

    /// The sync that was begun last.
    pub(super) async fn latest(&self) -> ManagedSync {
        self.store.find_latest_managed_sync(&self.account).await.unwrap().unwrap()
    }

    /// Holds the sync that is due and never comes back, like a process that dies.
    pub(super) async fn lease_and_die(&self) -> SyncLease {
        let now = domain::clock::Clock::now(self.clock.as_ref());
        let token = LeaseToken::new(a_uuid());
        let request = LeaseRequest { token, now, ..a_lease_request() };
        let mut leases = self.store.lease_due_syncs(&request).await.unwrap();
        assert_eq!(leases.len(), 1);
        let lease = leases.remove(0);
        self.clock.set(lease.until);
        lease
    }

    /// Moves the clock on.
    pub(super) fn minutes_pass(&self, minutes: i64) {
        self.clock.advance(SignedDuration::from_mins(minutes));
    }

    /// The ids of the account's lines in the order of their arrival.
    pub(super) async fn line_ids(&self) -> Vec<String> {
        let page = domain::page::PageRequest::new(1, 5_000).unwrap();
        let request = ListRequest { page, ..ListRequest::default() };
        let mut lines =
            self.store.list_lines(&self.account, &request).await.unwrap().unwrap().items;
        lines.sort_by_key(|line| line.position);
        lines.into_iter().map(|kept| kept.line.id.into()).collect()
    }

    /// The sync's pushes.
    pub(super) async fn pushes(&self, sync: &ManagedSync) -> Vec<PushOperation> {
        let path = sync.account.connection;
        let mut pushes = Vec::new();
        for key in &sync.pushes {
            let found = self.store.find_push(path.client, path.company, *key).await.unwrap();
            pushes.push(found.unwrap());
        }
        pushes
    }

    /// Sets a schedule.
    pub(super) async fn schedule(&self, text: &str) {
        let now = domain::clock::Clock::now(self.clock.as_ref());
        let feed = ManagedFeed::in_force(Schedule::parse(text, now).unwrap(), now);
        assert!(self.store.set_managed_feed(&self.account, &feed).await.unwrap());
    }
}

/// How a sync stands, and why.
pub(super) fn end(sync: &ManagedSync) -> (SyncStatus, Option<SyncErrorCode>) {
    (sync.status, sync.fault.as_ref().map(|fault| fault.code))
}
