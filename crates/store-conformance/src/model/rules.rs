//! How the model takes pushes and settles them: the rules of the play's profile, in another hand than the judge's.

use super::book::{Book, BookLine, BookPush, BookWork};
use domain::connection::ConnectionStatus;
use domain::event::{Event, EventKind};
use domain::ids::LeaseToken;
use domain::line::Line;
use domain::push::{LineSpan, PushOperation, PushStatus, Settlement, Withdrawal};
use domain::source_account::{AccountPath, AccountStatus};
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use std::collections::{HashMap, HashSet};
use store::{LeaseRequest, PushIntake, Settled};

/// How far back a line of the play may lie.
pub(super) const HISTORY_DAYS: u32 = 30;

/// What the model expects of a push that has somewhere to go.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) status: PushStatus,
    pub(super) lines: LineSpan,
    pub(super) known_lines: u32,
    /// Where those of them stand whose push has not ended.
    pub(super) awaited: Vec<u64>,
}

fn date_at(now: Timestamp, hours: i64) -> Date {
    Offset::UTC.to_datetime(now + SignedDuration::from_hours(hours)).date()
}

impl Book {
    /// Takes a push; nothing when its account is not there.
    pub(super) fn accept(&mut self, intake: &PushIntake) -> Option<Judged> {
        let status = self.connection(&intake.account.connection)?.connection.status;
        let is_open = status == ConnectionStatus::Linked;
        let under_way = self.under_way(&intake.account)?;
        let account = self.account(&intake.account)?;
        let now = intake.requested_at;
        let (latest, oldest) = (date_at(now, 14), date_at(now, -12) - days(HISTORY_DAYS));
        let mut refused = !is_open || account.account.status != AccountStatus::Connected;
        let kept = (0_u64..).zip(&account.lines).filter(|(_, kept)| !kept.is_withdrawn);
        let before: HashMap<&str, (u64, &BookLine)> =
            kept.map(|(place, kept)| (kept.line.id.as_str(), (place, kept))).collect();
        let (mut new, mut known, mut ids) = (Vec::<Line>::new(), 0, HashSet::new());
        let mut awaited = Vec::new();
        for draft in &intake.draft.lines {
            let line = line_of(draft);
            refused |= !ids.insert(line.id.clone());
            let Some((place, kept)) = before.get(line.id.as_str()) else {
                refused |= line.date.date() > latest || line.date.date() < oldest;
                new.push(line);
                continue;
            };
            let is_same = kept.line.amount == line.amount && kept.line.kind == line.kind;
            let said = BookLine { line, ..(*kept).clone() };
            refused |= !is_same || said.moment() != kept.moment();
            known += 1;
            awaited.extend(under_way.iter().any(|span| span.contains(*place)).then_some(*place));
        }
        if refused {
            let lines = LineSpan::default();
            return Some(Judged {
                status: PushStatus::Failed,
                lines,
                known_lines: 0,
                awaited: Vec::new(),
            });
        }
        let count = u32::try_from(new.len()).unwrap();
        let lines = LineSpan { first: account.watermark(), count };
        account.account.balance =
            new.iter().rev().find_map(|line| line.balance).or(account.account.balance);
        let kept = |line| BookLine { line, accepted_at: now, is_withdrawn: false };
        account.lines.extend(new.into_iter().map(kept));
        Some(Judged { status: PushStatus::Pending, lines, known_lines: known, awaited })
    }

    /// The lines of an account's pushes that have not ended.
    fn under_way(&mut self, path: &AccountPath) -> Option<Vec<LineSpan>> {
        let number = self.account(path)?.number;
        let pushes = self.pushes.iter().filter(|push| push.account == number);
        Some(pushes.filter(|push| push.work.is_some()).map(|push| push.operation.lines).collect())
    }

    /// Keeps an operation as the store answered it.
    pub(super) fn keep(&mut self, intake: &PushIntake, operation: &PushOperation) {
        let number = self.account(&intake.account).unwrap().number;
        if operation.status == PushStatus::Failed {
            self.tell_end(operation, intake.requested_at);
        }
        let due_at = intake.requested_at;
        let work = BookWork { due_at, attempt: 0, lease: None };
        let work = (operation.status == PushStatus::Pending).then_some(work);
        self.pushes.push(BookPush { account: number, operation: operation.clone(), work });
    }

