//! Verbs about source accounts.

use crate::Answer;
use async_trait::async_trait;
use domain::ids::ConnectionPath;
use domain::source_account::{AccountChange, AccountPath, ChangeRefused, SourceAccount};
use jiff::Timestamp;

/// What to do about an account whose id is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnExisting {
    /// Leave it, and say so.
    Refuse,
    /// Take over what the caller says of it, by [`SourceAccount::retold`]; its status, its first day and its public
    /// number stay.
    Update,
}

/// What became of one new account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "an answer lives for one call; a box would be one more allocation"
)]
pub enum AccountKept {
    /// It is there, new or updated, as shown.
    Kept(SourceAccount),
    /// The id is taken; nothing was written for it.
    Exists,
}

/// What became of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "an answer lives for one call; a box would be one more allocation"
)]
pub enum AccountChanged {
    /// It is as shown now.
    Changed(SourceAccount),
    /// Not allowed; nothing was written.
    Refused(ChangeRefused),
    /// There is no such account.
    Unknown,
}

/// Verbs about source accounts.
#[async_trait]
pub trait SourceAccounts: Send + Sync {
    /// Keeps accounts, each with an answer of its own, in their order; nothing when there is no such connection. An id
    /// that stands twice counts as taken the second time.
    async fn create_source_accounts(
        &self,
        path: &ConnectionPath,
        accounts: &[SourceAccount],
        on_existing: OnExisting,
    ) -> Answer<Option<Vec<AccountKept>>>;

    /// One account.
    async fn find_source_account(&self, path: &AccountPath) -> Answer<Option<SourceAccount>>;

    /// A connection's accounts in the order they were made; nothing when there is no such connection.
    async fn list_source_accounts(
        &self,
        path: &ConnectionPath,
    ) -> Answer<Option<Vec<SourceAccount>>>;

    /// Changes an account by [`SourceAccount::changed`]. One that is disconnected by it gets its event; when none of
    /// the connection's accounts is connected any more, a linked connection becomes `Unlinked`.
    async fn change_source_account(
        &self,
        path: &AccountPath,
        change: AccountChange,
        now: Timestamp,
    ) -> Answer<AccountChanged>;

    /// Deletes an account with its lines; pushes that pend end as `Failed` when the worker meets them. Whether there
    /// was one.
    async fn delete_source_account(&self, path: &AccountPath, now: Timestamp) -> Answer<bool>;
}
