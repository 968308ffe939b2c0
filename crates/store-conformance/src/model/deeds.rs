//! What customers and operators do to the model's accounts and connections.

use super::book::Book;
use domain::connection::ConnectionStatus;
use domain::event::EventKind;
use domain::ids::ConnectionPath;
use domain::source_account::{AccountPath, AccountStatus};
use jiff::Timestamp;
use store::StatementOpening;

/// What an opening comes to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opened {
    Open,
    Closed,
    Unknown,
}

impl Book {
    /// The first statement connects what may be connected.
    pub(super) fn open(&mut self, opening: &StatementOpening) -> Opened {
        let path = &opening.account;
        let Some(found) = self.account(path) else { return Opened::Unknown };
        let account = &mut found.account;
        let is_closed = account.status == AccountStatus::Disconnected
            && account.disconnected_at.is_some_and(|at| opening.credentials_made_at <= at);
        if is_closed {
            return Opened::Closed;
        }
        if account.status == AccountStatus::Connected {
            return Opened::Open;
        }
        account.status = AccountStatus::Connected;
        account.feed_start = Some(opening.feed_start);
        account.disconnected_at = None;
        self.tell_of(path, EventKind::AccountConnected, opening.now);
        let connection = &mut self.connection(&path.connection).unwrap().connection;
        let kind = match connection.status {
            ConnectionStatus::Linked => return Opened::Open,
            ConnectionStatus::PendingAuth => EventKind::ConnectionConnected,
            ConnectionStatus::Unlinked | ConnectionStatus::Deauthorized => {
                EventKind::ConnectionReconnected
            }
        };
        connection.status = ConnectionStatus::Linked;
        self.tell(&path.connection, kind, opening.now);
        Opened::Open
    }

    /// Disconnects one account; with the last goes the connection.
    pub(super) fn disconnect(&mut self, path: &AccountPath, now: Timestamp) {
        let Some(found) = self.account(path) else { return };
        found.account.modified_at = now;
        if found.account.status == AccountStatus::Disconnected {
            return;
        }
        found.account.status = AccountStatus::Disconnected;
        found.account.disconnected_at = Some(now);
        self.hasten(|account| account == path, now);
        self.tell_of(path, EventKind::AccountDisconnected, now);
        let mut beside =
            self.accounts.iter().filter(|other| other.path.connection == path.connection);
        if !beside.any(|other| other.account.status == AccountStatus::Connected) {
            self.unlink(&path.connection, now);
        }
    }

    /// Takes every credential of a connection away, and with them its feeds. Answers how many there were.
    pub(super) fn revoke(&mut self, path: &ConnectionPath, now: Timestamp) -> Option<usize> {
        let connection = self.connection(path)?;
        let count = std::mem::take(&mut connection.credentials);
        let mut ended = Vec::new();
        for found in self.accounts.iter_mut().filter(|found| found.path.connection == *path) {
            if found.account.status == AccountStatus::Connected {
                found.account.status = AccountStatus::Disconnected;
                found.account.disconnected_at = Some(now);
                ended.push(found.path.clone());
            }
        }
        self.hasten(|account| account.connection == *path, now);
        for account in ended {
            self.tell_of(&account, EventKind::AccountDisconnected, now);
        }
        self.unlink(path, now);
        Some(count)
    }

    /// These accounts' work has nothing left to wait for.
    pub(super) fn hasten(&mut self, which: impl Fn(&AccountPath) -> bool, now: Timestamp) {
        let hastened = self.accounts.iter().filter(|found| which(&found.path));
        let hastened: Vec<_> = hastened.map(|found| found.number).collect();
        for push in self.pushes.iter_mut().filter(|push| hastened.contains(&push.account)) {
            push.work.iter_mut().for_each(|work| work.due_at = work.due_at.min(now));
        }
    }

    fn unlink(&mut self, path: &ConnectionPath, now: Timestamp) {
        let connection = &mut self.connection(path).unwrap().connection;
        if connection.status == ConnectionStatus::Linked {
            connection.status = ConnectionStatus::Unlinked;
            self.tell(path, EventKind::ConnectionDisconnected, now);
        }
    }
}
