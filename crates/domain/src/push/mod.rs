//! A push: lines on their way from the caller to a platform.

mod awaited;
mod draft;
mod judge;
mod operation;
mod settle;

pub use awaited::Awaited;
pub use draft::{DraftLine, PushDraft};
pub use judge::{Accepted, Known, Refused, Standing, Verdict, judge};
pub use operation::{
    LineSpan, PUSH_DATA_TYPE, PUSH_PROPERTIES, PushOperation, PushStatus, Remark,
    TIMEOUT_MINUTES_MAX, Validation, deadline,
};
pub use settle::{Attempted, Ending, Outcome, Sent, Settlement, Withdrawal, settle};
