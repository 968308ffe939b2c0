//! Feeds: made, asked for until they are there, ended.

use super::errand::keep;
use crate::desk::{Desk, DeskError};
use crate::question::{CreateFeed, EndFeed, FindFeed};
use domain::clock::utc_date;
use domain::link::{Effects, HeldLink, Link, Mapping, feed_token, wanted_kind};
use domain::money::CurrencyCode;
use domain::retry::next_look;
use domain::source_account::{AccountId, AccountPath, SourceAccount};
use jiff::SignedDuration;
use platforms::{Feed, FeedDraft, FeedStage, FeedTarget, PlatformError, Reason};
use tracing::{info, warn};

/// The longest pause between two questions how far a feed is: its customer waits for it.
const LOOK_PAUSE_MAX: SignedDuration = SignedDuration::from_mins(1);
/// A feed that is still shown after so long is taken for gone.
const LEAVING_MAX: SignedDuration = SignedDuration::from_mins(10);

/// Brings an account's mapping one step on.
pub(super) async fn connect(
    desk: &Desk,
    held: &HeldLink,
    account: &AccountId,
) -> Result<(), DeskError> {
    let link = &held.link;
    let Some(mapping) = link.mapping(account) else { return Ok(()) };
    let feed = match &mapping.feed {
        Some(feed) => find(desk, held, feed).await,
        None => create(desk, held, mapping).await,
    };
    match feed {
        Ok(Some(feed)) => settle(desk, held, mapping, feed).await,
        Ok(None) => refuse(desk, held, mapping, "the feed was ended before it was connected").await,
        Err(DeskError::Platform(PlatformError::Rejected { reasons })) => {
            refuse(desk, held, mapping, &words(&reasons)).await
        }
        Err(error) => Err(error),
    }
}

async fn find(desk: &Desk, held: &HeldLink, feed: &str) -> Result<Option<Feed>, DeskError> {
    desk.ask(&held.link.path, Some(held.token), FindFeed(feed)).await
}

async fn create(
    desk: &Desk,
    held: &HeldLink,
    mapping: &Mapping,
) -> Result<Option<Feed>, DeskError> {
    let (link, account) = (&held.link, &mapping.wish.account);
    let path = AccountPath { connection: link.path, account: account.clone() };
    let Some(source) = desk.store.find_source_account(&path).await? else { return Ok(None) };
    let Some(organisation) = &link.organisation else { return Ok(None) };
    let token = feed_token(&link.path, organisation, account);
    let draft = draft(held, mapping, &source, token);
    let mut attempt = 0;
    keep(desk, held, |link| {
        attempt = link.next_attempt(account);
        Effects::default()
    })
    .await?;
    let attempt = format!("{}-{}-{attempt}", draft.token, mapping.wished_at.as_microsecond());
    let question = CreateFeed { draft: &draft, attempt: &attempt };
    let made = desk.ask(&link.path, Some(held.token), question).await?;
    Ok(Some(made))
}

fn draft(held: &HeldLink, mapping: &Mapping, source: &SourceAccount, token: String) -> FeedDraft {
    let books = held.link.books.as_ref();
    let target = mapping.wish.target.as_ref();
    let chosen = target.and_then(|id| books?.target(id));
    let base = books.and_then(|books| books.company.base_currency);
    let told = source.details.currency.filter(|code| *code != CurrencyCode::UNKNOWN);
    let currency = chosen.map(|target| target.currency).or(told).or(base);
    let target = match target {
        Some(id) => FeedTarget::Existing(id.clone()),
        None => FeedTarget::Numbered {
            number: source.details.number.clone().unwrap_or_else(|| source.public_number.clone()),
            name: source.details.name.clone().unwrap_or_else(|| source.id.to_string()),
        },
    };
    let kind = chosen.map_or_else(|| wanted_kind(source), |target| target.kind);
    FeedDraft { token, target, kind, currency: currency.unwrap_or(CurrencyCode::UNKNOWN) }
}

