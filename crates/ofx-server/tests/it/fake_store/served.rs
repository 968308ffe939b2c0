//! The verbs that this door uses.

use async_trait::async_trait;
use domain::connection::{Connection, ConnectionStatus};
use domain::credential::{Credential, SignOnGuard};
use domain::fetch::Fetch;
use domain::ids::{ConnectionPath, CredentialId};
use domain::line::KeptLine;
use domain::page::{ListRequest, Page};
use domain::push::LineSpan;
use domain::source_account::{AccountChange, AccountPath, AccountStatus, FeedDoor, SourceAccount};
use jiff::Timestamp;
use store::{
    AccountChanged, AccountKept, Answer, Credentials, Fetches, Lines, OnExisting, SignOn,
    SourceAccounts, StatementLines, StatementOpened, StatementOpening, Window,
};

use super::refused::refused;
use super::{Books, FakeStore};

impl Books {
    fn account(&mut self, path: &AccountPath) -> Option<&mut SourceAccount> {
        let is_there = self.connection.path() == path.connection;
        self.accounts.iter_mut().find(|account| is_there && account.id == path.account)
    }

    pub(super) fn link(&mut self) -> Connection {
        if self.connection.status != ConnectionStatus::Linked {
            self.connection.status = ConnectionStatus::Linked;
            self.links += 1;
        }
        self.connection.clone()
    }
}

#[async_trait]
impl Credentials for FakeStore {
    async fn create_credential(&self, _credential: &Credential) -> Answer<bool> {
        refused()
    }

    async fn find_credential(&self, username: &str) -> Answer<Option<Credential>> {
        let books = self.books_for("find_credential")?;
        Ok(books.credentials.iter().find(|one| one.username == username).cloned())
    }

    async fn find_newest_credential(&self, _path: &ConnectionPath) -> Answer<Option<Credential>> {
        refused()
    }

    async fn record_sign_on(
        &self,
        credential: CredentialId,
        sign_on: SignOn,
        now: Timestamp,
    ) -> Answer<SignOnGuard> {
        let mut books = self.books_for("record_sign_on")?;
        books.sign_ons.push(sign_on);
        let kept = books.credentials.iter_mut().find(|one| one.id == credential).unwrap();
        kept.guard = match sign_on {
            SignOn::Right => kept.guard.after_success(now),
            SignOn::Wrong => kept.guard.after_failure(now),
        };
        Ok(kept.guard)
    }

    async fn revoke_credentials(
        &self,
        _path: &ConnectionPath,
        _now: Timestamp,
    ) -> Answer<Option<usize>> {
        refused()
    }
}

#[async_trait]
impl SourceAccounts for FakeStore {
    async fn create_source_accounts(
        &self,
        _path: &ConnectionPath,
        _accounts: &[SourceAccount],
        _on_existing: OnExisting,
    ) -> Answer<Option<Vec<AccountKept>>> {
        refused()
    }

    async fn find_source_account(&self, _path: &AccountPath) -> Answer<Option<SourceAccount>> {
        refused()
    }

    async fn list_source_accounts(
        &self,
        path: &ConnectionPath,
    ) -> Answer<Option<Vec<SourceAccount>>> {
        let mut books = self.books_for("list_source_accounts")?;
        books.listings += 1;
        Ok((books.connection.path() == *path).then(|| books.accounts.clone()))
    }

    async fn change_source_account(
        &self,
        _path: &AccountPath,
        _change: AccountChange,
        _now: Timestamp,
    ) -> Answer<AccountChanged> {
        refused()
    }

    async fn delete_source_account(&self, _path: &AccountPath, _now: Timestamp) -> Answer<bool> {
        refused()
    }
}

#[async_trait]
impl Lines for FakeStore {
    async fn list_lines(
        &self,
        _path: &AccountPath,
        _request: &ListRequest,
    ) -> Answer<Option<Page<KeptLine>>> {
        refused()
    }

    async fn statement_lines(
        &self,
        path: &AccountPath,
        window: Window,
    ) -> Answer<Option<StatementLines>> {
        let mut books = self.books_for("statement_lines")?;
        let Some(account) = books.account(path).cloned() else { return Ok(None) };
        let of_account = books.lines.iter().filter(|(id, _)| *id == path.account);
        let all: Vec<_> = of_account.map(|(_, line)| line.clone()).collect();
        let date = |line: &KeptLine| line.line.date.date();
        let is_served = |line: &&KeptLine| {
            date(line) >= window.from && window.to.is_none_or(|to| date(line) <= to)
        };
        Ok(Some(StatementLines {
            account,
            lines: all.iter().filter(is_served).cloned().collect(),
            watermark: u64::try_from(all.len()).unwrap(),
            newest: all.iter().map(date).max(),
        }))
    }

    async fn lines_at(&self, path: &AccountPath, span: LineSpan) -> Answer<Vec<KeptLine>> {
        let books = self.books_for("lines_at")?;
        let of_account = books.lines.iter().filter(|(id, _)| *id == path.account);
        let lines = of_account.map(|(_, line)| line.clone());
        Ok(lines.filter(|line| span.contains(line.position)).collect())
    }
}

#[async_trait]
impl Fetches for FakeStore {
    async fn open_statement(&self, opening: &StatementOpening) -> Answer<StatementOpened> {
        let mut books = self.books_for("open_statement")?;
        let Some(account) = books.account(&opening.account) else {
            return Ok(StatementOpened::Unknown);
        };
        match account.feed_door(opening.credentials_made_at) {
            FeedDoor::Closed => return Ok(StatementOpened::Closed),
            FeedDoor::Open => {}
            FeedDoor::Opens => {
                account.status = AccountStatus::Connected;
                account.feed_start = Some(opening.feed_start);
            }
        }
        let account = account.clone();
        Ok(StatementOpened::Open(Box::new((account, books.link()))))
    }

    async fn record_fetches(&self, path: &ConnectionPath, fetches: &[Fetch]) -> Answer<()> {
        let mut books = self.books_for("record_fetches")?;
        assert_eq!(books.connection.path(), *path);
        books.fetches.extend_from_slice(fetches);
        Ok(())
    }

    async fn list_fetches(
        &self,
        path: &AccountPath,
        since: Timestamp,
        count: u32,
    ) -> Answer<Vec<Fetch>> {
        let books = self.books_for("list_fetches")?;
        let of_account = books.fetches.iter().rev().filter(|fetch| fetch.account == *path);
        let recent = of_account.filter(|fetch| fetch.at >= since);
        Ok(recent.take(usize::try_from(count).unwrap()).cloned().collect())
    }
}
