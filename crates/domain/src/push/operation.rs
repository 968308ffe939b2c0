//! A push operation: what a caller polls to learn what became of a push.

use super::Awaited;
use crate::ids::{ConnectionPath, PushKey};
use crate::money::Amount;
use crate::query::{Kind, Property, PropertySpec, Queryable};
use crate::source_account::AccountId;
use jiff::{SignedDuration, Timestamp};

/// A year: whoever waits longer does not wait.
pub const TIMEOUT_MINUTES_MAX: u32 = 525_600;

/// The contract's name of what is pushed.
pub const PUSH_DATA_TYPE: &str = "bankTransactions";

/// One push and its fate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushOperation {
    /// Made by us; callers poll with it.
    pub key: PushKey,
    /// The connection pushed to.
    pub path: ConnectionPath,
    /// The account pushed to.
    pub account: AccountId,
    /// When it came.
    pub requested_at: Timestamp,
    /// When it ended; nothing while pending.
    pub completed_at: Option<Timestamp>,
    /// How it stands.
    pub status: PushStatus,
    /// In one sentence, why it failed.
    pub error: Option<String>,
    /// What is to be said of single lines.
    pub validation: Validation,
    /// The caller's deadline.
    pub timeout_minutes: Option<u32>,
    /// Where its new lines stand in the account.
    pub lines: LineSpan,
    /// How many of its lines were known already.
    pub known_lines: u32,
    /// Those of them whose own push was still under way.
    pub awaited: Vec<Awaited>,
}

impl PushOperation {
    /// Whether the judge refused it: what fails later was kept at first.
    pub fn was_refused(&self) -> bool {
        self.status == PushStatus::Failed && self.lines.count == 0 && self.known_lines == 0
    }
}

/// A run of an account's lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineSpan {
    /// The position of the first.
    pub first: u64,
    /// How many.
    pub count: u32,
}

impl LineSpan {
    /// The position after the last.
    pub fn end(self) -> u64 {
        self.first.saturating_add(u64::from(self.count))
    }

    /// Whether the line at `position` is one of them.
    pub fn contains(self, position: u64) -> bool {
        (self.first..self.end()).contains(&position)
    }
}

/// How a push stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PushStatus {
    /// Kept; not settled.
    Pending,
    /// Done.
    Success,
    /// Refused, by us or by the platform.
    Failed,
    /// Its deadline passed first.
    TimedOut,
}

impl PushStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Success, Self::Failed, Self::TimedOut];

    /// The contract's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Success => "Success",
            Self::Failed => "Failed",
            Self::TimedOut => "TimedOut",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// The number that goes with it in the body.
    pub const fn code(self) -> u16 {
        match self {
            Self::Pending => 202,
            Self::Success => 200,
            Self::Failed => 400,
            Self::TimedOut => 408,
        }
    }
}

/// What is to be said of a push.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validation {
    /// Why it was refused.
    pub errors: Vec<Remark>,
    /// What looked odd.
    pub warnings: Vec<Remark>,
}

/// One sentence about one place in the push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Where, such as `transactions[3].date`.
    pub path: String,
    /// What, and what to do.
    pub message: String,
}

/// What a list of pushes can be asked for.
pub const PUSH_PROPERTIES: &[PropertySpec] = &[
    PropertySpec::new("pushOperationKey", Kind::Text),
    PropertySpec::new("dataConnectionKey", Kind::Text),
    PropertySpec::new("dataType", Kind::Text),
    PropertySpec::new("status", Kind::Text),
    PropertySpec::new("statusCode", Kind::Number),
    PropertySpec::new("errorMessage", Kind::Text),
    PropertySpec::new("requestedOnUtc", Kind::Moment),
    PropertySpec::new("completedOnUtc", Kind::Moment),
];

impl Queryable for PushOperation {
    fn property(&self, path: &str) -> Property<'_> {
        match path {
            "pushOperationKey" => self.key.to_string().into(),
            "dataConnectionKey" => self.path.connection.to_string().into(),
            "dataType" => PUSH_DATA_TYPE.into(),
            "status" => self.status.name().into(),
            "statusCode" => Amount::from_parts(self.status.code().into(), 0).ok().into(),
            "errorMessage" => self.error.as_deref().into(),
            "requestedOnUtc" => self.requested_at.into(),
            "completedOnUtc" => self.completed_at.into(),
            _ => Property::Unknown,
        }
    }
}

/// The instant at which a push that still pends has timed out.
pub fn deadline(requested_at: Timestamp, timeout_minutes: Option<u32>) -> Option<Timestamp> {
    let minutes = i64::from(timeout_minutes?);
    requested_at.saturating_add(SignedDuration::from_mins(minutes)).ok()
}
