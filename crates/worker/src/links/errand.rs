//! One errand: what is asked, and what its failure means.

use crate::desk::{Desk, DeskError};
use crate::question::{Leave, ReadBooks};
use domain::link::{Effects, Errand, HeldLink, Link};
use jiff::SignedDuration;
use platforms::PlatformError;
use store::{LinkChange, LinkChanged};
use tracing::{info, warn};

/// A link whose secrets cannot be opened is looked at again when an operator may have mended that.
const UNREADABLE_PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// Runs an errand of a link that is held. Only the database's failure is one: whatever the platform says is kept.
pub(super) async fn run(desk: &Desk, held: &HeldLink, errand: Errand) -> Result<(), DeskError> {
    let outcome = match errand {
        Errand::LookAround => look_around(desk, held).await,
        Errand::Redeem(id) => super::consent::redeem(desk, held, id).await,
        Errand::Join(id) => super::consent::join(desk, held, id).await,
        Errand::EndFeed(feed) => super::feed::end(desk, held, &feed).await,
        Errand::Connect(account) => super::feed::connect(desk, held, &account).await,
        Errand::Leave => leave(desk, held).await,
        Errand::ReadBooks => read_books(desk, held).await,
    };
    match outcome {
        Ok(()) => Ok(()),
        Err(DeskError::Store(error)) => Err(error.into()),
        Err(DeskError::Platform(error)) => keep_failure(desk, held, &error).await,
        Err(error @ DeskError::Secrets { .. }) => {
            warn!("{error}");
            let now = desk.now();
            let until = now.saturating_add(UNREADABLE_PAUSE).ok();
            let told = error.to_string();
            keep(desk, held, |link| link.failed(&told, until, (0, now))).await
        }
    }
}

/// Changes a link that is held. When the hold is over, another goes on from what it kept.
pub(super) async fn keep(
    desk: &Desk,
    held: &HeldLink,
    mut alter: impl FnMut(&mut Link) -> Effects + Send,
) -> Result<(), DeskError> {
    desk.change(&held.link.path, Some(held.token), |link| Ok(alter(link))).await.map(drop)
}

async fn keep_failure(
    desk: &Desk,
    held: &HeldLink,
    error: &PlatformError,
) -> Result<(), DeskError> {
    let (now, random) = (desk.now(), desk.random());
    let path = held.link.path;
    match error {
        // Shut out by now: nothing more is due.
        PlatformError::NotAuthorized { .. } => Ok(()),
        PlatformError::RateLimited { retry_at } => {
            info!(connection = %path.connection, until = %retry_at, "waiting for the platform's limits");
            keep(desk, held, |link| {
                link.pause(*retry_at);
                Effects::default()
            })
            .await
        }
        PlatformError::Unavailable { .. }
        | PlatformError::Unknown { .. }
        | PlatformError::Rejected { .. } => {
            let told = error.to_string();
            warn!(connection = %path.connection, "{told}");
            keep(desk, held, |link| link.failed(&told, error.retry_at(), (random, now))).await
        }
    }
}

async fn look_around(desk: &Desk, held: &HeldLink) -> Result<(), DeskError> {
    let path = held.link.path;
    // The link is read before all else: what is changed after it was looked at stirs the link, and is looked at again.
    while let Some(mut link) = desk.store.find_link(&path).await? {
        let connection = desk.store.find_connection(&path).await?;
        let accounts = desk.store.list_source_accounts(&path).await?.unwrap_or_default();
        if connection.is_none() && !link.is_authorized() {
            // Nobody can end what is left of it.
            desk.store.forget_link(&link).await?;
            break;
        }
        let now = desk.now();
        link.look_around(connection.as_ref(), &accounts, now);
        let (effects, held_by) = (Effects::default(), Some(held.token));
        let change = LinkChange { link, effects, held_by, now };
        if desk.store.change_link(&change).await? != LinkChanged::Outdated {
            break;
        }
    }
    Ok(())
}

/// Nothing is fed there any more: the organisation is left, unless another connection of ours goes there.
async fn leave(desk: &Desk, held: &HeldLink) -> Result<(), DeskError> {
    let (path, link) = (held.link.path, &held.link);
    let organisation = link.organisation.as_ref();
    let is_last = desk.store.count_links(link).await? <= 1;
    if let Some(organisation) = organisation.filter(|_| is_last) {
        let question = Leave { connection: &organisation.connection };
        let left = desk.ask(&path, Some(held.token), question).await;
        match left {
            Ok(()) | Err(DeskError::Platform(PlatformError::NotAuthorized { .. })) => {}
            Err(DeskError::Platform(error @ PlatformError::Rejected { .. })) => {
                warn!(connection = %path.connection, "the organisation was not left: {error}");
            }
            Err(error) => return Err(error),
        }
    }
    desk.change(&path, Some(held.token), |link| {
        // A customer may be on the way back to it: what belongs to a consent stays.
        let mut secrets = desk.open(link)?;
        secrets.tokens = None;
        let sealed = desk.seal(link, &secrets)?;
        link.left(sealed);
        Ok(Effects::default())
    })
    .await?;
    if desk.store.find_connection(&path).await?.is_none()
        && let Some(link) = desk.store.find_link(&path).await?
    {
        desk.store.forget_link(&link).await?;
    }
    Ok(())
}

async fn read_books(desk: &Desk, held: &HeldLink) -> Result<(), DeskError> {
    let begun_at = desk.now();
    let question = ReadBooks { begun_at };
    let books = desk.ask(&held.link.path, Some(held.token), question).await?;
    keep(desk, held, |link| {
        // Asked for again while they were being read: that asks for later ones.
        let wanted = link.books_wanted_at.filter(|at| *at > begun_at);
        let effects = link.read(books.clone());
        link.books_wanted_at = wanted;
        effects
    })
    .await
}
