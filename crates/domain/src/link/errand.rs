//! What is to be done at the platform, and when.

use super::{ConsentStage, Link, MappingStage};
use crate::ids::ConsentId;
use crate::source_account::AccountId;
use jiff::{SignedDuration, Timestamp};

/// The books are read again after so long, which also notices an organisation that was disconnected and keeps refresh
/// tokens from ageing.
pub const BOOKS_LIFE: SignedDuration = SignedDuration::from_hours(24);

/// One thing to do at the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Look at the connection and its accounts, which were changed.
    LookAround,
    /// Make tokens of a code.
    Redeem(ConsentId),
    /// Link with the organisation that was chosen.
    Join(ConsentId),
    /// End a feed.
    EndFeed(String),
    /// Ask for a feed, or how far it is.
    Connect(AccountId),
    /// Leave the organisation: nothing is fed there any more.
    Leave,
    /// Read the books.
    ReadBooks,
}

impl Link {
    /// What is to be done first of what is due, or nothing.
    pub fn next_errand(&self, now: Timestamp) -> Option<Errand> {
        let due = self.errands().into_iter().filter(|(at, _)| *at <= now);
        // The first of those that are due alike: they are listed by importance.
        due.map(|(_, errand)| errand).next()
    }

    /// When something is to be done; nothing while there is nothing to do.
    pub fn due_at(&self) -> Option<Timestamp> {
        self.errands().into_iter().map(|(at, _)| at).min()
    }

    fn errands(&self) -> Vec<(Timestamp, Errand)> {
        let mut errands = Vec::new();
        if self.is_stirred {
            errands.push((Timestamp::MIN, Errand::LookAround));
        }
        for consent in &self.consents {
            match &consent.stage {
                ConsentStage::Came => errands.push((Timestamp::MIN, Errand::Redeem(consent.id))),
                ConsentStage::Chosen(_) => errands.push((Timestamp::MIN, Errand::Join(consent.id))),
                ConsentStage::Asked
                | ConsentStage::Choose(_)
                | ConsentStage::Done
                | ConsentStage::Failed(_) => {}
            }
        }
        if !self.is_authorized() {
            return errands;
        }
        let pause = self.pause_until.unwrap_or(Timestamp::MIN);
        for ending in &self.endings {
            errands.push((ending.due_at.max(pause), Errand::EndFeed(ending.feed.clone())));
        }
        let waiting = self.mappings.iter().filter(|_| self.endings.is_empty());
        for mapping in waiting {
            if let MappingStage::Connecting { due_at } = mapping.stage {
                let account = mapping.wish.account.clone();
                errands.push((due_at.max(pause), Errand::Connect(account)));
            }
        }
        if self.is_given_up {
            if self.endings.is_empty() {
                errands.push((pause, Errand::Leave));
            }
            return errands;
        }
        let aged = self.books.as_ref().map_or(Timestamp::MIN, |books| {
            books.read_at.saturating_add(BOOKS_LIFE).unwrap_or(Timestamp::MAX)
        });
        let wanted = self.books_wanted_at.map_or(aged, |at| at.min(aged));
        errands.push((wanted.max(pause), Errand::ReadBooks));
        errands
    }
}
