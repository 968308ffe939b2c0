//! How each source account stands, decided from what is kept: every reload tells the truth.

use super::suggest::{Seeker, Suggestion, suggest};
use domain::link::{Books, Link, Mapping, MappingStage, TargetAccount, Unfit};
use domain::source_account::{AccountStatus, SourceAccount};
use jiff::Timestamp;

/// One source account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Card<'a> {
    /// The account.
    pub(super) account: &'a SourceAccount,
    /// How it stands.
    pub(super) stage: Stage<'a>,
}

/// How an account stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage<'a> {
    /// It leads nowhere, and can be connected.
    Open {
        /// Since when and why.
        standing: Standing<'a>,
        /// Where it may lead.
        choice: Choice<'a>,
    },
    /// The platform is setting it up.
    Connecting,
    /// Its transactions are sent.
    Connected {
        /// Where to, if the books tell.
        target: Option<&'a TargetAccount>,
        /// Since when, if that is known.
        since: Option<Timestamp>,
    },
}

/// Why an account leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing<'a> {
    /// Nobody has connected it yet.
    Fresh,
    /// The platform said no, in these words.
    Failed(&'a str),
    /// It was connected.
    Ended,
}

/// Where an account may lead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice<'a> {
    /// What can be chosen.
    pub(super) fits: Vec<&'a TargetAccount>,
    /// What is proposed.
    pub(super) suggestion: Option<Suggestion<'a>>,
    /// What cannot be chosen, and why.
    pub(super) misfits: Vec<(&'a TargetAccount, Unfit)>,
}

/// A card for each account, in their order.
pub(super) fn lay_out<'a>(
    link: &'a Link,
    books: &'a Books,
    accounts: &'a [SourceAccount],
) -> Vec<Card<'a>> {
    let mut cards: Vec<_> = accounts
        .iter()
        .map(|account| Card { account, stage: Stage::of(link, books, account) })
        .collect();
    let seekers: Vec<_> = cards.iter().filter_map(|card| card.seeker(link)).collect();
    let mut suggestions = suggest(&seekers).into_iter();
    for card in &mut cards {
        if let Stage::Open { choice, .. } = &mut card.stage {
            choice.suggestion = suggestions.next().flatten();
        }
    }
    cards
}

impl<'a> Card<'a> {
    fn seeker(&self, link: &'a Link) -> Option<Seeker<'a>> {
        let Stage::Open { choice, .. } = &self.stage else { return None };
        let (account, fits) = (self.account, choice.fits.clone());
        let failed = link.standing(account).filter(|own| own.is_failed());
        Some(Seeker { account, fits, refused: failed.and_then(Mapping::target) })
    }
}

impl<'a> Stage<'a> {
    fn of(link: &'a Link, books: &'a Books, account: &'a SourceAccount) -> Self {
        let mapping = link.standing(account);
        let standing = match (account.status, mapping.map(|mapping| &mapping.stage)) {
            (AccountStatus::Connected, _) => {
                let target = mapping.and_then(|mapping| books.target(mapping.target()?));
                return Self::Connected { target, since: mapping.map(|mapping| mapping.wished_at) };
            }
            (AccountStatus::Connecting, _) => return Self::Connecting,
            (AccountStatus::Disconnected, _) => Standing::Ended,
            (AccountStatus::Pending, Some(MappingStage::Failed { error })) => {
                Standing::Failed(error)
            }
            (AccountStatus::Pending, _) => Standing::Fresh,
        };
        let mut choice = Choice::default();
        for target in &books.targets {
            match link.unfit(account, target) {
                None => choice.fits.push(target),
                Some(why) => choice.misfits.push((target, why)),
            }
        }
        Self::Open { standing, choice }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Fate, NOON, Sample};
    use super::super::suggest::Because;
    use super::super::tests::{a_source, a_target};
    use super::*;
    use domain::link::{FedTarget, TargetKind};
    use domain::money::CurrencyCode;

    #[test]
    fn each_account_stands_as_it_is_kept() {
        let targets = [a_target("t1", "Current", "1111"), a_target("t2", "Other", "2")];
        let mut sample = Sample::of(&targets);
        for (id, fate) in [
            ("fresh", Fate::Open),
            ("failed", Fate::Refused { target: Some("t1"), words: "no such bank" }),
            ("asked", Fate::Asked(Some("t1"))),
            ("fed", Fate::Fed("t2")),
            ("ended", Fate::Ended),
        ] {
            sample = sample.with(a_source(id, id, "7"), fate).unwrap();
        }
        let books = sample.link.books.clone().unwrap();
        let cards = lay_out(&sample.link, &books, &sample.accounts);
        let standings: Vec<_> = cards
            .iter()
            .map(|card| match &card.stage {
                Stage::Open { standing, choice } => {
                    let why: Vec<_> = choice.misfits.iter().map(|(_, why)| *why).collect();
                    assert_eq!((choice.fits.len(), why), (0, vec![Unfit::Fed; 2]));
                    Some(*standing)
                }
                Stage::Connecting | Stage::Connected { .. } => None,
            })
            .collect();
        let failed = Standing::Failed("no such bank");
        let (fresh, ended) = (Some(Standing::Fresh), Some(Standing::Ended));
        assert_eq!(standings, [fresh, Some(failed), None, None, ended]);
        assert_eq!(cards[2].stage, Stage::Connecting);
        let target = books.target("t2");
        assert_eq!(cards[3].stage, Stage::Connected { target, since: Some(NOON) });
    }

    #[test]
    fn what_does_not_fit_is_told_apart_and_never_proposed() {
        let dollars = CurrencyCode::parse("USD").unwrap();
        let card = TargetKind::CreditCard;
        let targets = [
            TargetAccount { currency: dollars, ..a_target("t1", "Dollars", "4243") },
            TargetAccount { kind: card, ..a_target("t2", "Card", "4243") },
            a_target("t3", "Fed", "4243"),
            a_target("t4", "Right", "9999"),
        ];
        let mut link = Sample::of(&targets).link;
        if let Some(books) = &mut link.books {
            books.fed =
                vec![FedTarget { target: "t3".to_owned(), feed: "f".to_owned(), token: None }];
        }
        let accounts = [a_source("a", "Current", "4243")];
        let books = link.books.clone().unwrap();
        let cards = lay_out(&link, &books, &accounts);
        let Stage::Open { choice, .. } = &cards[0].stage else { panic!("{cards:?}") };
        let why: Vec<_> = choice.misfits.iter().map(|(target, why)| (&*target.id, *why)).collect();
        assert_eq!(why, [("t1", Unfit::Currency), ("t2", Unfit::Kind), ("t3", Unfit::Fed)]);
        let target = books.target("t4").unwrap();
        assert_eq!(choice.fits, [target]);
        assert_eq!(choice.suggestion, Some(Suggestion { target, because: Because::OnlyOne }));
    }
}
