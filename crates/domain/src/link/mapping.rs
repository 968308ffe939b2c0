//! A mapping: which source account leads to which account of the books, and which may.

use super::{Books, FedTarget, Organisation, TargetAccount, TargetKind};
use crate::ids::ConnectionPath;
use crate::money::CurrencyCode;
use crate::source_account::{AccountId, AccountKind, SourceAccount};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE_NO_PAD;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

/// 192 bits: two of them never meet.
const TOKEN_CHARS: usize = 32;

/// What is wanted for a source account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Which account.
    pub account: AccountId,
    /// The account of the books; without it, one is opened.
    pub target: Option<String>,
    /// The first day; without it, the day on which it is connected.
    pub feed_start: Option<Date>,
}

/// A source account's way into the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// What was wanted.
    pub wish: Wish,
    /// When.
    pub wished_at: Timestamp,
    /// When the source account was made: one that is made anew has only its id in common with it. Nothing of a mapping that
    /// is older than this field.
    pub account_made_at: Option<Timestamp>,
    /// Which try this is: the platform's own protection against doing it twice goes by it.
    pub attempt: u32,
    /// The platform's id of the feed, once there is one.
    pub feed: Option<String>,
    /// How far it is.
    pub stage: MappingStage,
}

/// How far a mapping is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MappingStage {
    /// To be asked for, or looked at again, from then on.
    Connecting {
        /// When the platform is asked next.
        due_at: Timestamp,
    },
    /// Lines flow.
    Connected {
        /// The platform's id of the account that the feed leads to.
        target: String,
    },
    /// The platform said no.
    Failed {
        /// Its words.
        error: String,
    },
}

/// A feed that is to be ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The platform's id.
    pub feed: String,
    /// Since when it is waited for; time in which nobody looked is left out.
    pub since: Timestamp,
    /// When the platform is asked next.
    pub due_at: Timestamp,
}

impl Ending {
    /// Since when it is waited for, by a look at `now`. Time in which nobody looked does not count: the server stood still,
    /// or the clock was set ahead. A clock that was set back lets it begin anew.
    pub fn waited_since(&self, now: Timestamp) -> Timestamp {
        let unseen = now.duration_since(self.due_at).max(SignedDuration::ZERO);
        self.since.saturating_add(unseen).map_or(now, |since| since.min(now))
    }
}

/// Why an account of the books cannot be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It is kept in another currency.
    Currency,
    /// A card's lines belong on a card, others on a bank account.
    Kind,
    /// Another feed leads to it.
    Fed,
}

impl Unfit {
    /// Every reason.
    pub const ALL: [Self; 3] = [Self::Currency, Self::Kind, Self::Fed];

    /// The rule's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Currency => "currency",
            Self::Kind => "type",
            Self::Fed => "alreadyFed",
        }
    }

    /// In a sentence.
    pub fn explain(self, account: &SourceAccount, target: &TargetAccount) -> String {
        match self {
            Self::Currency => {
                let ours =
                    account.details.currency.map_or_else(String::new, |code| code.to_string());
                format!("it is kept in {}, the source account in {ours}", target.currency)
            }
            Self::Kind => match target.kind {
                TargetKind::CreditCard => "it is a credit card, the source account is not".into(),
                TargetKind::Bank => "it is a bank account, the source account is a card".into(),
            },
            Self::Fed => "another feed leads to it: end that one first".into(),
        }
    }
}

/// The kind of account that a source account's lines belong on.
pub fn wanted_kind(account: &SourceAccount) -> TargetKind {
    match AccountKind::of(&account.details) {
        AccountKind::Card => TargetKind::CreditCard,
        AccountKind::Checking
        | AccountKind::Savings
        | AccountKind::MoneyMarket
        | AccountKind::CreditLine => TargetKind::Bank,
    }
}

/// The feed that an account has.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnFeed<'a> {
    /// The platform's id, where it is known.
    pub(super) id: Option<&'a str>,
    /// Our name for it. The answer to the one who made it may have been lost.
    pub(super) token: Option<&'a str>,
}

impl OwnFeed<'_> {
    fn is(self, fed: &FedTarget) -> bool {
        let is_named = fed.token.is_some() && fed.token.as_deref() == self.token;
        is_named || Some(fed.feed.as_str()) == self.id
    }
}

/// Why `target` cannot be chosen for `account`; nothing when it can.
pub(super) fn unfit(
    account: &SourceAccount,
    target: &TargetAccount,
    books: &Books,
    own: OwnFeed<'_>,
) -> Option<Unfit> {
    // A currency that nobody told is no reason against an account.
    let currency = account.details.currency.filter(|code| *code != CurrencyCode::UNKNOWN);
    let is_fed = |fed: &FedTarget| fed.target == target.id && !own.is(fed);
    if currency.is_some_and(|currency| currency != target.currency) {
        Some(Unfit::Currency)
    } else if wanted_kind(account) != target.kind {
        Some(Unfit::Kind)
    } else if books.fed.iter().any(is_fed) {
        Some(Unfit::Fed)
    } else {
        None
    }
}

/// Our name for an account's feed: the same at every try, and nobody else's. It fits Xero's fifty characters.
pub fn feed_token(
    path: &ConnectionPath,
    organisation: &Organisation,
    account: &AccountId,
) -> String {
    let mut hash = Sha256::new();
    for part in [path.connection.to_string().as_str(), &organisation.id, account.as_str()] {
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let letters = URL_SAFE_NO_PAD.encode(hash.finalize());
    format!("mr-{}", letters.chars().take(TOKEN_CHARS).collect::<String>())
}
