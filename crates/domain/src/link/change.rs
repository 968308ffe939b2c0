//! How a link changes. What else has to change with it, in the same transaction, is in the effects.

use super::{
    Books, CONSENTS_MAX, Consent, ConsentStage, Ending, Link, Mapping, MappingStage, Organisation,
    Wish,
};
use crate::clock::moved_back;
use crate::connection::{Connection, ConnectionStatus, TroubleChange, TroubleKind};
use crate::ids::ConsentId;
use crate::retry::retry_delay;
use crate::sealed::Sealed;
use crate::source_account::{AccountId, AccountStatus, SourceAccount};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// What changes with a link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// The connection's new status.
    pub connection: Option<ConnectionStatus>,
    /// Whether something is wrong with the connection.
    pub trouble: TroubleChange,
    /// Accounts that take a step.
    pub accounts: Vec<(AccountId, AccountStep)>,
    /// Pushes that wait for the connection are due now.
    pub resume: bool,
}

/// A step of a source account. One that its account is not ready for is not taken: whoever changed the account stirred
/// the link, which then looks again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountStep {
    /// Its mapping is being set up.
    Connecting,
    /// Lines flow, from this day on.
    Connected(Date),
    /// Its mapping came to nothing: from connecting back to pending.
    Failed,
    /// Lines do not flow any more.
    Disconnected,
}

/// What to do about an organisation that is not the one from before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Other {
    /// Refuse it: its books are somebody else's.
    Refuse,
    /// Take it; what was mapped is disconnected.
    Take,
}

/// Why a wish is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WishRefused {
    /// Nobody let us in.
    #[error(
        "the connection is {0}, not Linked: the customer has to link the accounting software first"
    )]
    NotLinked(&'static str),
    /// Wait.
    #[error("the accounts of the books have not been read yet: try again in a moment")]
    NoBooks,
    /// It leads somewhere already.
    #[error("the account leads to {0} already: disconnect it first")]
    Mapped(String),
    /// No such account.
    #[error("the books have no active bank account or card {0}")]
    UnknownTarget(String),
    /// It cannot be chosen.
    #[error("{name} cannot be chosen: {why}")]
    Unfit {
        /// What people call it.
        name: String,
        /// Why.
        why: String,
    },
}

impl AccountStep {
    /// The account as it is after the step; nothing when it is not ready for it.
    pub fn taken_by(self, account: &SourceAccount, now: Timestamp) -> Option<SourceAccount> {
        let status = account.status;
        let account = account.clone();
        match self {
            Self::Connecting if status != AccountStatus::Connected => {
                Some(SourceAccount { status: AccountStatus::Connecting, ..account })
            }
            Self::Connected(feed_start) if status == AccountStatus::Connecting => {
                Some(account.connected(feed_start))
            }
            Self::Failed if status == AccountStatus::Connecting => {
                Some(SourceAccount { status: AccountStatus::Pending, ..account })
            }
            Self::Disconnected if status != AccountStatus::Disconnected => {
                Some(account.disconnected(now))
            }
            Self::Connecting | Self::Connected(_) | Self::Failed | Self::Disconnected => None,
        }
    }
}

impl Effects {
    /// Something is wrong that does not hold up the link itself.
    pub fn trouble(why: &str, now: Timestamp) -> Self {
        let trouble = TroubleChange::of(TroubleKind::Unavailable, why, now);
        Self { trouble, ..Self::default() }
    }

    /// Whatever was wrong is over.
    pub fn trouble_ends() -> Self {
        Self { trouble: TroubleChange::End, ..Self::default() }
    }
}

impl Link {
    /// A customer is sent to the platform.
    pub fn begin_consent(&mut self, consent: Consent) {
        let now = consent.begun_at;
        self.consents.retain(|consent| !consent.is_over(now));
        let room = self.consents.len().saturating_add(1).saturating_sub(CONSENTS_MAX);
        self.consents.drain(..room.min(self.consents.len()));
        self.consents.push(consent);
    }

