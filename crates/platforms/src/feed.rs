//! Feed connections: what joins an account of a bank to one of the books.

use crate::error::Reason;
use domain::link::TargetKind;
use domain::money::CurrencyCode;

/// A feed that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedDraft {
    /// Our name for it, unique among all of ours; a feed is found again by it.
    pub token: String,
    /// Where its lines go.
    pub target: FeedTarget,
    /// Which kind of account.
    pub kind: TargetKind,
    /// What the account is kept in.
    pub currency: CurrencyCode,
}

/// Where the lines of a feed go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedTarget {
    /// Into this account, by the platform's id.
    Existing(String),
    /// Into the account of this number; one of this name is opened when there is none.
    Numbered {
        /// The whole number; of a card only the end leaves us.
        number: String,
        /// The name for a new account.
        name: String,
    },
}

/// A feed as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// The platform's id.
    pub id: String,
    /// Our name for it, where the platform repeats it.
    pub token: Option<String>,
    /// How far it is.
    pub stage: FeedStage,
}

/// How far a feed is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedStage {
    /// Ask again later.
    Pending,
    /// Statements can be sent.
    Connected {
        /// The account that it leads to.
        account: String,
    },
    /// It never came to be.
    Rejected {
        /// The platform's words.
        reasons: Vec<Reason>,
    },
}
