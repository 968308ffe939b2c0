//! What a failure means for the push, in whose words it is told, and what the operator and the link hear of it and of its
//! end.

use super::courier::{Courier, SHUT_OUT_PAUSE};
use crate::desk::DeskError;
use crate::standing;
use domain::connection::{Connection, TroubleKind};
use domain::delivery::{SentStage, SentStatement};
use domain::link::Effects;
use domain::push::{Outcome, Remark};
use jiff::Timestamp;
use platforms::{PlatformError, Reason, ReasonKind};
use store::Answer;
use tracing::{info, warn};

impl Courier<'_> {
    /// What a failure means for the push.
    pub(super) async fn fail(&self, feed: &str, error: PlatformError) -> Answer<Outcome> {
        let path = self.lease.push.path;
        let now = self.desk.now();
        Ok(match error {
            PlatformError::Rejected { reasons } => {
                if reasons.iter().any(|reason| reason.kind == ReasonKind::FeedGone) {
                    if !standing::is_fed(self.desk, self.lease).await? {
                        return Ok(Outcome::Gone);
                    }
                    self.feed_gone(feed).await?;
                }
                let mut all = self.so_far.statements.iter();
                let refused = all.rfind(|one| one.stage == SentStage::Rejected);
                Outcome::Rejected(match refused {
                    Some(statement) => self.refusal(statement, &reasons),
                    None => reasons.iter().map(|reason| remark(&reason.message)).collect(),
                })
            }
            PlatformError::RateLimited { retry_at } => Outcome::Waiting(retry_at),
            PlatformError::NotAuthorized { .. } => {
                Outcome::Waiting(now.saturating_add(SHUT_OUT_PAUSE).unwrap_or(Timestamp::MAX))
            }
            PlatformError::Unavailable { retry_at, detail } => {
                self.tell(&detail).await?;
                Outcome::TryAgain(retry_at)
            }
            PlatformError::Unknown { detail } => {
                info!(connection = %path.connection, push.key = %self.lease.push.key, "{detail}");
                Outcome::TryAgain(None)
            }
        })
    }

    /// The platform's words, with what they are about.
    pub(super) fn refusal(&self, statement: &SentStatement, reasons: &[Reason]) -> Vec<Remark> {
        let push = &self.lease.push;
        let taken = statement.lines.first.saturating_sub(push.lines.first);
        let said: Vec<_> = reasons.iter().map(|reason| reason.message.as_str()).collect();
        let said = if said.is_empty() { "it gave no reason".to_owned() } else { said.join("; ") };
        let count = statement.lines.count;
        let message = match taken {
            0 if statement.lines == push.lines => said,
            0 => {
                format!("{said} (said of the first {count} transactions; the others were not sent)")
            }
            _ => format!(
                "{said} (said of {count} transactions after the first {taken}, which are in the books; send the others again once this is mended)"
            ),
        };
        vec![remark(&message)]
    }

    /// The customer switched the feed off in the books.
    async fn feed_gone(&self, feed: &str) -> Answer<()> {
        let account = &self.lease.push.account;
        let changed = self.desk.change(&self.lease.push.path, None, |link| {
            let is_this =
                link.mapping(account).is_some_and(|one| one.feed.as_deref() == Some(feed));
            Ok(if is_this { link.feed_gone(account) } else { Effects::default() })
        });
        stored(changed.await)
    }

    /// Shows the operator what is wrong.
    async fn tell(&self, detail: &str) -> Answer<()> {
        let path = &self.lease.push.path;
        warn!(connection = %path.connection, push.key = %self.lease.push.key, "{detail}");
        let now = self.desk.now();
        stored(self.desk.change(path, None, |_link| Ok(Effects::trouble(detail, now))).await)
    }

    /// The platform takes lines: it is available, whatever was shown before.
    pub(super) async fn be_calm(&self, connection: &Connection, outcome: &Outcome) -> Answer<()> {
        let trouble = connection.trouble.as_ref().filter(|trouble| trouble.ended_at.is_none());
        let is_over = matches!(outcome, Outcome::Done | Outcome::Waiting(_))
            && trouble.is_some_and(|trouble| trouble.kind == TroubleKind::Unavailable);
        if !is_over {
            return Ok(());
        }
        let path = &self.lease.push.path;
        stored(self.desk.change(path, None, |_link| Ok(Effects::trouble_ends())).await)
    }
}

fn remark(message: &str) -> Remark {
    Remark { path: "transactions".to_owned(), message: message.to_owned() }
}

/// Only the database's failure counts here: the rest is a note.
fn stored(changed: Result<bool, DeskError>) -> Answer<()> {
    match changed {
        Err(DeskError::Store(error)) => Err(error),
        Ok(_) | Err(DeskError::Platform(_) | DeskError::Secrets { .. }) => Ok(()),
    }
}