    /// A consent that is under way.
    pub fn consent(&self, id: ConsentId, now: Timestamp) -> Option<&Consent> {
        self.consents.iter().find(|consent| consent.id == id && !consent.is_over(now))
    }

    /// Whether a customer went to the platform and has not come back.
    pub fn is_away(&self, now: Timestamp) -> bool {
        let mut going = self.consents.iter().filter(|consent| !consent.is_over(now));
        going.any(|consent| consent.stage == ConsentStage::Asked)
    }

    /// Moves a consent on; whether there is one.
    pub fn set_consent(&mut self, id: ConsentId, stage: ConsentStage) -> bool {
        let found = self.consents.iter_mut().find(|consent| consent.id == id);
        found.is_some_and(|consent| {
            consent.stage = stage;
            true
        })
    }

    /// Links with an organisation. `Err` says why not.
    pub fn join(
        &mut self,
        organisation: Organisation,
        access_ends_at: Timestamp,
        secrets: Sealed,
        (other, now): (Other, Timestamp),
    ) -> Result<Effects, String> {
        let mut effects = Effects {
            connection: Some(ConnectionStatus::Linked),
            trouble: TroubleChange::End,
            resume: true,
            ..Effects::default()
        };
        if let Some(before) = self.organisation.as_ref().filter(|one| one.id != organisation.id) {
            if other == Other::Refuse {
                return Err(format!(
                    "this connection belongs to {}, and {} was chosen: choose {} again, or ask for a new connection",
                    before.name, organisation.name, before.name
                ));
            }
            // Its feeds are in books that we are not in any more.
            effects.accounts = self.steps(AccountStep::Disconnected);
            (self.mappings, self.endings, self.books) = (Vec::new(), Vec::new(), None);
        }
        self.organisation = Some(organisation);
        self.access_ends_at = Some(access_ends_at);
        self.secrets = Some(secrets);
        self.books_wanted_at = Some(now);
        self.is_given_up = false;
        self.calm();
        Ok(effects)
    }

    /// New tokens are there.
    pub fn refreshed(&mut self, access_ends_at: Timestamp, secrets: Sealed) -> Effects {
        self.access_ends_at = Some(access_ends_at);
        self.secrets = Some(secrets);
        Effects::trouble_ends()
    }

    /// The platform does not let us in any more: no more calls until the customer lets us in again.
    pub fn shut_out(&mut self, why: &str, now: Timestamp) -> Effects {
        self.access_ends_at = None;
        self.books_wanted_at = None;
        self.calm();
        Effects {
            connection: Some(ConnectionStatus::Deauthorized),
            trouble: TroubleChange::of(TroubleKind::NotAuthorized, why, now),
            ..Effects::default()
        }
    }

    /// The platform failed: what can wait, waits, and the operator can see why.
    pub fn failed(
        &mut self,
        why: &str,
        not_before: Option<Timestamp>,
        (random, now): (u64, Timestamp),
    ) -> Effects {
        self.failures = self.failures.saturating_add(1);
        let wait = now.saturating_add(retry_delay(self.failures, random)).unwrap_or(now);
        self.pause_until = Some(not_before.map_or(wait, |at| at.max(wait)));
        Effects::trouble(why, now)
    }

    /// Waits without having failed: a limit is used up.
    pub fn pause(&mut self, until: Timestamp) {
        self.pause_until = Some(until);
    }

    /// The platform answered.
    pub fn calm(&mut self) {
        self.failures = 0;
        self.pause_until = None;
    }

