//! What is asked of a platform, each with what it takes. How tokens come to it is desk.rs.

use crate::desk::can;
use async_trait::async_trait;
use domain::link::{Books, FedTarget, Link};
use jiff::Timestamp;
use platforms::{
    Access, ConnectsFeeds, Feed, FeedDraft, FeedStage, ListsAccounts, ListsOrganisations, Platform,
    PlatformError, Receipt, Remedy, Statement, StatementStage, TakesStatements,
};
use tokio::time::{Instant, timeout_at};

/// Where a question is asked: of which platform, for which link, and what lets us in.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) platform: &'a dyn Platform,
    pub(crate) access: Access<'a>,
    pub(crate) link: &'a Link,
}

impl<'a> At<'a> {
    fn organisations(self) -> Result<&'a dyn ListsOrganisations, PlatformError> {
        can(self.platform.organisations(), self.link)
    }

    fn accounts(self) -> Result<&'a dyn ListsAccounts, PlatformError> {
        can(self.platform.accounts(), self.link)
    }

    fn feeds(self) -> Result<&'a dyn ConnectsFeeds, PlatformError> {
        can(self.platform.feeds(), self.link)
    }

    fn statements(self) -> Result<&'a dyn TakesStatements, PlatformError> {
        can(self.platform.statements(), self.link)
    }
}

/// Something that can be asked once more with other tokens.
#[async_trait]
pub(crate) trait Question: Sync {
    type Answer: Send;

    async fn ask(&self, at: At<'_>) -> Result<Self::Answer, PlatformError>;
}

/// Leaves an organisation.
pub(crate) struct Leave<'a> {
    /// What ending its connection names it by.
    pub(crate) connection: &'a str,
}

#[async_trait]
impl Question for Leave<'_> {
    type Answer = ();

    async fn ask(&self, at: At<'_>) -> Result<(), PlatformError> {
        at.organisations()?.disconnect(at.access.token, self.connection).await
    }
}

/// Reads the books.
pub(crate) struct ReadBooks {
    pub(crate) begun_at: Timestamp,
}

#[async_trait]
impl Question for ReadBooks {
    type Answer = Books;

    async fn ask(&self, at: At<'_>) -> Result<Books, PlatformError> {
        let organisations = at.organisations()?;
        let all = organisations.list_organisations(at.access.token).await?;
        if !all.iter().any(|one| one.id == at.access.organisation) {
            let detail = "the organisation was disconnected there".to_owned();
            return Err(PlatformError::NotAuthorized { remedy: Remedy::Reconnect, detail });
        }
        let company = organisations.describe(at.access).await?;
        let targets = at.accounts()?.list_accounts(at.access).await?;
        let feeds = match at.platform.feeds() {
            Some(feeds) => feeds.list_feeds(at.access).await?,
            None => Vec::new(),
        };
        let fed = feeds.into_iter().filter_map(|feed| match feed.stage {
            FeedStage::Connected { account: target } => {
                Some(FedTarget { target, feed: feed.id, token: feed.token })
            }
            FeedStage::Pending | FeedStage::Rejected { .. } => None,
        });
        Ok(Books { read_at: self.begun_at, company, targets, fed: fed.collect() })
    }
}

/// Makes a feed.
pub(crate) struct CreateFeed<'a> {
    pub(crate) draft: &'a FeedDraft,
    pub(crate) attempt: &'a str,
}

#[async_trait]
impl Question for CreateFeed<'_> {
    type Answer = Feed;

    async fn ask(&self, at: At<'_>) -> Result<Feed, PlatformError> {
        at.feeds()?.create_feed(at.access, self.draft, self.attempt).await
    }
}

/// Asks how far a feed is, by its id.
pub(crate) struct FindFeed<'a>(pub(crate) &'a str);

#[async_trait]
impl Question for FindFeed<'_> {
    type Answer = Option<Feed>;

    async fn ask(&self, at: At<'_>) -> Result<Option<Feed>, PlatformError> {
        at.feeds()?.find_feed(at.access, self.0).await
    }
}

/// Ends a feed, by its id.
pub(crate) struct EndFeed<'a>(pub(crate) &'a str);

#[async_trait]
impl Question for EndFeed<'_> {
    type Answer = ();

    async fn ask(&self, at: At<'_>) -> Result<(), PlatformError> {
        let attempt = format!("end-{}", self.0);
        at.feeds()?.delete_feed(at.access, self.0, &attempt).await
    }
}

/// Sends a statement while the push is surely held: later, another worker may look for it, not find what is still on its
/// way, and take its lines back.
pub(crate) struct SendStatement<'a> {
    pub(crate) statement: &'a Statement,
    pub(crate) attempt: &'a str,
    /// The answer must be there by then.
    pub(crate) before: Instant,
    /// When it is tried again, if there is no time left.
    pub(crate) retry_at: Timestamp,
}

#[async_trait]
impl Question for SendStatement<'_> {
    type Answer = Receipt;

    async fn ask(&self, at: At<'_>) -> Result<Receipt, PlatformError> {
        if Instant::now() >= self.before {
            return Err(PlatformError::RateLimited { retry_at: self.retry_at });
        }
        let sent = at.statements()?.send(at.access, self.statement, self.attempt);
        timeout_at(self.before, sent).await.unwrap_or_else(|_late| {
            let detail = "no answer came while the push was held: it is looked up".to_owned();
            Err(PlatformError::Unknown { detail })
        })
    }
}

/// Looks for a statement whose answer was lost.
pub(crate) struct LookUp<'a> {
    pub(crate) statement: &'a Statement,
    /// The platform's ids of statements that may look alike.
    pub(crate) others: &'a [String],
}

#[async_trait]
impl Question for LookUp<'_> {
    type Answer = Option<Receipt>;

    async fn ask(&self, at: At<'_>) -> Result<Option<Receipt>, PlatformError> {
        at.statements()?.look_up(at.access, self.statement, self.others).await
    }
}

/// Asks how far a statement is, by its id.
pub(crate) struct Poll<'a>(pub(crate) &'a str);

#[async_trait]
impl Question for Poll<'_> {
    type Answer = Option<StatementStage>;

    async fn ask(&self, at: At<'_>) -> Result<Option<StatementStage>, PlatformError> {
        at.statements()?.poll(at.access, self.0).await
    }
}
