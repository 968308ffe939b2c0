//! What a platform can be asked for. It can do what it answers an accessor for, so no table of abilities can lie.

use crate::access::{Access, Code, Consent, Secret, Tokens};
use crate::error::PlatformError;
use crate::feed::{Feed, FeedDraft};
use crate::statement::{Cut, LinesToCut, Receipt, Statement, StatementStage};
use async_trait::async_trait;
use domain::link::{Company, Organisation, TargetAccount};
use std::fmt;

/// One platform.
pub trait Platform: Send + Sync + fmt::Debug {
    /// Its key, as callers name it: one of [`domain::platform::KNOWN`].
    fn key(&self) -> &'static str;

    /// Lets users give and take back access.
    fn authorization(&self) -> Option<&dyn Authorizes> {
        None
    }

    /// Knows for which organisations access was given.
    fn organisations(&self) -> Option<&dyn ListsOrganisations> {
        None
    }

    /// Shows the accounts that lines can go to.
    fn accounts(&self) -> Option<&dyn ListsAccounts> {
        None
    }

    /// Has feeds that are made before lines are sent.
    fn feeds(&self) -> Option<&dyn ConnectsFeeds> {
        None
    }

    /// Takes lines in statements.
    fn statements(&self) -> Option<&dyn TakesStatements> {
        None
    }
}

/// Gives tokens for a user's consent. Every call here may be repeated after it failed.
#[async_trait]
pub trait Authorizes: Send + Sync {
    /// Where the user's browser is sent.
    fn consent_url(&self, consent: &Consent) -> String;

    /// Tokens for a code.
    async fn redeem(&self, consent: &Consent, code: &Code) -> Result<Tokens, PlatformError>;

    /// New tokens. Calls for one connection must not overlap: each uses its token up.
    async fn refresh(&self, refresh: &Secret) -> Result<Tokens, PlatformError>;

    /// Takes back everything that the user gave.
    async fn revoke(&self, refresh: &Secret) -> Result<(), PlatformError>;
}

/// Knows for which organisations access was given.
#[async_trait]
pub trait ListsOrganisations: Send + Sync {
    /// Those that this token opens. One that is missing was disconnected by its user.
    async fn list_organisations(&self, token: &Secret) -> Result<Vec<Organisation>, PlatformError>;

    /// What is known of one.
    async fn describe(&self, access: Access<'_>) -> Result<Company, PlatformError>;

    /// Ends a connection, by [`Organisation::connection`]; one that has ended is fine.
    async fn disconnect(&self, token: &Secret, connection: &str) -> Result<(), PlatformError>;
}

/// Shows the accounts that lines can go to.
#[async_trait]
pub trait ListsAccounts: Send + Sync {
    /// The active ones, bank accounts and cards.
    async fn list_accounts(&self, access: Access<'_>) -> Result<Vec<TargetAccount>, PlatformError>;
}

/// Has feeds that are made before lines are sent. `attempt` names an attempt: the same one again soon after cannot do it
/// twice, and must not stand for anything else.
#[async_trait]
pub trait ConnectsFeeds: Send + Sync {
    /// Asks for a feed; one of the same token that is there already is the answer.
    async fn create_feed(
        &self,
        access: Access<'_>,
        draft: &FeedDraft,
        attempt: &str,
    ) -> Result<Feed, PlatformError>;

    /// A feed by its id.
    async fn find_feed(&self, access: Access<'_>, id: &str) -> Result<Option<Feed>, PlatformError>;

    /// All feeds of ours.
    async fn list_feeds(&self, access: Access<'_>) -> Result<Vec<Feed>, PlatformError>;

    /// Ends a feed; one that has ended is fine.
    async fn delete_feed(
        &self,
        access: Access<'_>,
        id: &str,
        attempt: &str,
    ) -> Result<(), PlatformError>;
}

/// Takes lines in statements: cut, send, then poll until it is delivered or rejected.
#[async_trait]
pub trait TakesStatements: Send + Sync {
    /// Makes statements of lines. Balances that are missing or do not add up are no reason to refuse.
    fn cut(&self, lines: LinesToCut<'_>) -> Result<Cut, PlatformError>;

    /// Sends one. `attempt` as with feeds. One statement of an account at a time, the oldest first.
    async fn send(
        &self,
        access: Access<'_>,
        statement: &Statement,
        attempt: &str,
    ) -> Result<Receipt, PlatformError>;

    /// How far one is; nothing when the platform does not know it.
    async fn poll(
        &self,
        access: Access<'_>,
        id: &str,
    ) -> Result<Option<StatementStage>, PlatformError>;

    /// Looks for a statement whose answer was lost. `others` are the ids of statements that were received before: they
    /// may look alike. Nothing means that it can be sent again, as a new attempt.
    async fn look_up(
        &self,
        access: Access<'_>,
        statement: &Statement,
        others: &[String],
    ) -> Result<Option<Receipt>, PlatformError>;
}