    /// The clock by which things got due, or end, was set back. When things happened stays as it was told.
    pub fn move_back(&mut self, by: SignedDuration, now: Timestamp) {
        let connecting = self.mappings.iter_mut().filter_map(|mapping| match &mut mapping.stage {
            MappingStage::Connecting { due_at } => Some(due_at),
            MappingStage::Connected { .. } | MappingStage::Failed { .. } => None,
        });
        let endings = self.endings.iter_mut().map(|ending| &mut ending.due_at);
        let others = [&mut self.access_ends_at, &mut self.books_wanted_at, &mut self.pause_until];
        for at in connecting.chain(endings).chain(others.into_iter().flatten()) {
            *at = moved_back(*at, by, now);
        }
        // Books of tomorrow would be taken for new until the day after.
        if let Some(books) = &mut self.books {
            books.read_at = moved_back(books.read_at, by, now);
        }
    }

    /// Somebody waits for the books to be read again.
    pub fn want_books(&mut self, now: Timestamp) {
        self.books_wanted_at = Some(self.books_wanted_at.map_or(now, |at| at.min(now)));
    }

    /// The books were read.
    pub fn read(&mut self, books: Books) -> Effects {
        self.books = Some(books);
        self.books_wanted_at = None;
        self.calm();
        Effects::trouble_ends()
    }

    /// An account is to be fed from now on. One that is wished for again just as it is stays so.
    pub fn wish(
        &mut self,
        account: &SourceAccount,
        wish: Wish,
        (status, now): (ConnectionStatus, Timestamp),
    ) -> Result<Effects, WishRefused> {
        // Who just was shut out may still look linked to whoever read the connection before.
        let is_shut_out = status == ConnectionStatus::Linked && !self.is_authorized();
        let status = if is_shut_out { ConnectionStatus::Deauthorized } else { status };
        if status != ConnectionStatus::Linked {
            return Err(WishRefused::NotLinked(status.name()));
        }
        if let Some(own) = self.standing(account).filter(|own| !own.is_failed()) {
            let is_same = wish.target.is_none() || wish.target.as_deref() == own.target();
            if is_same {
                return Ok(Effects::default());
            }
            return Err(WishRefused::Mapped(own.target().unwrap_or("a new account").to_owned()));
        }
        if let Some(target) = &wish.target {
            let Some(books) = &self.books else { return Err(WishRefused::NoBooks) };
            let Some(found) = books.target(target) else {
                return Err(WishRefused::UnknownTarget(target.clone()));
            };
            if let Some(unfit) = self.unfit(account, found) {
                let (name, why) = (found.name.clone(), unfit.explain(account, found));
                return Err(WishRefused::Unfit { name, why });
            }
        }
        let own = self.mapping(&account.id);
        let attempt = own.map_or(0, |own| own.attempt);
        let stage = MappingStage::Connecting { due_at: now };
        self.unmap(&account.id, now);
        let account_made_at = Some(account.created_at);
        let mapping = Mapping { wish, wished_at: now, account_made_at, attempt, feed: None, stage };
        self.mappings.push(mapping);
        let step = (account.id.clone(), AccountStep::Connecting);
        Ok(Effects { accounts: vec![step], ..Effects::default() })
    }

    /// The platform has the feed, and is to be asked how far it is.
    pub fn feed_asked(&mut self, account: &AccountId, feed: &str, due_at: Timestamp) {
        if let Some(mapping) = self.mapping_mut(account) {
            mapping.feed = Some(feed.to_owned());
            mapping.stage = MappingStage::Connecting { due_at };
        }
        self.calm();
    }

    /// The platform answered about a feed that the wish which asked for it does not stand for any more: it is ended.
    pub fn feed_unwanted(&mut self, feed: &str, now: Timestamp) {
        let is_known = self.mappings.iter().any(|mapping| mapping.feed.as_deref() == Some(feed))
            || self.endings.iter().any(|ending| ending.feed == feed);
        if !is_known {
            self.endings.push(Ending { feed: feed.to_owned(), since: now, due_at: now });
        }
        self.calm();
    }

    /// A new try is about to be made; answers its number.
    pub fn next_attempt(&mut self, account: &AccountId) -> u32 {
        self.mapping_mut(account).map_or(0, |mapping| {
            mapping.attempt = mapping.attempt.saturating_add(1);
            mapping.attempt
        })
    }

