//! Managed feeds: Millrace fetches an account's lines from the bank instead of waiting for them. A sync is one such run.
//! What a run asks for, when the next one is due and what its end means is decided here; asking is the worker's business.

mod fault;
mod feed;
mod period;
mod settle;
mod sync;

pub use fault::{SyncErrorCode, SyncFault};
pub use feed::{ManagedFeed, SCHEDULE_CHARS_MAX, Schedule, ScheduleError};
pub use period::{FIRST_PERIOD_DAYS, Period, period};
pub use settle::{
    Again, SYNC_ATTEMPTS_MAX, SyncAttempted, SyncEnd, SyncOutcome, SyncSettlement, settle_sync,
};
pub use sync::{
    ManagedSync, SYNC_KEPT_DAYS, SYNC_PROPERTIES, SyncCause, SyncLease, SyncStatus, forget_before,
};
