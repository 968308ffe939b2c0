//! The store's trait.

use super::{feed, sync};
use crate::{SqliteStore, path};
use async_trait::async_trait;
use domain::ids::{ClientId, CompanyId, SyncId};
use domain::managed_sync::{ManagedFeed, ManagedSync, SyncLease, SyncSettlement};
use domain::page::{ListRequest, Page};
use domain::source_account::AccountPath;
use jiff::Timestamp;
use store::{Answer, DueFeed, LeaseRequest, ManagedSyncs, Settled, SyncBegun, SyncWish};

#[async_trait]
impl ManagedSyncs for SqliteStore {
    async fn begin_managed_sync(&self, wish: &SyncWish) -> Answer<SyncBegun> {
        let wish = wish.clone();
        self.write(move |writing| sync::begin(writing.database, &wish)).await
    }

    async fn find_managed_sync(
        &self,
        account: &AccountPath,
        id: SyncId,
    ) -> Answer<Option<ManagedSync>> {
        let account = account.clone();
        self.read(move |database| sync::find_by_id(database, &account, id)).await
    }

    async fn find_latest_managed_sync(&self, account: &AccountPath) -> Answer<Option<ManagedSync>> {
        let account = account.clone();
        self.read(move |database| sync::find_latest(database, &account)).await
    }

    async fn list_managed_syncs(
        &self,
        client: ClientId,
        company: CompanyId,
        request: &ListRequest,
    ) -> Answer<Option<Page<ManagedSync>>> {
        let request = request.clone();
        self.read(move |database| {
            let company = path::company_no(database, client, company)?;
            company.map(|company_no| sync::list(database, company_no, &request)).transpose()
        })
        .await
    }

    async fn lease_due_syncs(&self, request: &LeaseRequest) -> Answer<Vec<SyncLease>> {
        let request = *request;
        self.write(move |writing| sync::lease(writing.database, request)).await
    }

    async fn settle_managed_sync(
        &self,
        lease: &SyncLease,
        settlement: &SyncSettlement,
        now: Timestamp,
    ) -> Answer<Settled> {
        let (lease, settlement) = ((lease.sync.id, lease.token), settlement.clone());
        self.write(move |writing| sync::settle(writing.database, lease, &settlement, now)).await
    }

    async fn set_managed_feed(&self, account: &AccountPath, feed: &ManagedFeed) -> Answer<bool> {
        let (account, feed) = (account.clone(), feed.clone());
        self.write(move |writing| feed::set(writing.database, &account, &feed)).await
    }

    async fn find_managed_feed(&self, account: &AccountPath) -> Answer<Option<ManagedFeed>> {
        let account = account.clone();
        self.read(move |database| feed::find(database, &account)).await
    }

    async fn delete_managed_feed(&self, account: &AccountPath) -> Answer<bool> {
        let account = account.clone();
        self.write(move |writing| feed::delete(writing.database, &account)).await
    }

    async fn list_due_feeds(&self, now: Timestamp, count: u32) -> Answer<Vec<DueFeed>> {
        self.read(move |database| feed::list_due(database, now, count)).await
    }
}