    /// Leases: of each account the oldest push that pends, if it is due and free; the longest due first.
    pub(super) fn lease(&mut self, request: &LeaseRequest) -> Vec<(PushOperation, u32)> {
        let mut accounts = Vec::new();
        let mut due = Vec::new();
        for (index, push) in self.pushes.iter().enumerate() {
            let Some(work) = &push.work else { continue };
            if accounts.contains(&push.account) {
                continue;
            }
            accounts.push(push.account);
            let is_free = work.lease.is_none_or(|(_, until)| until <= request.now);
            if work.due_at <= request.now && is_free {
                due.push((work.due_at, index));
            }
        }
        due.sort_unstable();
        due.truncate(usize::try_from(request.count).unwrap());
        let mut lease = |(_, index): &(Timestamp, usize)| {
            let push = &mut self.pushes[*index];
            let work = push.work.as_mut().unwrap();
            work.attempt += 1;
            work.lease = Some((request.token, request.now + request.length));
            (push.operation.clone(), work.attempt)
        };
        due.iter().map(&mut lease).collect()
    }

    /// Ends or delays the push of `leased`, if `token` still holds it.
    pub(super) fn settle(
        &mut self,
        (leased, token): (&PushOperation, LeaseToken),
        settlement: &Settlement,
        now: Timestamp,
    ) -> Settled {
        let held = self.pushes.iter_mut().find(|push| {
            let lease = push.work.as_ref().and_then(|work| work.lease);
            push.operation.key == leased.key && lease.is_some_and(|(holder, _)| holder == token)
        });
        let Some(push) = held else { return Settled::LeaseLost };
        // Of an account that feeds nothing any more nothing is waited for.
        let account = self.accounts.iter().find(|found| found.number == push.account);
        let feeds = account.is_some_and(|one| one.account.status != AccountStatus::Disconnected);
        let due = |at: Timestamp| if feeds { at } else { at.min(now) };
        match settlement {
            Settlement::Again(at) => {
                let work = push.work.as_mut().unwrap();
                (work.due_at, work.lease) = (due(*at), None);
            }
            Settlement::Waiting(at) => {
                let work = push.work.as_mut().unwrap();
                (work.due_at, work.lease, work.attempt) = (due(*at), None, 0);
            }
            Settlement::Finished(ending) => {
                push.work = None;
                push.operation = push.operation.clone().ended(ending.clone(), now);
                let (account, operation) = (push.account, push.operation.clone());
                self.take_back(account, &operation, ending.withdrawal);
                self.tell_end(&operation, now);
            }
            Settlement::TimedOut(_) | Settlement::Resolved(_) => panic!("{settlement:?}"),
        }
        Settled::Written
    }

    /// Frees a push that `token` holds.
    pub(super) fn release(&mut self, leased: &PushOperation, token: LeaseToken) {
        let found = self.pushes.iter_mut().find(|push| push.operation.key == leased.key);
        let Some(work) = found.and_then(|push| push.work.as_mut()) else { return };
        work.lease = work.lease.filter(|(holder, _)| *holder != token);
    }

    fn take_back(&mut self, number: usize, operation: &PushOperation, withdrawal: Withdrawal) {
        let account = self.accounts.iter_mut().find(|account| account.number == number);
        let Some(account) = account else { return };
        let first = operation.lines.first;
        let is_shown = account.fetches.iter().any(|fetch| fetch.watermark > first);
        let end = usize::try_from(operation.lines.end()).unwrap();
        let has_newer = account.lines.iter().skip(end).any(|line| !line.is_withdrawn);
        match withdrawal {
            Withdrawal::Lines(lines) => account.withdraw(lines),
            Withdrawal::Unshown if !is_shown && !has_newer => account.withdraw(operation.lines),
            Withdrawal::Unshown | Withdrawal::Nothing => {}
        }
    }

    fn tell_end(&mut self, operation: &PushOperation, at: Timestamp) {
        let kind = if operation.status == PushStatus::Success {
            EventKind::WriteSuccessful
        } else {
            EventKind::WriteUnsuccessful
        };
        let event = Event::of_company(operation.path.client, operation.path.company, kind, at);
        let event = event.on(operation.path.connection).for_account(operation.account.clone());
        self.news.push(event.for_push(operation.key));
    }
}

fn days(count: u32) -> jiff::Span {
    jiff::Span::new().days(i64::from(count))
}

fn line_of(draft: &domain::push::DraftLine) -> Line {
    Line {
        id: draft.id.clone().unwrap(),
        date: draft.date.unwrap(),
        amount: draft.amount.unwrap(),
        balance: draft.balance,
        description: draft.description.clone(),
        counterparty: draft.counterparty.clone(),
        reference: draft.reference.clone(),
        reconciled: Some(draft.reconciled.unwrap_or(false)),
        kind: draft.kind,
    }
}
