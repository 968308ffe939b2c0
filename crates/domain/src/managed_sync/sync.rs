//! One sync: what was asked for, and how it ended.

use super::fault::SyncFault;
use super::period::Period;
use crate::ids::{LeaseToken, PushKey, SyncId};
use crate::query::{Kind, Property, PropertySpec, Queryable};
use crate::source_account::AccountPath;
use jiff::{SignedDuration, Timestamp};

/// How long a sync that has ended is kept: a schedule of every minute makes half a million of them in a year, and what
/// they pushed is told by the pushes.
pub const SYNC_KEPT_DAYS: i64 = 90;

/// The instant before which a sync that has ended may be forgotten. The last one that covered its period stays: the next
/// one builds on it.
pub fn forget_before(now: Timestamp) -> Timestamp {
    now.saturating_sub(SignedDuration::from_hours(24 * SYNC_KEPT_DAYS)).unwrap_or(now)
}

/// One run that fetches an account's lines and pushes them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManagedSync {
    /// Made by us; callers poll with it.
    pub id: SyncId,
    /// Whose lines.
    pub account: AccountPath,
    /// Why it was begun.
    pub cause: SyncCause,
    /// What the bank is asked for.
    pub period: Period,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it ended; nothing while it runs.
    pub ended_at: Option<Timestamp>,
    /// How it stands.
    pub status: SyncStatus,
    /// Why it did not bring everything.
    pub fault: Option<SyncFault>,
    /// How many lines the bank gave.
    pub fetched_lines: u32,
    /// How many of them were not known before.
    pub new_lines: u32,
    /// The pushes that it made, in their order.
    pub pushes: Vec<PushKey>,
}

impl ManagedSync {
    /// A sync that begins.
    pub const fn begun(id: SyncId, account: AccountPath, cause: SyncCause, period: Period) -> Self {
        Self {
            id,
            account,
            cause,
            period,
            started_at: period.end,
            ended_at: None,
            status: SyncStatus::Started,
            fault: None,
            fetched_lines: 0,
            new_lines: 0,
            pushes: Vec::new(),
        }
    }
}

/// Why a sync was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SyncCause {
    /// A caller asked for it.
    AdHoc,
    /// It was due.
    Scheduled,
}

impl SyncCause {
    /// Every cause.
    pub const ALL: [Self; 2] = [Self::AdHoc, Self::Scheduled];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AdHoc => "AdHoc",
            Self::Scheduled => "Scheduled",
        }
    }

    /// The cause of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

/// How a sync stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SyncStatus {
    /// It runs.
    Started,
    /// It brought nothing, and not because there was nothing.
    Failed,
    /// It brought everything.
    SuccessDataPushed,
    /// There was nothing new.
    SuccessNoDataPushed,
    /// It brought something, but not everything.
    PartialSuccessDataPushed,
}

impl SyncStatus {
    /// Every status.
    pub const ALL: [Self; 5] = [
        Self::Started,
        Self::Failed,
        Self::SuccessDataPushed,
        Self::SuccessNoDataPushed,
        Self::PartialSuccessDataPushed,
    ];

    /// The contract's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Started => "Started",
            Self::Failed => "Failed",
            Self::SuccessDataPushed => "SuccessDataPushed",
            Self::SuccessNoDataPushed => "SuccessNoDataPushed",
            Self::PartialSuccessDataPushed => "PartialSuccessDataPushed",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// A sync that a worker holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncLease {
    /// Proves the hold; compared again when the sync is settled.
    pub token: LeaseToken,
    /// When the hold ends by itself.
    pub until: Timestamp,
    /// Which attempt this is, from one.
    pub attempt: u32,
    /// The sync to bring to its end.
    pub sync: ManagedSync,
}

/// What a list of syncs can be asked for.
pub const SYNC_PROPERTIES: &[PropertySpec] = &[
    PropertySpec::new("syncId", Kind::Text),
    PropertySpec::new("dataConnectionId", Kind::Text),
    PropertySpec::new("sourceAccountId", Kind::Text),
    PropertySpec::new("cause", Kind::Text),
    PropertySpec::new("status", Kind::Text),
    PropertySpec::new("errorCode", Kind::Text),
    PropertySpec::new("errorMessage", Kind::Text),
    PropertySpec::new("periodStartUtc", Kind::Moment),
    PropertySpec::new("periodEndUtc", Kind::Moment),
    PropertySpec::new("executionStartUtc", Kind::Moment),
    PropertySpec::new("executionEndUtc", Kind::Moment),
];

impl Queryable for ManagedSync {
    fn property(&self, path: &str) -> Property<'_> {
        match path {
            "syncId" => self.id.to_string().into(),
            "dataConnectionId" => self.account.connection.connection.to_string().into(),
            "sourceAccountId" => self.account.account.as_str().into(),
            "cause" => self.cause.name().into(),
            "status" => self.status.name().into(),
            "errorCode" => self.fault.as_ref().map(|fault| fault.code.name()).into(),
            "errorMessage" => self.fault.as_ref().map(|fault| fault.message.as_str()).into(),
            "periodStartUtc" => self.period.start.into(),
            "periodEndUtc" => self.period.end.into(),
            "executionStartUtc" => self.started_at.into(),
            "executionEndUtc" => self.ended_at.into(),
            _ => Property::Unknown,
        }
    }
}
