//! What an inspection finds: which check, what, and where.

use crate::ledger::{ChunkKind, ChunkNo};
use domain::ids::{ClientId, PushKey};
use domain::push::LineSpan;
use domain::source_account::AccountPath;

/// What is checked of a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeepCheck {
    /// The database's files, and rows that refer to nothing.
    Files,
    /// The heads of the accounts' ledgers, and the directories of their segments.
    Heads,
    /// Segments: each is read back, and has the lines that it should have.
    Lines,
    /// Each id stands in its account once.
    Ids,
    /// The fingerprints by which known ids are found.
    Fingerprints,
    /// Lines stand in the order that their account's head tells.
    Order,
    /// What was sent: statements that add up, each beginning where the one before ended.
    Balances,
    /// Operations, and the lines that they brought.
    Operations,
    /// Events: all there, in their numbers, and readable.
    Events,
}

impl DeepCheck {
    /// Every check, in the order in which they are told.
    pub const ALL: [Self; 9] = [
        Self::Files,
        Self::Heads,
        Self::Lines,
        Self::Ids,
        Self::Fingerprints,
        Self::Order,
        Self::Balances,
        Self::Operations,
        Self::Events,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::Heads => "heads",
            Self::Lines => "lines",
            Self::Ids => "ids",
            Self::Fingerprints => "fingerprints",
            Self::Order => "order",
            Self::Balances => "balances",
            Self::Operations => "operations",
            Self::Events => "events",
        }
    }
}

/// Where something is; as much as is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The client.
    pub client: Option<ClientId>,
    /// The account.
    pub account: Option<AccountPath>,
    /// The database's number of the account.
    pub account_no: Option<u64>,
    /// The chunk.
    pub chunk: Option<(ChunkKind, ChunkNo)>,
    /// Lines by position.
    pub lines: Option<LineSpan>,
    /// The operation.
    pub push: Option<PushKey>,
    /// The event.
    pub event: Option<u64>,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which check found it.
    pub check: DeepCheck,
    /// Where.
    pub place: Place,
    /// What, as a fragment.
    pub what: String,
}
