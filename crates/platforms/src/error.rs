//! Why a platform did not do what it was asked for.

use jiff::Timestamp;
use thiserror::Error;

/// One variant for each different next step.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlatformError {
    /// It said no and would say no again: show the reasons.
    #[error("the platform refused: {}", words(.reasons))]
    Rejected {
        /// The platform's words; never empty.
        reasons: Vec<Reason>,
    },
    /// Ask this organisation nothing before then.
    #[error("the platform is asked too often; again at {retry_at}")]
    RateLimited {
        /// When.
        retry_at: Timestamp,
    },
    /// Nothing was done, or doing it twice does no harm: the same call again later.
    #[error("the platform is not available: {detail}")]
    Unavailable {
        /// Not before then, if the platform said so.
        retry_at: Option<Timestamp>,
        /// What happened.
        detail: String,
    },
    /// The tokens open nothing.
    #[error("the platform does not let us in: {detail}")]
    NotAuthorized {
        /// What would help.
        remedy: Remedy,
        /// The platform's words.
        detail: String,
    },
    /// It may or may not have been done: look it up before it is asked for again.
    #[error("no answer says whether it was done: {detail}")]
    Unknown {
        /// What happened.
        detail: String,
    },
}

/// What helps against closed doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// New tokens, then the same call once more; when that fails too, [`Remedy::Reconnect`].
    Refresh,
    /// The user has to connect again.
    Reconnect,
}

/// A platform's word for why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What it means to us.
    pub kind: ReasonKind,
    /// The platform's own code, if it has one.
    pub code: Option<String>,
    /// The platform's sentence.
    pub message: String,
}

/// What a reason means to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasonKind {
    /// It has this already: after an attempt whose answer was lost, a yes.
    Duplicate,
    /// The feed is not there any more: the account is disconnected.
    FeedGone,
    /// To be shown.
    Other,
}

impl Reason {
    /// A reason that is only to be shown.
    pub fn other(message: impl Into<String>) -> Self {
        Self { kind: ReasonKind::Other, code: None, message: message.into() }
    }
}

impl PlatformError {
    /// A refusal for one reason that is only to be shown.
    pub fn rejected(message: impl Into<String>) -> Self {
        Self::Rejected { reasons: vec![Reason::other(message)] }
    }

    /// Not before then, if that is known.
    pub const fn retry_at(&self) -> Option<Timestamp> {
        match self {
            Self::RateLimited { retry_at } => Some(*retry_at),
            Self::Unavailable { retry_at, .. } => *retry_at,
            Self::Rejected { .. } | Self::NotAuthorized { .. } | Self::Unknown { .. } => None,
        }
    }

    /// Not available, and nobody knows until when.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::Unavailable { retry_at: None, detail: detail.into() }
    }
}

fn words(reasons: &[Reason]) -> String {
    let messages: Vec<_> = reasons.iter().map(|reason| reason.message.as_str()).collect();
    messages.join("; ")
}
