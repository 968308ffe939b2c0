//! A world played at random on a store and on the model at once. After each step both must say the same.

use super::book::Book;
use super::dice::Dice;
use super::rules::HISTORY_DAYS;
use crate::world::lenient;
use domain::company::Company;
use domain::connection::Connection;
use domain::dates::LineDate;
use domain::event::{Event, EventKind};
use domain::ids::ClientId;
use domain::line::Line;
use domain::platform::{History, Profile, Profiles, QUICKBOOKS};
use domain::push::PushDraft;
use domain::source_account::{AccountPath, AccountStatus, SourceAccount};
use domain::work::Lease;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp, ToSpan};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use store::{AccountKept, Answer, OnExisting, Store};
use testkit::{
    NOON, a_client, a_company, a_connection, a_draft_of, a_line, amount, an_account,
    an_account_path,
};

/// What kind of world it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mix {
    pub(super) seed: u64,
    pub(super) steps: u32,
    /// Each with two connections.
    pub(super) companies: u32,
    /// On each connection.
    pub(super) accounts: u32,
    /// Lines of a push at most.
    pub(super) lines_max: u64,
    /// Of a hundred steps so many end feeds or delete things.
    pub(super) upheavals: u64,
}

/// A play at some step.
#[derive(Debug)]
pub(super) struct Play {
    pub(super) store: Arc<dyn Store>,
    pub(super) client: ClientId,
    pub(super) companies: Vec<Company>,
    pub(super) book: Book,
    pub(super) dice: Dice,
    pub(super) now: Timestamp,
    pub(super) mix: Mix,
    pub(super) turn: Turn,
    /// Leases that somebody thinks to have.
    pub(super) held: Vec<Lease>,
    pub(super) profiles: Arc<Profiles>,
    /// The newest event read.
    pub(super) seen: u64,
    /// Where there was an account once.
    gone: Vec<AccountPath>,
    sent: Vec<PushDraft>,
    lines: HashMap<String, Line>,
}

/// Where a play is, for whoever has to play it again.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    seed: u64,
    pub(super) step: u32,
    deed: String,
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}, step {}, {}", self.seed, self.step, self.deed)
    }
}

impl Turn {
    /// Says what is being done now.
    pub(super) fn doing(&mut self, deed: impl Into<String>) {
        self.deed = deed.into();
    }

    /// What the store answered; it has no reason to fail.
    pub(super) fn answered<T>(&self, answer: Answer<T>) -> T {
        answer.unwrap_or_else(|error| panic!("{self}: {error}"))
    }
}

impl Play {
    /// The world at its beginning.
    pub(super) async fn begin(store: Arc<dyn Store>, mix: Mix) -> Self {
        let client = a_client();
        let turn = Turn { seed: mix.seed, step: 0, deed: "begin".to_owned() };
        turn.answered(store.create_client(&client).await);
        let history = History::Days(HISTORY_DAYS);
        let profile = Profile { history, ..lenient().of(&QUICKBOOKS) };
        let mut play = Self {
            store,
            client: client.id,
            companies: Vec::new(),
            book: Book::default(),
            dice: Dice::new(mix.seed),
            now: NOON,
            mix,
            turn,
            held: Vec::new(),
            profiles: Arc::new(Profiles::standard().with(&QUICKBOOKS, profile)),
            seen: 0,
            gone: Vec::new(),
            sent: Vec::new(),
            lines: HashMap::new(),
        };
        for _ in 0..mix.companies {
            play.found_company().await;
        }
        play
    }

    /// Time goes on, mostly by minutes; of pushes no two have one instant, because their order in a list is then open.
    pub(super) fn pass_time(&mut self) {
        let seconds = if self.dice.often(3) { 86_400 } else { 1 + self.dice.below(400) };
        self.now += SignedDuration::from_secs(i64::try_from(seconds).unwrap());
    }

    /// Makes a company with two connections and their accounts.
    pub(super) async fn found_company(&mut self) {
        let company = Company { created_at: self.now, ..a_company(self.client) };
        self.turn.answered(self.store.create_company(&company).await);
        let created = EventKind::CompanyCreated;
        self.book.news.push(Event::of_company(self.client, company.id, created, self.now));
        self.companies.push(company.clone());
        for _ in 0..2 {
            self.connect(&company).await;
        }
    }

    /// Makes a connection of a company with its accounts.
    pub(super) async fn connect(&mut self, company: &Company) {
        let connection = Connection { created_at: self.now, ..a_connection(company) };
        assert!(
            self.turn.answered(self.store.create_connection(&connection).await),
            "{}",
            self.turn
        );
        self.book.add_connection(connection.clone());
        for name in (0..self.mix.accounts).map(|n| format!("account-{n}")) {
            let account = an_account(&connection, &name);
            self.add_account(an_account_path(&connection, &name), account).await;
        }
    }

