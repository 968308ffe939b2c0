//! The model: everything that one client has, in vectors. How it changes is in `rules` and `deeds`.

use domain::connection::Connection;
use domain::event::{Event, EventKind};
use domain::fetch::Fetch;
use domain::ids::{ClientId, CompanyId, ConnectionPath, LeaseToken};
use domain::line::{KeptLine, Line};
use domain::push::{LineSpan, PushOperation};
use domain::source_account::{AccountPath, SourceAccount};
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};

/// What one client has.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) connections: Vec<BookConnection>,
    pub(super) accounts: Vec<BookAccount>,
    /// Oldest first.
    pub(super) pushes: Vec<BookPush>,
    /// What the client has not read yet.
    pub(super) news: Vec<Event>,
    /// Accounts that were ever made.
    pub(super) accounts_made: usize,
}

#[derive(Debug)]
pub(super) struct BookConnection {
    pub(super) connection: Connection,
    pub(super) credentials: usize,
}

#[derive(Debug)]
pub(super) struct BookAccount {
    /// Tells it from one that had its path before.
    pub(super) number: usize,
    pub(super) path: AccountPath,
    pub(super) account: SourceAccount,
    /// In the order of their arrival.
    pub(super) lines: Vec<BookLine>,
    pub(super) fetches: Vec<Fetch>,
}

#[derive(Clone, Debug)]
pub(super) struct BookLine {
    pub(super) line: Line,
    pub(super) accepted_at: Timestamp,
    pub(super) is_withdrawn: bool,
}

#[derive(Debug)]
pub(super) struct BookPush {
    pub(super) account: usize,
    pub(super) operation: PushOperation,
    /// Nothing when it has ended.
    pub(super) work: Option<BookWork>,
}

#[derive(Debug)]
pub(super) struct BookWork {
    pub(super) due_at: Timestamp,
    pub(super) attempt: u32,
    pub(super) lease: Option<(LeaseToken, Timestamp)>,
}

impl BookLine {
    /// Where it stands in a list by date.
    pub(super) fn moment(&self) -> DateTime {
        let date = self.line.date;
        date.date().to_datetime(date.time().unwrap_or(Time::midnight()))
    }
}

impl BookAccount {
    /// The lines that count, with their positions, in the order of their arrival.
    pub(super) fn kept(&self) -> Vec<KeptLine> {
        let placed = (0..).zip(&self.lines).filter(|(_, line)| !line.is_withdrawn);
        placed.map(|(position, kept)| kept.at(position)).collect()
    }

    /// The same in the order of a list.
    pub(super) fn listed(&self) -> Vec<KeptLine> {
        let mut placed: Vec<(u64, &BookLine)> = (0..).zip(&self.lines).collect();
        placed.retain(|(_, line)| !line.is_withdrawn);
        placed.sort_by_key(|(position, line)| (line.moment(), *position));
        placed.into_iter().map(|(position, kept)| kept.at(position)).collect()
    }

    pub(super) fn watermark(&self) -> u64 {
        u64::try_from(self.lines.len()).unwrap()
    }

    pub(super) fn withdraw(&mut self, span: LineSpan) {
        for (position, line) in (0..).zip(&mut self.lines) {
            line.is_withdrawn |= span.contains(position);
        }
    }
}

impl BookLine {
    fn at(&self, position: u64) -> KeptLine {
        KeptLine { position, accepted_at: self.accepted_at, line: self.line.clone() }
    }
}

impl Book {
    pub(super) fn account(&mut self, path: &AccountPath) -> Option<&mut BookAccount> {
        self.accounts.iter_mut().find(|found| found.path == *path)
    }

    pub(super) fn connection(&mut self, path: &ConnectionPath) -> Option<&mut BookConnection> {
        self.connections.iter_mut().find(|found| found.connection.path() == *path)
    }

    pub(super) fn add_connection(&mut self, connection: Connection) {
        self.tell(&connection.path(), EventKind::ConnectionCreated, connection.created_at);
        self.connections.push(BookConnection { connection, credentials: 0 });
    }

    pub(super) fn add_account(&mut self, path: AccountPath, account: SourceAccount) {
        self.accounts_made += 1;
        let (number, lines, fetches) = (self.accounts_made, Vec::new(), Vec::new());
        self.accounts.push(BookAccount { number, path, account, lines, fetches });
    }

    pub(super) fn delete_connection(&mut self, path: &ConnectionPath, now: Timestamp) {
        self.hasten(|account| account.connection == *path, now);
        self.connections.retain(|found| found.connection.path() != *path);
        self.accounts.retain(|found| found.path.connection != *path);
        self.tell(path, EventKind::ConnectionDeleted, now);
    }

    pub(super) fn delete_company(&mut self, client: ClientId, company: CompanyId, now: Timestamp) {
        self.connections.retain(|found| found.connection.company != company);
        self.accounts.retain(|found| found.path.connection.company != company);
        self.pushes.retain(|push| push.operation.path.company != company);
        self.news.push(Event::of_company(client, company, EventKind::CompanyDeleted, now));
    }

    /// An event about a connection.
    pub(super) fn tell(&mut self, path: &ConnectionPath, kind: EventKind, at: Timestamp) {
        let event = Event::of_company(path.client, path.company, kind, at);
        self.news.push(event.on(path.connection));
    }

    /// An event about an account.
    pub(super) fn tell_of(&mut self, path: &AccountPath, kind: EventKind, at: Timestamp) {
        let AccountPath { connection, account } = path;
        let event = Event::of_company(connection.client, connection.company, kind, at);
        self.news.push(event.on(connection.connection).for_account(account.clone()));
    }
}
