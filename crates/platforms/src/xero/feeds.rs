//! Feed connections: create, poll, list, delete.

use super::answer::Effect;
use super::capabilities::Xero;
use super::client::is_success;
use super::map;
use super::wire::{FeedBody, FeedNamed, Items};
use crate::access::Access;
use crate::error::{PlatformError, Reason, ReasonKind};
use crate::feed::{Feed, FeedDraft, FeedStage, FeedTarget};
use crate::platform::ConnectsFeeds;
use async_trait::async_trait;

const FEEDS: &str = "bankfeeds.xro/1.0/FeedConnections";
/// Xero's documents name several defaults, so it is always said.
pub(super) const PAGE_ITEMS: usize = 50;
/// Far more feeds than an organisation has, and statements than are sent between an answer's loss and its look-up.
pub(super) const PAGES_MAX: u64 = 20;
const CONNECTED_HERE: &str = "feed-already-connected-in-current-organisation";

#[async_trait]
impl ConnectsFeeds for Xero {
    async fn create_feed(
        &self,
        access: Access<'_>,
        draft: &FeedDraft,
        attempt: &str,
    ) -> Result<Feed, PlatformError> {
        let body = Items::one(map::feed_asked(draft)?);
        let reply = self.client.post(access, FEEDS, (&body, attempt), Effect::Once).await?;
        if !is_success(&reply) {
            let error = self.client.refusal(&reply, Effect::Once);
            return self.adopted(access, draft, error).await;
        }
        let outcome: Items<FeedBody> = self.client.take(&reply, Effect::Once)?;
        let Some(mut outcome) = outcome.items.into_iter().next() else { return Err(nothing()) };
        if let Some(reasons) = map::feed_refusal(&outcome) {
            return self.adopted(access, draft, PlatformError::Rejected { reasons }).await;
        }
        // The account that was asked for is not yet one that it leads to.
        outcome.account_id = None;
        outcome.account_token.get_or_insert_with(|| draft.token.clone());
        map::feed(outcome).ok_or_else(nothing)
    }

    async fn find_feed(&self, access: Access<'_>, id: &str) -> Result<Option<Feed>, PlatformError> {
        let reply = self.client.get(access, &format!("{FEEDS}/{}", map::in_path(id))).await?;
        match self.client.take::<FeedBody>(&reply, Effect::Repeatable) {
            Ok(body) => Ok(map::feed(body)),
            Err(error) if has_code(&error, "bank-feed-not-found") => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn list_feeds(&self, access: Access<'_>) -> Result<Vec<Feed>, PlatformError> {
        let mut feeds = Vec::new();
        for page in 1..=PAGES_MAX {
            let path = format!("{FEEDS}?page={page}&pageSize={PAGE_ITEMS}");
            let body: Items<FeedBody> = self.client.read(access, &path).await?;
            let is_last = body.is_last(page, PAGE_ITEMS);
            feeds.extend(body.items.into_iter().filter_map(map::feed));
            if is_last {
                return Ok(feeds);
            }
        }
        Err(PlatformError::unavailable("xero's list of feed connections does not end"))
    }

    async fn delete_feed(
        &self,
        access: Access<'_>,
        id: &str,
        attempt: &str,
    ) -> Result<(), PlatformError> {
        let path = format!("{FEEDS}/DeleteRequests");
        let body = Items::one(FeedNamed { id });
        let effect = Effect::Repeatable;
        let reply = self.client.post(access, &path, (&body, attempt), effect).await?;
        let refused = match self.client.take::<Items<FeedBody>>(&reply, effect) {
            Ok(outcome) => outcome.items.first().and_then(map::feed_refusal),
            Err(PlatformError::Rejected { reasons }) => Some(reasons),
            Err(error) => return Err(error),
        };
        match refused {
            Some(reasons) if !reasons.iter().any(is_gone) => {
                Err(PlatformError::Rejected { reasons })
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Xero {
    /// A feed that is there already may be ours, of an attempt whose answer was lost: its token says so.
    async fn adopted(
        &self,
        access: Access<'_>,
        draft: &FeedDraft,
        error: PlatformError,
    ) -> Result<Feed, PlatformError> {
        if !has_code(&error, CONNECTED_HERE) {
            return Err(error);
        }
        let feeds = self.list_feeds(access).await?;
        // One of the same token may have been rejected before, and is still listed.
        let is_own = |feed: &Feed| {
            feed.token.as_ref() == Some(&draft.token) && leads_to(feed, &draft.target)
        };
        feeds.into_iter().find(is_own).ok_or(error)
    }
}

fn leads_to(feed: &Feed, target: &FeedTarget) -> bool {
    match (&feed.stage, target) {
        (FeedStage::Connected { account }, FeedTarget::Existing(wanted)) => {
            account.eq_ignore_ascii_case(wanted)
        }
        (FeedStage::Connected { .. } | FeedStage::Pending, _) => true,
        (FeedStage::Rejected { .. }, _) => false,
    }
}

fn is_gone(reason: &Reason) -> bool {
    reason.kind == ReasonKind::FeedGone
}

pub(super) fn has_code(error: &PlatformError, code: &str) -> bool {
    match error {
        PlatformError::Rejected { reasons } => {
            reasons.iter().any(|reason| reason.code.as_deref() == Some(code))
        }
        PlatformError::RateLimited { .. }
        | PlatformError::Unavailable { .. }
        | PlatformError::NotAuthorized { .. }
        | PlatformError::Unknown { .. } => false,
    }
}

fn nothing() -> PlatformError {
    PlatformError::Unknown { detail: "xero accepts it but names nothing that it made".to_owned() }
}
