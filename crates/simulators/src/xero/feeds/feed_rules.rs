//! Whether an organisation takes a feed connection.

use super::feed::{Feed, Stage};
use super::feed_body::Draft;
use crate::xero::ids::Id;
use crate::xero::problem::{Kind, Problem};
use crate::xero::world::World;
use jiff::Timestamp;

impl World {
    /// The feed connection that would come of `draft`, or why none does.
    pub(super) fn judge_feed(
        &mut self,
        tenant: Id,
        draft: Draft,
        due: Option<Timestamp>,
    ) -> Result<Feed, Problem> {
        let organisation = self.organisation(tenant).ok_or(Kind::InvalidOrganisation)?;
        if !organisation.takes_feeds {
            return Err(Kind::InvalidOrganisation.into());
        }
        if !organisation.user_connects_feeds {
            return Err(Kind::InvalidUserRole.into());
        }
        if draft.country.as_ref().is_some_and(|country| *country != organisation.country) {
            return Err(Kind::InvalidCountry.into());
        }
        if !organisation.currencies.contains(&draft.currency) {
            return Err(Kind::InvalidCurrency.into());
        }
        self.check_token(tenant, &draft.token)?;
        let mut feed = Feed {
            id: Id::NIL,
            tenant,
            token: draft.token,
            number: draft.number,
            name: draft.name,
            kind: draft.kind,
            currency: draft.currency,
            country: draft.country,
            account: None,
            stage: Stage::Pending { due, verdict: None },
        };
        feed.account = self.account_for(&feed, draft.account)?;
        self.check_account(&feed)?;
        feed.id = self.ids.id();
        Ok(feed)
    }

    fn check_token(&self, tenant: Id, token: &str) -> Result<(), Problem> {
        let holder = self.feeds.iter().find(|feed| feed.is_live() && feed.token == token);
        match holder {
            None => Ok(()),
            Some(feed) if feed.tenant == tenant => Err(Kind::ConnectedHere.into()),
            Some(_) => Err(Kind::AlreadyConnectedThere.into()),
        }
    }

    /// The bank account that is named, or the one that fits, or none: one is opened later.
    fn account_for(&self, feed: &Feed, named: Option<Id>) -> Result<Option<Id>, Problem> {
        let organisation = self.organisation(feed.tenant).ok_or(Kind::InvalidOrganisation)?;
        let Some(named) = named else {
            let known = organisation.match_account(&feed.bank_side());
            if known.is_none() && feed.name.is_none() {
                let what = "is missing, and there is no account of this number to connect";
                return Err(Problem::field("AccountName", what));
            }
            return Ok(known.map(|account| account.id));
        };
        let account = organisation.account(named).filter(|account| account.is_active);
        let bank = account.and_then(|account| account.bank.as_ref());
        let fits = |kind, currency: &str| kind == feed.kind && currency == feed.currency;
        match bank {
            Some(bank) if fits(bank.kind, &bank.currency) => Ok(Some(named)),
            Some(_) | None => Err(Kind::AccountNotValid.into()),
        }
    }

    /// A bank account has one feed, ours or another app's.
    fn check_account(&self, feed: &Feed) -> Result<(), Problem> {
        let is_same = |other: &Feed| match (feed.account, other.account) {
            (Some(account), Some(taken)) => account == taken,
            // Two that wait for the same new account.
            (None, None) => feed.number == other.number && feed.kind == other.kind,
            (Some(_), None) | (None, Some(_)) => false,
        };
        let organisation = self.organisation(feed.tenant);
        let account = feed.account.and_then(|id| organisation?.account(id));
        let is_fed_elsewhere = account.is_some_and(|account| account.is_fed_elsewhere);
        let mut live = self.feeds.iter().filter(|other| other.is_live());
        if is_fed_elsewhere || live.any(|other| other.tenant == feed.tenant && is_same(other)) {
            return Err(Kind::ConnectedHere.into());
        }
        Ok(())
    }

    /// Asks a feed to go, or says why it cannot.
    pub(super) fn remove_feed(
        &mut self,
        tenant: Id,
        id: Option<Id>,
        due: Timestamp,
    ) -> Result<Id, Problem> {
        let mut feeds = self.feeds.iter_mut();
        let feed = feeds.find(|feed| Some(feed.id) == id && feed.is_live());
        let feed = feed.ok_or(Kind::FeedNotFound)?;
        if feed.tenant != tenant {
            return Err(Kind::ConnectedThere.into());
        }
        if !matches!(feed.stage, Stage::Leaving { .. }) {
            feed.stage = Stage::Leaving { due };
        }
        Ok(feed.id)
    }
}
