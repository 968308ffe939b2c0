//! Which account of the books is proposed for which source account, and why. No two are proposed the same.

use super::number::last_four;
use domain::link::TargetAccount;
use domain::source_account::SourceAccount;

/// Why an account of the books is proposed: the stronger reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Because {
    /// Its number ends alike.
    LastFour,
    /// It has the same name.
    Name,
    /// No other fits.
    OnlyOne,
}

impl Because {
    const ALL: [Self; 3] = [Self::LastFour, Self::Name, Self::OnlyOne];

    /// The key of the words for it.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::LastFour => "mapping-suggested-number",
            Self::Name => "mapping-suggested-name",
            Self::OnlyOne => "mapping-suggested-only",
        }
    }

    fn holds(self, seeker: &Seeker<'_>, target: &TargetAccount) -> bool {
        let details = &seeker.account.details;
        match self {
            Self::LastFour => {
                let ours = details.number.as_deref().and_then(last_four);
                ours.is_some() && ours == target.number.as_deref().and_then(last_four)
            }
            Self::Name => {
                let plain = |name: &str| name.trim().to_lowercase();
                details.name.as_deref().is_some_and(|name| plain(name) == plain(&target.name))
            }
            Self::OnlyOne => seeker.fits.len() == 1,
        }
    }
}

/// A proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Suggestion<'a> {
    /// Which.
    pub(super) target: &'a TargetAccount,
    /// Why.
    pub(super) because: Because,
}

/// An account that is to be connected, and what fits it.
#[derive(Clone, Debug)]
pub(super) struct Seeker<'a> {
    /// The account.
    pub(super) account: &'a SourceAccount,
    /// What can be chosen for it.
    pub(super) fits: Vec<&'a TargetAccount>,
    /// What the platform has refused for it: that is not proposed again.
    pub(super) refused: Option<&'a str>,
}

/// A proposal for each seeker, in their order. Whoever has the better reason goes first.
pub(super) fn suggest<'a>(seekers: &[Seeker<'a>]) -> Vec<Option<Suggestion<'a>>> {
    let mut all: Vec<Option<Suggestion<'a>>> = vec![None; seekers.len()];
    let mut taken: Vec<&str> = Vec::new();
    for because in Because::ALL {
        for (seeker, own) in seekers.iter().zip(&mut all).filter(|(_, own)| own.is_none()) {
            let is_free = |id: &str| {
                !taken.contains(&id) && seeker.refused.is_none_or(|refused| refused != id)
            };
            let mut free = seeker.fits.iter().filter(|one| is_free(&one.id));
            if let Some(target) = free.find(|target| because.holds(seeker, target)) {
                taken.push(&target.id);
                *own = Some(Suggestion { target, because });
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::tests::{a_source, a_target};
    use super::*;

    fn suggested(
        sources: &[(&str, &str)],
        targets: &[(&str, &str)],
    ) -> Vec<Option<(String, Because)>> {
        let account = |(name, number): &(&str, &str)| a_source(name, name, number);
        let accounts: Vec<_> = sources.iter().map(account).collect();
        let target = |(name, number): &(&str, &str)| a_target(name, name, number);
        let targets: Vec<_> = targets.iter().map(target).collect();
        let seeker = |account| Seeker { account, fits: targets.iter().collect(), refused: None };
        let seekers: Vec<_> = accounts.iter().map(seeker).collect();
        let found = suggest(&seekers).into_iter();
        found.map(|found| found.map(|found| (found.target.id.clone(), found.because))).collect()
    }

    #[test]
    fn the_same_end_of_a_number_goes_before_the_same_name() {
        let targets = [("Current", "99991111"), ("Other", "12-34 4243")];
        assert_eq!(
            suggested(&[("Current", "GB00 4243")], &targets),
            [Some(("Other".to_owned(), Because::LastFour))]
        );
        assert_eq!(
            suggested(&[("CURRENT ", "5")], &targets),
            [Some(("Current".to_owned(), Because::Name))]
        );
        assert_eq!(suggested(&[("Savings", "5")], &targets), [None]);
        assert_eq!(
            suggested(&[("Savings", "5")], &targets[..1]),
            [Some(("Current".to_owned(), Because::OnlyOne))]
        );
    }

    #[test]
    fn no_two_are_proposed_the_same_and_the_better_reason_wins() {
        let targets = [("Current", "00004243")];
        let both = [("Current", "1"), ("Savings", "4243")];
        assert_eq!(
            suggested(&both, &targets),
            [None, Some(("Current".to_owned(), Because::LastFour))]
        );
        let alike = [("Savings", "1"), ("Card", "2")];
        assert_eq!(
            suggested(&alike, &targets),
            [Some(("Current".to_owned(), Because::OnlyOne)), None]
        );
        assert_eq!(suggested(&alike, &[]), [None, None]);
    }

    #[test]
    fn what_was_refused_is_not_proposed_again() {
        let account = a_source("a", "Current", "4243");
        let targets = [a_target("t1", "Other", "4243"), a_target("t2", "Current", "1")];
        let proposed = |targets: &[TargetAccount]| {
            let fits = targets.iter().collect();
            let found = suggest(&[Seeker { account: &account, fits, refused: Some("t1") }]);
            found[0].map(|found| found.because)
        };
        assert_eq!(proposed(&targets), Some(Because::Name));
        assert_eq!(proposed(&targets[..1]), None);
    }
}
