//! The judge: whether a push may be kept, line by line. Pure, so a store can call it inside its transaction.

use super::{Awaited, DraftLine, PushDraft, Remark};
use crate::clock::{days_before, earliest_date, latest_date};
use crate::connection::ConnectionStatus;
use crate::line::{Identity, KeptLine, Line, LineKind, Text};
use crate::money::Amount;
use crate::platform::{History, Need, Profile, Strictness};
use crate::source_account::AccountStatus;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;

/// The account as it stands, read under the same lock as the verdict is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Of its connection.
    pub connection: ConnectionStatus,
    /// Of the account.
    pub account: AccountStatus,
    /// The first day that the target wants.
    pub feed_start: Option<Date>,
    /// The date of the newest line kept.
    pub newest: Option<Date>,
}

/// A line that the account has already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// What it stands for.
    pub identity: Identity,
    /// Where it stands, if the push that brought it is still under way.
    pub awaited_at: Option<u64>,
}

impl Known {
    /// A line as it is kept. `under_way_from` is where the oldest push begins that is still under way, if there is one:
    /// pushes end in their order, so all lines from there on came with such.
    pub fn of(kept: &KeptLine, under_way_from: Option<u64>) -> Self {
        let is_awaited = under_way_from.is_some_and(|first| kept.position >= first);
        let awaited_at = is_awaited.then_some(kept.position);
        Self { identity: kept.line.identity(), awaited_at }
    }
}

/// The judge's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Keep these lines.
    Accepted(Accepted),
    /// Keep none.
    Refused(Refused),
}

/// A push that may be kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// The lines that are new.
    pub lines: Vec<Line>,
    /// How many were known already.
    pub known: u32,
    /// Those of them whose own push is still under way.
    pub awaited: Vec<Awaited>,
    /// The account's new balance, if a new line tells one.
    pub balance: Option<Amount>,
    /// What looked odd.
    pub warnings: Vec<Remark>,
    /// Whether these are all lines of the push, each as [`DraftLine::lent`] has it.
    pub is_as_sent: bool,
}

/// A push of which nothing is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refused {
    /// Why, all of it.
    pub errors: Vec<Remark>,
    /// What looked odd besides.
    pub warnings: Vec<Remark>,
}

/// Judges `draft`. `known` holds those of its ids that the account has already.
pub fn judge<S: BuildHasher>(
    profile: &Profile,
    standing: &Standing,
    known: &HashMap<Text, Known, S>,
    draft: PushDraft,
    now: Timestamp,
) -> Verdict {
    let mut bench = Bench::new(profile, standing, now);
    bench.judge_standing();
    let repeated = repeated_ids(&draft);
    let lines = Vec::with_capacity(draft.lines.len());
    let mut accepted = Accepted { lines, is_as_sent: true, ..Accepted::default() };
    for (index, line) in draft.lines.into_iter().enumerate() {
        bench.index = index;
        bench.judge_presence(&line);
        bench.judge_order(&line);
        if repeated.contains(&index) {
            let id = line.id.unwrap_or_default();
            bench.error("id", format!("the id {id:?} stands twice in this push: give each transaction an id of its own"));
            continue;
        }
        let kind = bench.kind(&line);
        accepted.is_as_sent &= kind == line.kind;
        let Some(new) = line.completed(kind) else { continue };
        let id = &new.id;
        match known.get(id) {
            Some(kept) if kept.identity.agrees(&new.identity()) => {
                accepted.known = accepted.known.saturating_add(1);
                accepted.is_as_sent = false;
                if let Some(position) = kept.awaited_at {
                    Awaited::add(&mut accepted.awaited, index, position);
                }
                bench.warn("id", format!("the transaction {id:?} is known already and was skipped"));
            }
            Some(_) => bench.error("id", format!("the id {id:?} is known with another date, amount or type: a transaction that differs needs an id of its own")),
            None => {
                bench.judge_new(&new);
                accepted.balance = new.balance.or(accepted.balance);
                accepted.lines.push(new);
            }
        }
    }
    bench.verdict(accepted)
}

/// Where an id stands that stood before in the same push.
fn repeated_ids(draft: &PushDraft) -> HashSet<usize> {
    let mut ids = HashSet::with_capacity(draft.lines.len());
    let given = draft.lines.iter().map(|line| line.id.as_deref().unwrap_or_default());
    let given = given.enumerate().filter(|(_, id)| !id.is_empty());
    given.filter(|(_, id)| !ids.insert(*id)).map(|(index, _)| index).collect()
}

/// Where one push is judged.
struct Bench<'a> {
    profile: &'a Profile,
    standing: &'a Standing,
    latest: Date,
    oldest: Option<Date>,
    previous: Option<crate::dates::LineDate>,
    index: usize,
    errors: Vec<Remark>,
    warnings: Vec<Remark>,
}