async fn settle(
    desk: &Desk,
    held: &HeldLink,
    mapping: &Mapping,
    feed: Feed,
) -> Result<(), DeskError> {
    let account = &mapping.wish.account;
    let now = desk.now();
    match feed.stage {
        FeedStage::Rejected { reasons } => refuse(desk, held, mapping, &words(&reasons)).await,
        FeedStage::Pending => {
            let due_at = next_look(mapping.wished_at, now, LOOK_PAUSE_MAX);
            keep_answer(desk, held, mapping, Some(&feed.id), |link| {
                link.feed_asked(account, &feed.id, due_at);
                Effects::default()
            })
            .await
        }
        FeedStage::Connected { account: target } => {
            info!(connection = %held.link.path.connection, account = %account, "mapped");
            keep_answer(desk, held, mapping, Some(&feed.id), |link| {
                link.feed_asked(account, &feed.id, now);
                link.feed_connected(account, &target, utc_date(now))
            })
            .await
        }
    }
}

async fn refuse(
    desk: &Desk,
    held: &HeldLink,
    mapping: &Mapping,
    why: &str,
) -> Result<(), DeskError> {
    let account = &mapping.wish.account;
    warn!(connection = %held.link.path.connection, account = %account, "not mapped: {why}");
    keep_answer(desk, held, mapping, None, |link| link.feed_refused(account, why)).await
}

/// Keeps what the platform answered to a wish that still stands. Customers change their minds while the platform is slow:
/// a feed that was made for what is not wanted any more is ended.
async fn keep_answer(
    desk: &Desk,
    held: &HeldLink,
    asked: &Mapping,
    feed: Option<&str>,
    mut alter: impl FnMut(&mut Link) -> Effects + Send,
) -> Result<(), DeskError> {
    let now = desk.now();
    keep(desk, held, |link| {
        let standing = link.mapping(&asked.wish.account);
        if standing.is_some_and(|mapping| mapping.is_one_with(asked)) {
            return alter(link);
        }
        if let Some(feed) = feed {
            link.feed_unwanted(feed, now);
        }
        Effects::default()
    })
    .await
}

/// Ends a feed, and looks until it is gone; one that the platform does not want to end is let go, or nothing else would
/// ever be done.
pub(super) async fn end(desk: &Desk, held: &HeldLink, feed: &str) -> Result<(), DeskError> {
    let link = &held.link;
    match desk.ask(&link.path, Some(held.token), EndFeed(feed)).await {
        Ok(()) => {
            let is_shown = match find(desk, held, feed).await {
                Ok(found) => found.is_some(),
                // A question that always fails must not keep it for ever.
                Err(DeskError::Platform(
                    PlatformError::Rejected { .. } | PlatformError::Unavailable { .. },
                )) => true,
                Err(error) => return Err(error),
            };
            let now = desk.now();
            let ending = link.endings.iter().find(|ending| ending.feed == feed);
            let since = ending.map_or(now, |ending| ending.waited_since(now));
            if is_shown && now.duration_since(since) < LEAVING_MAX {
                let due_at = next_look(since, now, LOOK_PAUSE_MAX);
                return keep(desk, held, |link| {
                    link.feed_leaving(feed, since, due_at);
                    Effects::default()
                })
                .await;
            }
            if is_shown {
                warn!(connection = %link.path.connection, feed, "the platform does not say that a feed is gone that was ended");
            } else {
                info!(connection = %link.path.connection, feed, "feed ended");
            }
        }
        Err(DeskError::Platform(error @ PlatformError::Rejected { .. })) => {
            warn!(connection = %link.path.connection, feed, "the feed was not ended: {error}");
        }
        Err(error) => return Err(error),
    }
    keep(desk, held, |link| {
        link.feed_ended(feed);
        Effects::default()
    })
    .await
}

fn words(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.message.as_str()).collect::<Vec<_>>().join("; ")
}