    /// Lines flow.
    pub fn feed_connected(&mut self, account: &AccountId, target: &str, today: Date) -> Effects {
        self.calm();
        // The books have changed by it: a new account, or one that cannot be chosen any more.
        self.books_wanted_at = Some(Timestamp::MIN);
        let Some(mapping) = self.mapping_mut(account) else { return Effects::default() };
        mapping.stage = MappingStage::Connected { target: target.to_owned() };
        let step = AccountStep::Connected(mapping.wish.feed_start.unwrap_or(today));
        let trouble = TroubleChange::End;
        Effects { accounts: vec![(account.clone(), step)], trouble, ..Effects::default() }
    }

    /// The platform said no.
    pub fn feed_refused(&mut self, account: &AccountId, error: &str) -> Effects {
        self.calm();
        let Some(mapping) = self.mapping_mut(account) else { return Effects::default() };
        mapping.feed = None;
        mapping.stage = MappingStage::Failed { error: error.to_owned() };
        Effects { accounts: vec![(account.clone(), AccountStep::Failed)], ..Effects::default() }
    }

    /// The feed was ended on the platform's side.
    pub fn feed_gone(&mut self, account: &AccountId) -> Effects {
        self.mappings.retain(|mapping| mapping.wish.account != *account);
        let step = (account.clone(), AccountStep::Disconnected);
        Effects { accounts: vec![step], ..Effects::default() }
    }

    /// The platform is about to end a feed, which is waited for since then: it is looked at again later. Nothing is mapped
    /// meanwhile, or the feed that is leaving might be taken for the new one.
    pub fn feed_leaving(&mut self, feed: &str, since: Timestamp, due_at: Timestamp) {
        for ending in self.endings.iter_mut().filter(|ending| ending.feed == feed) {
            ending.since = since;
            ending.due_at = due_at;
        }
        self.calm();
    }

    /// A feed has ended.
    pub fn feed_ended(&mut self, feed: &str) {
        self.endings.retain(|ending| ending.feed != feed);
        if let Some(books) = &mut self.books {
            books.fed.retain(|fed| fed.feed != feed);
        }
        self.calm();
    }

    /// Looks at the connection and its accounts as they are now: what does not feed any more has its feed ended.
    pub fn look_around(
        &mut self,
        connection: Option<&Connection>,
        accounts: &[SourceAccount],
        now: Timestamp,
    ) {
        self.is_stirred = false;
        let is_given_up = connection.is_none_or(|one| one.status == ConnectionStatus::Unlinked);
        self.is_given_up = is_given_up;
        let is_fed = |mapping: &Mapping| {
            !is_given_up && accounts.iter().any(|account| mapping.stands_for(account))
        };
        let over = self.mappings.iter().filter(|mapping| !is_fed(mapping));
        let over: Vec<_> = over.map(|mapping| mapping.wish.account.clone()).collect();
        for account in over {
            self.unmap(&account, now);
        }
    }

    /// The organisation was left: what opened it is forgotten, and these secrets are left.
    pub fn left(&mut self, secrets: Sealed) {
        (self.access_ends_at, self.books_wanted_at) = (None, None);
        self.secrets = Some(secrets);
        self.calm();
    }

    fn unmap(&mut self, account: &AccountId, now: Timestamp) {
        let gone = self.mappings.extract_if(.., |mapping| mapping.wish.account == *account);
        let feeds = gone.filter_map(|mapping| mapping.feed);
        self.endings.extend(feeds.map(|feed| Ending { feed, since: now, due_at: now }));
    }

    fn mapping_mut(&mut self, account: &AccountId) -> Option<&mut Mapping> {
        self.mappings.iter_mut().find(|mapping| mapping.wish.account == *account)
    }

    fn steps(&self, step: AccountStep) -> Vec<(AccountId, AccountStep)> {
        self.mappings.iter().map(|mapping| (mapping.wish.account.clone(), step)).collect()
    }
}
