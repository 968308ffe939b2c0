//! What is asked of a platform, each with what it takes. How tokens come to it is desk.rs.

use crate::desk::can;
use async_trait::async_trait;
use domain::link::{Books, FedTarget, Link};
use jiff::Timestamp;
use platforms::{
    Access, Feed, FeedDraft, FeedStage, Platform, PlatformError, Receipt, Remedy, Statement,
    StatementStage,
};

/// Something that can be asked once more with other tokens.
#[async_trait]
pub(crate) trait Question: Sync {
    type Answer: Send;

    async fn ask(
        &self,
        platform: &dyn Platform,
        access: Access<'_>,
        link: &Link,
    ) -> Result<Self::Answer, PlatformError>;
}

/// Leaves an organisation.
pub(crate) struct Leave<'a> {
    /// What ending its connection names it by.
    pub(crate) connection: &'a str,
}

#[async_trait]
impl Question for Leave<'_> {
    type Answer = ();

    async fn ask(
        &self,
        platform: &dyn Platform,
        access: Access<'_>,
        link: &Link,
    ) -> Result<(), PlatformError> {
        can(platform.organisations(), link)?.disconnect(access.token, self.connection).await
    }
}

/// Reads the books.
pub(crate) struct ReadBooks {
    pub(crate) begun_at: Timestamp,
}

#[async_trait]
impl Question for ReadBooks {
    type Answer = Books;

    async fn ask(
        &self,
        platform: &dyn Platform,
        access: Access<'_>,
        link: &Link,
    ) -> Result<Books, PlatformError> {
        let organisations = can(platform.organisations(), link)?;
        let all = organisations.list_organisations(access.token).await?;
        if !all.iter().any(|one| one.id == access.organisation) {
            let detail = "the organisation was disconnected there".to_owned();
            return Err(PlatformError::NotAuthorized { remedy: Remedy::Reconnect, detail });
        }
        let company = organisations.describe(access).await?;
        let targets = can(platform.accounts(), link)?.list_accounts(access).await?;
        let feeds = match platform.feeds() {
            Some(feeds) => feeds.list_feeds(access).await?,
            None => Vec::new(),
        };
        let fed = feeds.into_iter().filter_map(|feed| match feed.stage {
            FeedStage::Connected { account } => Some(FedTarget { target: account, feed: feed.id }),
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

    async fn ask(
        &self,
        platform: &dyn Platform,
        access: Access<'_>,
        link: &Link,
    ) -> Result<Feed, PlatformError> {
        can(platform.feeds(), link)?.create_feed(access, self.draft, self.attempt).await
    }
}

/// Asks how far a feed is, by its id.
pub(crate) struct FindFeed<'a>(pub(crate) &'a str);

#[async_trait]
impl Question for FindFeed<'_> {
    type Answer = Option<Feed>;

    async fn ask(
        &self,
        platform: &dyn Platform,
        access: Access<'_>,
        link: &Link,
    ) -> Result<Option<Feed>, PlatformError> {
        can(platform.feeds(), link)?.find_feed(access, self.0).await
    }
}

/// Ends a feed, by its id.
pub(crate) struct EndFeed<'a>(pub(crate) &'a str);

#[async_trait]
impl Question for EndFeed<'_> {
    type Answer = ();

    async fn ask(
        &self,
        platform: &dyn Platform,
        access: Access<'_>,
        link: &Link,
    ) -> Result<(), PlatformError> {
        let attempt = format!("end-{}", self.0);
        can(platform.feeds(), link)?.delete_feed(access, self.0, &attempt).await
    }
}

/// Sends a statement.
pub(crate) struct SendStatement<'a> {
    pub(crate) statement: &'a Statement,
    pub(crate) attempt: &'a str,
}

#[async_trait]
impl Question for SendStatement<'_> {
    type Answer = Receipt;

    async fn ask(
        &self,
        platform: &dyn Platform,
        access: Access<'_>,
        link: &Link,
    ) -> Result<Receipt, PlatformError> {
        can(platform.statements(), link)?.send(access, self.statement, self.attempt).await
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

    async fn ask(
        &self,
        platform: &dyn Platform,
        access: Access<'_>,
        link: &Link,
    ) -> Result<Option<Receipt>, PlatformError> {
        can(platform.statements(), link)?.look_up(access, self.statement, self.others).await
    }
}

/// Asks how far a statement is, by its id.
pub(crate) struct Poll<'a>(pub(crate) &'a str);

#[async_trait]
impl Question for Poll<'_> {
    type Answer = Option<StatementStage>;

    async fn ask(
        &self,
        platform: &dyn Platform,
        access: Access<'_>,
        link: &Link,
    ) -> Result<Option<StatementStage>, PlatformError> {
        can(platform.statements(), link)?.poll(access, self.0).await
    }
}
