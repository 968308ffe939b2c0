//! The signed-on customer and the accounts of their connection, read once for a file.

use domain::credential::Credential;
use domain::source_account::{AccountKind, AccountPath, FeedDoor, SourceAccount};
use ofx::{AccountFrom, StatusCode};
use tokio::sync::OnceCell;

use super::NoAnswer;
use crate::exchange::Visit;

/// Who signed on.
#[derive(Debug)]
pub(super) struct Customer<'a> {
    /// The visit in which it happened.
    pub(super) visit: &'a Visit<'a>,
    /// With what.
    pub(super) credential: &'a Credential,
    accounts: OnceCell<Vec<SourceAccount>>,
}

impl<'a> Customer<'a> {
    /// Nothing is read yet.
    pub(super) fn new(visit: &'a Visit<'a>, credential: &'a Credential) -> Self {
        Self { visit, credential, accounts: OnceCell::new() }
    }

    /// The accounts of the connection; none when it is gone.
    pub(super) async fn accounts(&self) -> Result<&[SourceAccount], NoAnswer> {
        let read = || async {
            let listed = self.visit.state.store.list_source_accounts(&self.credential.path).await?;
            Ok::<_, NoAnswer>(listed.unwrap_or_default())
        };
        Ok(self.accounts.get_or_try_init(read).await?)
    }

    /// The account that a client means. Only its number counts, and whether it is a card: people type anything else.
    pub(super) async fn find_account(
        &self,
        asked: &AccountFrom,
    ) -> Result<SourceAccount, NoAnswer> {
        let number = asked.acct_id().trim();
        let is_card = matches!(asked, AccountFrom::Card { .. });
        let is_meant = |account: &&SourceAccount| {
            account.public_number.eq_ignore_ascii_case(number)
                && (AccountKind::of(&account.details) == AccountKind::Card) == is_card
        };
        let found = self.accounts().await?.iter().find(is_meant);
        Ok(found.cloned().ok_or(StatusCode::AccountNotFound)?)
    }

    /// Whether an account's lines may be fetched with these credentials.
    pub(super) fn may_fetch(&self, account: &SourceAccount) -> bool {
        account.feed_door(self.credential.created_at) != FeedDoor::Closed
    }

    /// The account with all that it belongs to.
    pub(super) fn path_of(&self, account: &SourceAccount) -> AccountPath {
        AccountPath { connection: self.credential.path, account: account.id.clone() }
    }
}
