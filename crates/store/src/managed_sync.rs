//! Verbs about managed feeds and their syncs.

use crate::{Answer, LeaseRequest, Missing, Settled};
use async_trait::async_trait;
use domain::ids::{ClientId, CompanyId, SyncId};
use domain::managed_sync::{
    ManagedFeed, ManagedSync, Period, Schedule, SyncCause, SyncLease, SyncSettlement, period,
};
use domain::page::{ListRequest, Page};
use domain::platform::{Platform, Profiles};
use domain::source_account::AccountPath;
use jiff::Timestamp;
use jiff::civil::Date;
use std::sync::Arc;

/// A sync that somebody wants.
#[derive(Clone, Debug)]
pub struct SyncWish {
    /// Made for this sync.
    pub id: SyncId,
    /// Whose lines.
    pub account: AccountPath,
    /// The run of a schedule that this is; nothing when a caller asks.
    pub due: Option<DueRun>,
    /// The rules in force: they say how far the first sync goes back.
    pub profiles: Arc<Profiles>,
    /// Now.
    pub now: Timestamp,
}

impl SyncWish {
    /// The same at another time.
    #[must_use]
    pub fn at(&self, now: Timestamp) -> Self {
        Self { now, ..self.clone() }
    }

    /// The sync that this begins on an account as it stands.
    pub fn begin(&self, standing: &SyncStanding) -> ManagedSync {
        let cause = if self.due.is_some() { SyncCause::Scheduled } else { SyncCause::AdHoc };
        ManagedSync::begun(self.id, self.account.clone(), cause, standing.period(self))
    }
}

/// What decides the period of a sync, read in the transaction that begins it.
#[derive(Clone, Copy, Debug)]
pub struct SyncStanding {
    /// Of the account's connection.
    pub platform: &'static Platform,
    /// The first day that the target wants.
    pub feed_start: Option<Date>,
    /// Where the last sync that covered its period ended.
    pub covered_until: Option<Timestamp>,
}

impl SyncStanding {
    fn period(&self, wish: &SyncWish) -> Period {
        let profile = wish.profiles.of(self.platform);
        period(&profile, self.feed_start, self.covered_until, wish.now)
    }
}

/// One run of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueRun {
    /// When it was due. Compared again: another worker may have begun it.
    pub at: Timestamp,
    /// When the next one will be.
    pub next_at: Option<Timestamp>,
}

/// A schedule that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueFeed {
    /// Whose lines.
    pub account: AccountPath,
    /// When.
    pub schedule: Schedule,
    /// Since when.
    pub due_at: Timestamp,
}

/// What became of a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "an answer lives for one call; a box would be one more allocation"
)]
pub enum SyncBegun {
    /// It runs.
    Begun(ManagedSync),
    /// Another one runs on the account; this one was not begun. A run of a schedule is used up by it.
    Running(SyncId),
    /// The run was begun by another worker, or the schedule was changed; nothing was written.
    NotDue,
    /// There is nothing to sync; nothing was written.
    Missing(Missing),
}

/// Verbs about managed feeds. Leasing and settling are of whatever client: a worker serves them all.
#[async_trait]
pub trait ManagedSyncs: Send + Sync {
    /// Begins a sync, unless one runs on the account. Its period is decided here, by [`SyncWish::begin`]. A few of the
    /// account's old syncs are forgotten at the same time, by [`domain::managed_sync::forget_before`].
    async fn begin_managed_sync(&self, wish: &SyncWish) -> Answer<SyncBegun>;

    /// One sync of an account.
    async fn find_managed_sync(
        &self,
        account: &AccountPath,
        id: SyncId,
    ) -> Answer<Option<ManagedSync>>;

    /// The sync of an account that was begun last.
    async fn find_latest_managed_sync(&self, account: &AccountPath) -> Answer<Option<ManagedSync>>;

    /// A company's syncs, the one begun last first unless the request says otherwise; nothing when there is no such
    /// company.
    async fn list_managed_syncs(
        &self,
        client: ClientId,
        company: CompanyId,
        request: &ListRequest,
    ) -> Answer<Option<Page<ManagedSync>>>;

    /// Leases syncs that run and are not held, the one due longest first. A lease that ended is as if it had never
    /// been, but for the count of attempts.
    async fn lease_due_syncs(&self, request: &LeaseRequest) -> Answer<Vec<SyncLease>>;

    /// Ends a sync, or makes it due again, if the lease still holds. Its pushes are kept with it as they are accepted,
    /// by [`PushIntake::sync`](crate::PushIntake::sync).
    async fn settle_managed_sync(
        &self,
        lease: &SyncLease,
        settlement: &SyncSettlement,
        now: Timestamp,
    ) -> Answer<Settled>;

    /// Sets an account's schedule; whether there is such an account.
    async fn set_managed_feed(&self, account: &AccountPath, feed: &ManagedFeed) -> Answer<bool>;

    /// An account's schedule.
    async fn find_managed_feed(&self, account: &AccountPath) -> Answer<Option<ManagedFeed>>;

    /// Forgets an account's schedule; whether it had one.
    async fn delete_managed_feed(&self, account: &AccountPath) -> Answer<bool>;

    /// Schedules that are due, the one due longest first.
    async fn list_due_feeds(&self, now: Timestamp, count: u32) -> Answer<Vec<DueFeed>>;
}