impl<'a> Bench<'a> {
    fn new(profile: &'a Profile, standing: &'a Standing, now: Timestamp) -> Self {
        let oldest = match profile.history {
            History::Unlimited => None,
            History::Days(days) => Some(days_before(earliest_date(now), days)),
        };
        Self {
            profile,
            standing,
            latest: latest_date(now),
            oldest,
            previous: None,
            index: 0,
            errors: Vec::new(),
            warnings: Vec::new(),
        }
    }

    fn judge_standing(&mut self) {
        if self.standing.connection != ConnectionStatus::Linked {
            let status = self.standing.connection.name();
            let message = format!(
                "the connection is {status}, not Linked: the customer has to link the accounting software first"
            );
            self.errors.push(Remark { path: "dataConnectionKey".to_owned(), message });
        }
        if self.standing.account != AccountStatus::Connected {
            let status = self.standing.account.name();
            let message = format!(
                "the account is {status}, not connected: the customer has to choose it in the accounting software first"
            );
            self.errors.push(Remark { path: "accountId".to_owned(), message });
        }
    }

    fn judge_presence(&mut self, line: &DraftLine) {
        let given =
            |text: &Option<Text>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
        for (field, need, given) in [
            ("id", Need::Required, given(&line.id)),
            ("date", Need::Required, line.date.is_some()),
            ("amount", Need::Required, line.amount.is_some()),
            ("description", self.profile.description, given(&line.description)),
            ("balance", self.profile.balance, line.balance.is_some()),
        ] {
            match need {
                Need::Required if !given => self.error(field, format!("{field} is missing")),
                Need::Advised if !given => {
                    self.warn(field, format!("{field} is missing: the platform would show it"));
                }
                Need::Required | Need::Advised | Need::Optional => {}
            }
        }
    }

    fn judge_order(&mut self, line: &DraftLine) {
        let Some(date) = line.date else { return };
        let previous = self.previous.replace(date).filter(|previous| date.is_before(previous));
        if let Some(previous) = previous.filter(|_| self.profile.ordered) {
            self.error(
                "date",
                format!(
                    "{date} is before {previous} of the transaction above it: send the oldest first"
                ),
            );
        }
    }

    /// The type as it will be kept, with its warnings.
    fn kind(&mut self, line: &DraftLine) -> Option<LineKind> {
        let kind = line.kind?;
        let contradiction = line.amount.filter(|amount| {
            (kind == LineKind::Debit && amount.is_positive())
                || (kind == LineKind::Credit && amount.is_negative())
        });
        if let Some(amount) = contradiction {
            self.warn("amount", format!("{amount} does not go with the type {}: money in is positive, money out negative; the sign decides", kind.name()));
        }
        if self.profile.kinds.has(kind) {
            return Some(kind);
        }
        let message =
            format!("the platform does not know the type {}: it is kept as Unknown", kind.name());
        self.warn("transactionType", message);
        Some(LineKind::Unknown)
    }

    /// The rules that only a line which is new must keep: one sent again may have grown old meanwhile.
    fn judge_new(&mut self, line: &Line) {
        let date = line.date.date();
        if date > self.latest {
            self.error(
                "date",
                format!("{date} is in the future: send a transaction when it has cleared"),
            );
        }
        if let Some(oldest) = self.oldest.filter(|oldest| date < *oldest) {
            self.error(
                "date",
                format!("{date} is too old: the platform takes nothing from before {oldest}"),
            );
        }
        let newest = self.standing.newest.filter(|newest| date < *newest);
        if let Some(newest) = newest.filter(|_| self.profile.not_before_newest) {
            self.error(
                "date",
                format!("{date} is older than {newest}, the newest transaction of the account: the platform takes nothing that is older than what it has"),
            );
        }
        if let Some(start) = self.standing.feed_start.filter(|start| date < *start) {
            let message = format!("{date} is before {start}, the feed's first day");
            match self.profile.before_feed_start {
                Strictness::Ignore => {}
                Strictness::Warn => self.warn("date", message),
                Strictness::Refuse => self.error("date", message),
            }
        }
    }

    fn verdict(self, accepted: Accepted) -> Verdict {
        if self.errors.is_empty() {
            return Verdict::Accepted(Accepted { warnings: self.warnings, ..accepted });
        }
        Verdict::Refused(Refused { errors: self.errors, warnings: self.warnings })
    }

    fn error(&mut self, field: &str, message: String) {
        let path = self.path(field);
        self.errors.push(Remark { path, message });
    }

    fn warn(&mut self, field: &str, message: String) {
        let path = self.path(field);
        self.warnings.push(Remark { path, message });
    }

    fn path(&self, field: &str) -> String {
        format!("transactions[{}].{field}", self.index)
    }
}
