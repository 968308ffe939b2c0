//! What every call of a platform needs: the link and its tokens, opened, renewed in time and by one at a time; and
//! changing a link although others change it, too. It leaves out what is asked of the platform.

use crate::question::{At, Question};
use domain::clock::Clock;
use domain::ids::{ConnectionPath, IdSource, LeaseToken, random_uuid};
use domain::link::{Effects, Link, Other};
use domain::sealed::Sealed;
use jiff::{SignedDuration, Timestamp};
use platforms::{Access, Authorizes, Platform, PlatformError, Platforms, Remedy, Secret, Tokens};
use std::sync::Arc;
use store::link_secrets::{LinkSecrets, LinkSecretsError, TokenPair};
use store::{LeaseRequest, LinkChange, LinkChanged, Store, StoreError};
use thiserror::Error;
use tracing::{info, warn};
use vault::Vault;

/// A token is renewed while it has so much left: a call with it must not meet its end.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(6);
/// Somebody else renews it: that takes one call.
const OTHERS_PAUSE: SignedDuration = SignedDuration::from_millis(500);
/// The same, where each attempt asks the platform once in vain.
const REFUSED_PAUSE: SignedDuration = SignedDuration::from_secs(5);
/// Longer than a renewal may take.
const HOLD: SignedDuration = SignedDuration::from_secs(60);

/// Why nothing came of it.
#[derive(Debug, Error)]
pub(crate) enum DeskError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The platform.
    #[error(transparent)]
    Platform(#[from] PlatformError),
    /// The link's secrets cannot be read.
    #[error("the secrets of the connection {connection} cannot be opened: {why}")]
    Secrets {
        /// Which.
        connection: String,
        /// Why.
        why: String,
    },
}

/// Who calls platforms.
#[derive(Clone, Debug)]
pub struct Desk {
    /// The database.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes ids.
    pub ids: Arc<dyn IdSource>,
    /// Opens and seals tokens.
    pub vault: Vault,
    /// Whom there is to call.
    pub platforms: Platforms,
    /// What to do about an organisation that is not the one from before.
    pub other: Other,
}

/// A link with tokens that are good.
pub(crate) struct Opened {
    pub(crate) link: Link,
    pub(crate) organisation: String,
    pub(crate) token: Secret,
}

impl Opened {
    pub(crate) fn access(&self) -> Access<'_> {
        Access { token: &self.token, organisation: &self.organisation }
    }
}

impl Desk {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn random(&self) -> u64 {
        let mut bytes = [0; 8];
        self.ids.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// The adapter for a link's platform.
    pub(crate) fn platform(&self, link: &Link) -> Result<&dyn Platform, PlatformError> {
        let found = self.platforms.of(link.platform);
        found.ok_or_else(|| {
            PlatformError::unavailable(format!("{} is not set up here", link.platform.name))
        })
    }

    pub(crate) fn authorizes(&self, link: &Link) -> Result<&dyn Authorizes, PlatformError> {
        can(self.platform(link)?.authorization(), link)
    }

    /// The secrets of a link.
    pub(crate) fn open(&self, link: &Link) -> Result<LinkSecrets, DeskError> {
        LinkSecrets::open(&self.vault, link).map_err(|error| unreadable(link, error))
    }

    /// Seals the secrets of a link.
    pub(crate) fn seal(&self, link: &Link, secrets: &LinkSecrets) -> Result<Sealed, DeskError> {
        let sealed = secrets.seal(&self.vault, self.ids.as_ref(), &link.path);
        sealed.map_err(|error| unreadable(link, error))
    }

    /// Changes a link from how it stands, again and again while others change it first. Whether it was changed: a link
    /// may be gone, and a hold over.
    pub(crate) async fn change(
        &self,
        path: &ConnectionPath,
        held_by: Option<LeaseToken>,
        mut alter: impl FnMut(&mut Link) -> Result<Effects, DeskError> + Send,
    ) -> Result<bool, DeskError> {
        loop {
            let Some(mut link) = self.store.find_link(path).await? else { return Ok(false) };
            let effects = alter(&mut link)?;
            let change = LinkChange { link, effects, held_by, now: self.now() };
            match self.store.change_link(&change).await? {
                LinkChanged::Changed => return Ok(true),
                LinkChanged::Outdated => {}
                LinkChanged::LeaseLost | LinkChanged::Gone => return Ok(false),
            }
        }
    }

    /// Asks the platform, with tokens that are renewed first where need be, and once more where it says that they are not
    /// good. Who is not let in then is shut out.
    pub(crate) async fn ask<Q: Question>(
        &self,
        path: &ConnectionPath,
        held_by: Option<LeaseToken>,
        question: Q,
    ) -> Result<Q::Answer, DeskError> {
        let mut opened = self.opened(path, held_by, None).await?;
        let mut answer = self.ask_with(&opened, &question).await;
        if let Err(PlatformError::NotAuthorized { remedy: Remedy::Refresh, .. }) = answer {
            opened = self.opened(path, held_by, Some(&opened.token)).await?;
            answer = self.ask_with(&opened, &question).await;
        }
        match answer {
            Err(PlatformError::NotAuthorized { detail, .. }) => {
                Err(self.shut_out(path, held_by, (&opened.token, &detail)).await?.into())
            }
            Err(error) => Err(error.into()),
            Ok(answer) => Ok(answer),
        }
    }

    async fn ask_with<Q: Question>(
        &self,
        opened: &Opened,
        question: &Q,
    ) -> Result<Q::Answer, PlatformError> {
        let link = &opened.link;
        question.ask(At { platform: self.platform(link)?, access: opened.access(), link }).await
    }

