//! What somebody has typed into an account's form, kept as it came until it is understood.

use crate::form::Posted;
use domain::clock::{days_before, earliest_date, latest_date, utc_date};
use domain::link::{TargetAccount, Unfit};
use domain::platform::{History, Platform};
use jiff::Timestamp;
use jiff::civil::Date;

/// The form's fields.
pub(super) const TARGET: &str = "target";
/// See [`TARGET`].
pub(super) const START: &str = "start";
/// Stands for an account that is to be opened.
pub(super) const NEW: &str = "new";
/// Before the platform's id of an account that is there.
const EXISTING: &str = "account:";
/// More than any id or date; what is longer is nobody's typing.
const CHARS_MAX: usize = 400;

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where to; nothing when nothing was chosen.
    pub(super) target: Option<String>,
    /// From which day on.
    pub(super) start: String,
}

/// The same, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The platform's id of an account; nothing: one is opened.
    pub(super) target: Option<String>,
    /// The first day.
    pub(super) start: Date,
}

/// The days that an account may start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Days {
    /// The platform's limit, if it has one.
    pub(super) first: Option<Date>,
    /// Today, wherever it is latest.
    pub(super) last: Date,
    /// What is proposed.
    pub(super) usual: Date,
}

/// What is wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing was chosen.
    NothingChosen,
    /// The books do not have it, or no more.
    UnknownTarget,
    /// It cannot be chosen.
    Unfit(TargetAccount, Unfit),
    /// It can be chosen no more, and nobody can say why.
    Refused,
    /// No day.
    NoDay,
    /// A day that lines cannot start from.
    DayOutside,
    /// Somebody else has connected the account meanwhile.
    Taken,
}

/// Where a fault is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// Where to.
    Target,
    /// From when.
    Start,
    /// The account as a whole.
    Card,
}

impl Fault {
    /// Where it is shown.
    pub(super) const fn field(&self) -> Field {
        match self {
            Self::NothingChosen | Self::UnknownTarget | Self::Unfit(..) | Self::Refused => {
                Field::Target
            }
            Self::NoDay | Self::DayOutside => Field::Start,
            Self::Taken => Field::Card,
        }
    }
}

impl Days {
    /// Of a platform, as its lines are judged.
    pub(super) fn of(platform: &Platform, now: Timestamp) -> Self {
        let first = match platform.profile.history {
            History::Unlimited => None,
            History::Days(days) => Some(days_before(earliest_date(now), days)),
        };
        Self { first, last: latest_date(now), usual: utc_date(now) }
    }

    fn has(&self, day: Date) -> bool {
        self.first.is_none_or(|first| day >= first) && day <= self.last
    }
}

impl Entry {
    /// What a form has sent.
    pub(super) fn read(posted: &Posted) -> Self {
        let field = |name| {
            let text = posted.get(name).map(str::trim).unwrap_or_default();
            text.chars().take(CHARS_MAX).collect::<String>()
        };
        Self { target: Some(field(TARGET)).filter(|text| !text.is_empty()), start: field(START) }
    }

    /// The value that stands for an account that is there.
    pub(super) fn existing(id: &str) -> String {
        format!("{EXISTING}{id}")
    }

    /// What it means, or all that is wrong with it.
    pub(super) fn understand(&self, days: &Days) -> Result<Wanted, Vec<Fault>> {
        let target = match self.target.as_deref() {
            None => Err(Fault::NothingChosen),
            Some(NEW) => Ok(None),
            Some(text) => match text.strip_prefix(EXISTING) {
                Some(id) => Ok(Some(id.to_owned())),
                None => Err(Fault::UnknownTarget),
            },
        };
        let start = self.start.parse::<Date>().map_err(|_no_date| Fault::NoDay);
        let start = start.and_then(|day| days.has(day).then_some(day).ok_or(Fault::DayOutside));
        match (target, start) {
            (Ok(target), Ok(start)) => Ok(Wanted { target, start }),
            (target, start) => Err(target.err().into_iter().chain(start.err()).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::platform::{QUICKBOOKS, SAGE, XERO};
    use testkit::NOON;

    fn understood(target: &str, start: &str) -> Result<(Option<String>, String), Vec<Fault>> {
        let target = Some(target.to_owned()).filter(|text| !text.is_empty());
        let entry = Entry { target, start: start.to_owned() };
        let wanted = entry.understand(&Days::of(&XERO, NOON));
        wanted.map(|wanted| (wanted.target, wanted.start.to_string()))
    }

    #[test]
    fn what_was_typed_is_understood_or_all_of_it_is_faulted() {
        let day = "2024-02-29".to_owned();
        assert_eq!(understood("new", &day), Ok((None, day.clone())));
        assert_eq!(understood("account:new", &day), Ok((Some("new".to_owned()), day)));
        for (target, start, faults) in [
            ("", "", vec![Fault::NothingChosen, Fault::NoDay]),
            ("7", "2024-02-29", vec![Fault::UnknownTarget]),
            ("new", "29.02.2024", vec![Fault::NoDay]),
            ("new", "2023-02-27", vec![Fault::DayOutside]),
            ("new", "2024-03-02", vec![Fault::DayOutside]),
            ("new", "9999-12-31", vec![Fault::DayOutside]),
        ] {
            assert_eq!(understood(target, start), Err(faults), "{target} {start}");
        }
    }

    #[test]
    fn the_days_are_the_platforms() {
        let days = |platform| Days::of(platform, NOON);
        assert_eq!(days(&XERO).first.unwrap().to_string(), "2023-03-01");
        assert_eq!(
            (days(&SAGE).first, days(&XERO).usual.to_string().as_str()),
            (None, "2024-02-29")
        );
        assert!(days(&QUICKBOOKS).has(days(&QUICKBOOKS).last));
    }
}
