//! The store's trait.

use async_trait::async_trait;
use domain::ids::{ClientId, CompanyId, SyncId};
use domain::managed_sync::{ManagedFeed, ManagedSync, SyncLease, SyncSettlement};
use domain::page::{ListRequest, Page};
use domain::source_account::AccountPath;
use jiff::Timestamp;
use store::{Answer, DueFeed, LeaseRequest, ManagedSyncs, Settled, SyncBegun, SyncWish};

use super::{feed, sync};
use crate::PostgresStore;

#[async_trait]
impl ManagedSyncs for PostgresStore {
    async fn begin_managed_sync(&self, wish: &SyncWish) -> Answer<SyncBegun> {
        self.transact(|session| async move { sync::begin(&session, wish).await }).await
    }

    async fn find_managed_sync(
        &self,
        account: &AccountPath,
        id: SyncId,
    ) -> Answer<Option<ManagedSync>> {
        self.ask(|session| async move { sync::find(&session, account, id).await }).await
    }

    async fn find_latest_managed_sync(&self, account: &AccountPath) -> Answer<Option<ManagedSync>> {
        self.look(|session| async move { sync::find_latest(&session, account).await }).await
    }

    async fn list_managed_syncs(
        &self,
        client: ClientId,
        company: CompanyId,
        request: &ListRequest,
    ) -> Answer<Option<Page<ManagedSync>>> {
        self.look(|session| async move { sync::list(&session, client, company, request).await })
            .await
    }

    async fn lease_due_syncs(&self, request: &LeaseRequest) -> Answer<Vec<SyncLease>> {
        self.transact(|session| async move { sync::lease(&session, request).await }).await
    }

    async fn settle_managed_sync(
        &self,
        lease: &SyncLease,
        settlement: &SyncSettlement,
        now: Timestamp,
    ) -> Answer<Settled> {
        self.transact(|session| async move { sync::settle(&session, lease, settlement, now).await })
            .await
    }

    async fn set_managed_feed(&self, account: &AccountPath, feed: &ManagedFeed) -> Answer<bool> {
        self.transact(|session| async move { feed::set(&session, account, feed).await }).await
    }

    async fn find_managed_feed(&self, account: &AccountPath) -> Answer<Option<ManagedFeed>> {
        self.look(|session| async move { feed::find(&session, account).await }).await
    }

    async fn delete_managed_feed(&self, account: &AccountPath) -> Answer<bool> {
        self.transact(|session| async move { feed::delete(&session, account).await }).await
    }

    async fn list_due_feeds(&self, now: Timestamp, count: u32) -> Answer<Vec<DueFeed>> {
        self.ask(|session| async move { feed::list_due(&session, now, count).await }).await
    }
}
