//! A link: what lies between a connection and a platform that we send to. Consents, the organisation, its books, and
//! which account leads where. Pure: every change is a function of how it stood, so that whoever changed it at the same
//! time can be read and the change done again. It leaves out tokens, which are kept sealed, and calling anybody.

mod books;
mod change;
mod consent;
mod errand;
mod mapping;

pub use books::{
    Books, Company, FedTarget, ListedTarget, Organisation, TARGET_PROPERTIES, TARGET_STATUS,
    TargetAccount, TargetKind,
};
pub use change::{AccountStep, Effects, Other, WishRefused};
pub use consent::{CONSENT_LIFE, CONSENTS_MAX, Consent, ConsentStage, Fingerprint};
pub use errand::{BOOKS_LIFE, Errand};
pub use mapping::{Ending, Mapping, MappingStage, Unfit, Wish, feed_token, wanted_kind};

use crate::ids::{ConnectionPath, LeaseToken};
use crate::platform::Platform;
use crate::sealed::Sealed;
use crate::source_account::{AccountId, AccountStatus, SourceAccount};
use jiff::Timestamp;
use mapping::OwnFeed;

/// A connection's link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The connection; it may be gone, while feeds of it are still to be ended.
    pub path: ConnectionPath,
    /// The platform.
    pub platform: &'static Platform,
    /// Grows with every change; nought before the first.
    pub version: u64,
    /// Tokens, and the secrets of consents.
    pub secrets: Option<Sealed>,
    /// Until when the access token opens anything; nothing without tokens.
    pub access_ends_at: Option<Timestamp>,
    /// Whose books: kept when tokens are gone, so that another's are noticed.
    pub organisation: Option<Organisation>,
    /// Consents under way, the oldest first.
    pub consents: Vec<Consent>,
    /// The books as they were read last.
    pub books: Option<Books>,
    /// Somebody waits for them to be read again, since then.
    pub books_wanted_at: Option<Timestamp>,
    /// One for each account that is or was to be mapped.
    pub mappings: Vec<Mapping>,
    /// Feeds that are to be ended.
    pub endings: Vec<Ending>,
    /// The platform failed so often in a row.
    pub failures: u32,
    /// What can wait, waits until then.
    pub pause_until: Option<Timestamp>,
    /// Its connection or one of its accounts was changed, or is gone: look at them.
    pub is_stirred: bool,
    /// Its connection is gone, or its client gave it up: when all feeds have ended, the organisation is left.
    pub is_given_up: bool,
}

/// A link that a worker holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldLink {
    /// Proves the hold.
    pub token: LeaseToken,
    /// The link as it was when it was taken hold of.
    pub link: Link,
}

impl Link {
    /// Of a connection that nobody has tried to link yet.
    pub const fn new(path: ConnectionPath, platform: &'static Platform) -> Self {
        Self {
            path,
            platform,
            version: 0,
            secrets: None,
            access_ends_at: None,
            organisation: None,
            consents: Vec::new(),
            books: None,
            books_wanted_at: None,
            mappings: Vec::new(),
            endings: Vec::new(),
            failures: 0,
            pause_until: None,
            is_stirred: false,
            is_given_up: false,
        }
    }

    /// The mapping of an account.
    pub fn mapping(&self, account: &AccountId) -> Option<&Mapping> {
        self.mappings.iter().find(|mapping| mapping.wish.account == *account)
    }

    /// The mapping that an account has as it stands: not one that it had before it was disconnected, and not one of an
    /// account of the same id that was deleted. The link itself drops these when it is looked after.
    pub fn standing(&self, account: &SourceAccount) -> Option<&Mapping> {
        self.mapping(&account.id).filter(|own| own.stands_for(account))
    }

    /// Why an account of the books cannot be chosen for `account`; nothing when it can. What leads there by another
    /// mapping of this link counts also before the books show it.
    pub fn unfit(&self, account: &SourceAccount, target: &TargetAccount) -> Option<Unfit> {
        let organisation = self.organisation.as_ref();
        let token = organisation.map(|one| feed_token(&self.path, one, &account.id));
        let id = self.mapping(&account.id).and_then(|own| own.feed.as_deref());
        let own = OwnFeed { id, token: token.as_deref() };
        let others = self.mappings.iter().filter(|one| one.wish.account != account.id);
        let mut leading = others.filter(|one| !one.is_failed());
        let is_taken = leading.any(|one| one.target() == Some(target.id.as_str()));
        let books = self.books.as_ref()?;
        mapping::unfit(account, target, books, own).or(is_taken.then_some(Unfit::Fed))
    }

    /// Whether there are tokens.
    pub const fn is_authorized(&self) -> bool {
        self.access_ends_at.is_some()
    }
}

impl Mapping {
    /// Whether it is this account's as it stands.
    pub fn stands_for(&self, account: &SourceAccount) -> bool {
        let made_at = account.created_at;
        let is_its = self.wish.account == account.id
            && self.account_made_at.map_or(made_at <= self.wished_at, |at| at == made_at);
        is_its && account.status != AccountStatus::Disconnected
    }

    /// Whether it is the same wish, of the same account, however far each is.
    pub fn is_one_with(&self, other: &Self) -> bool {
        (&self.wish, self.wished_at, self.account_made_at)
            == (&other.wish, other.wished_at, other.account_made_at)
    }

    /// Whether the platform said no.
    pub const fn is_failed(&self) -> bool {
        matches!(self.stage, MappingStage::Failed { .. })
    }

    /// The account of the books that it leads to, or is to lead to.
    pub fn target(&self) -> Option<&str> {
        match &self.stage {
            MappingStage::Connected { target } => Some(target),
            MappingStage::Connecting { .. } | MappingStage::Failed { .. } => {
                self.wish.target.as_deref()
            }
        }
    }
}

#[cfg(test)]
mod tests;