    /// Makes an account whose path is free.
    pub(super) async fn add_account(&mut self, path: AccountPath, account: SourceAccount) {
        let (on, accounts) = (&path.connection, std::slice::from_ref(&account));
        let kept = self.store.create_source_accounts(on, accounts, OnExisting::Refuse).await;
        let expected = vec![AccountKept::Kept(account.clone())];
        assert_eq!(self.turn.answered(kept), Some(expected), "{}", self.turn);
        self.book.add_account(path, account);
    }

    /// An account, now and then one that is gone.
    pub(super) fn some_path(&self) -> AccountPath {
        if self.book.accounts.is_empty() || (!self.gone.is_empty() && self.dice.often(3)) {
            return self.dice.one_of(&self.gone).clone();
        }
        self.dice.one_of(&self.book.accounts).path.clone()
    }

    /// Where accounts were.
    pub(super) fn gone_paths(&self) -> Vec<AccountPath> {
        self.gone.clone()
    }

    /// Remembers where an account was.
    pub(super) fn note_gone(&mut self, path: AccountPath) {
        self.gone.push(path);
    }

    /// An account as it is made again: one that must be opened, or one that is open.
    pub(super) fn account_anew(&self, path: &AccountPath) -> Option<SourceAccount> {
        let on = path.connection;
        let mut all = self.book.connections.iter();
        let found = all.find(|found| found.connection.path() == on)?;
        let is_taken = self.book.accounts.iter().any(|account| account.path == *path);
        let status =
            if self.dice.often(50) { AccountStatus::Pending } else { AccountStatus::Connected };
        let account = an_account(&found.connection, path.account.as_str());
        (!is_taken).then_some(SourceAccount { status, modified_at: self.now, ..account })
    }

    /// A draft: lines that are new, lines sent before, and now and then what must be refused.
    pub(super) fn draft(&mut self) -> PushDraft {
        if !self.sent.is_empty() && self.dice.often(15) {
            return self.dice.one_of(&self.sent).clone();
        }
        let mut lines: Vec<Line> = Vec::new();
        for _ in 0..=self.dice.below(self.mix.lines_max) {
            let line = self.line();
            if lines.iter().all(|other| other.id != line.id) {
                lines.push(line);
            }
        }
        if self.dice.often(60) {
            lines.sort_by_key(|line| line.date.date());
        }
        self.spoil(&mut lines);
        let draft = a_draft_of(lines);
        self.sent.push(draft.clone());
        draft
    }

    /// Makes a few drafts such that they must be refused, or almost.
    fn spoil(&self, lines: &mut Vec<Line>) {
        let (days, at) =
            (self.dice.below(34), self.dice.count(u64::try_from(lines.len()).unwrap()));
        match self.dice.below(100) {
            0..3 => lines.push(lines[at].clone()),
            3..6 => lines[at].amount = amount("0.01"),
            6..9 => lines[at].date = self.day(days),
            9..12 => lines[at].description = Some("\u{0}another text".into()),
            _ => {}
        }
    }

    /// A line: mostly a new one, often one of those before, word for word.
    fn line(&mut self) -> Line {
        let made = u64::try_from(self.lines.len()).unwrap();
        if made > 0 && self.dice.often(25) {
            return self.lines[&format!("line-{}", self.dice.below(made))].clone();
        }
        let id = format!("line-{made}");
        let cents = self.dice.below(2_000);
        let sign = if self.dice.often(50) { "-" } else { "" };
        let value = format!("{sign}{}.{:02}", cents / 100, cents % 100);
        let mut line = a_line(&id, "2024-02-01", &value);
        let days = self.dice.below(20);
        line.date = if self.dice.often(30) { self.moment(days) } else { self.day(days) };
        line.balance = self.dice.often(50).then(|| amount(&value));
        self.lines.insert(id, line.clone());
        line
    }

    /// A day so many before tomorrow.
    fn day(&self, days: u64) -> LineDate {
        let tomorrow = Offset::UTC.to_datetime(self.now).date() + 1.days();
        let day = tomorrow - i64::try_from(days).unwrap().days();
        LineDate::parse(&day.to_string()).unwrap()
    }

    /// A moment of such a day.
    fn moment(&self, days: u64) -> LineDate {
        let (day, hour) = (self.day(days).date(), self.dice.below(24));
        LineDate::parse(&format!("{day}T{hour:02}:30:00Z")).unwrap()
    }
}