    /// A link with tokens that are good, and not `refused`.
    pub(crate) async fn opened(
        &self,
        path: &ConnectionPath,
        held_by: Option<LeaseToken>,
        refused: Option<&Secret>,
    ) -> Result<Opened, DeskError> {
        let link = self.store.find_link(path).await?;
        let link = link.ok_or_else(not_linked)?;
        if let Some(opened) = self.good(link, refused)? {
            return Ok(opened);
        }
        if let Some(token) = held_by {
            return self.renew(path, token, refused).await;
        }
        let token = LeaseToken::new(random_uuid(self.ids.as_ref()));
        let request = LeaseRequest { token, length: HOLD, count: 1, now: self.now() };
        if self.store.hold_link(path, &request).await?.is_none() {
            // One at a time: whoever comes second waits, and nothing is wrong.
            let pause = if refused.is_some() { REFUSED_PAUSE } else { OTHERS_PAUSE };
            let retry_at = self.now().saturating_add(pause).unwrap_or(Timestamp::MAX);
            return Err(PlatformError::RateLimited { retry_at }.into());
        }
        let renewed = self.renew(path, token, refused).await;
        self.store.release_link(path, token).await?;
        renewed
    }

    /// The link with its tokens, if these need no renewal.
    fn good(&self, link: Link, refused: Option<&Secret>) -> Result<Option<Opened>, DeskError> {
        let (Some(ends_at), Some(organisation)) = (link.access_ends_at, &link.organisation) else {
            return Err(not_linked().into());
        };
        let pair = self.open(&link)?.tokens.ok_or_else(not_linked)?;
        let is_refused = refused.is_some_and(|refused| refused.expose() == pair.access);
        let is_old = ends_at.duration_since(self.now()) < RENEW_BEFORE;
        if is_refused || is_old {
            return Ok(None);
        }
        let (organisation, token) = (organisation.id.clone(), Secret::new(pair.access));
        Ok(Some(Opened { link, organisation, token }))
    }

    /// New tokens, by who holds the link. They are kept before they are used: the platform has forgotten the old ones.
    async fn renew(
        &self,
        path: &ConnectionPath,
        token: LeaseToken,
        refused: Option<&Secret>,
    ) -> Result<Opened, DeskError> {
        let link = self.store.find_link(path).await?.ok_or_else(not_linked)?;
        // Somebody may have done it before the hold began.
        if let Some(opened) = self.good(link.clone(), refused)? {
            return Ok(opened);
        }
        let pair = self.open(&link)?.tokens.ok_or_else(not_linked)?;
        let tokens = match self.authorizes(&link)?.refresh(&Secret::new(pair.refresh)).await {
            Ok(tokens) => tokens,
            Err(PlatformError::NotAuthorized { detail, .. }) => {
                let used = Secret::new(pair.access);
                return Err(self.shut_out(path, Some(token), (&used, &detail)).await?.into());
            }
            Err(error) => return Err(error.into()),
        };
        let keep = |link: &mut Link| {
            let mut secrets = self.open(link)?;
            secrets.tokens = Some(pair_of(&tokens));
            let sealed = self.seal(link, &secrets)?;
            Ok(link.refreshed(tokens.access_ends_at, sealed))
        };
        if !self.change(path, Some(token), keep).await? {
            let detail = "the tokens were renewed by somebody else";
            return Err(PlatformError::unavailable(detail).into());
        }
        info!(connection = %path.connection, "tokens renewed");
        let link = self.store.find_link(path).await?.ok_or_else(not_linked)?;
        self.good(link, refused)?.ok_or_else(|| {
            PlatformError::unavailable("the platform's new tokens have ended already").into()
        })
    }

    /// No more calls until the customer lets us in again, unless the tokens that were refused are not the link's any more.
    /// Answers what to tell.
    async fn shut_out(
        &self,
        path: &ConnectionPath,
        held_by: Option<LeaseToken>,
        (refused, why): (&Secret, &str),
    ) -> Result<PlatformError, DeskError> {
        let name =
            self.store.find_link(path).await?.map_or("the platform", |link| link.platform.name);
        let told = format!(
            "{name} does not let us in any more ({why}): send the customer to the connection's linkUrl to connect again"
        );
        let now = self.now();
        let mut has_others = false;
        self.change(path, held_by, |link| {
            let pair = self.open(link)?.tokens.filter(|_| link.is_authorized());
            has_others = pair.is_some_and(|pair| pair.access != refused.expose());
            Ok(if has_others { Effects::default() } else { link.shut_out(&told, now) })
        })
        .await?;
        if has_others {
            let detail = format!("{name} refused tokens that were replaced meanwhile ({why})");
            return Ok(PlatformError::unavailable(detail));
        }
        warn!(connection = %path.connection, "{told}");
        Ok(PlatformError::NotAuthorized { remedy: Remedy::Reconnect, detail: told })
    }
}

/// What a platform can do, or that it cannot.
pub(crate) fn can<T>(ability: Option<T>, link: &Link) -> Result<T, PlatformError> {
    ability.ok_or_else(|| PlatformError::rejected(format!("{} cannot do that", link.platform.name)))
}

/// Tokens as they are kept.
pub(crate) fn pair_of(tokens: &Tokens) -> TokenPair {
    TokenPair {
        access: tokens.access.expose().to_owned(),
        refresh: tokens.refresh.expose().to_owned(),
        access_ends_at: tokens.access_ends_at.as_microsecond(),
    }
}

fn unreadable(link: &Link, error: LinkSecretsError) -> DeskError {
    let (connection, why) = (link.path.connection.to_string(), error.to_string());
    DeskError::Secrets { connection, why }
}

fn not_linked() -> PlatformError {
    let detail = "the customer has not connected the accounting software".to_owned();
    PlatformError::NotAuthorized { remedy: Remedy::Reconnect, detail }
}
