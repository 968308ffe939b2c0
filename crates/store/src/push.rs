//! Verbs about pushes.

use crate::Answer;
use async_trait::async_trait;
use domain::ids::{ClientId, CompanyId, PushKey, SyncId};
use domain::page::{ListRequest, Page};
use domain::platform::Profiles;
use domain::push::{Accepted, LineSpan, PushDraft, PushOperation, PushStatus, Refused, Validation};
use domain::source_account::AccountPath;
use jiff::Timestamp;
use std::sync::Arc;

/// A push on its way in.
#[derive(Clone, Debug)]
pub struct PushIntake {
    /// Made for this push.
    pub key: PushKey,
    /// Where to.
    pub account: AccountPath,
    /// What was sent.
    pub draft: PushDraft,
    /// The caller's deadline.
    pub timeout_minutes: Option<u32>,
    /// The rules in force.
    pub profiles: Arc<Profiles>,
    /// When it came.
    pub requested_at: Timestamp,
    /// The sync that makes it, and that is to know of it; nothing when a caller does.
    pub sync: Option<SyncId>,
}

impl PushIntake {
    /// The operation of a push that was accepted, whose new lines stand at `lines`.
    pub fn pending(&self, lines: LineSpan, accepted: Accepted) -> PushOperation {
        PushOperation {
            key: self.key,
            path: self.account.connection,
            account: self.account.account.clone(),
            requested_at: self.requested_at,
            completed_at: None,
            status: PushStatus::Pending,
            error: None,
            validation: Validation { errors: Vec::new(), warnings: accepted.warnings },
            timeout_minutes: self.timeout_minutes,
            lines,
            known_lines: accepted.known,
            awaited: accepted.awaited,
        }
    }

    /// The operation of a push that was refused: it ends as it begins.
    pub fn failed(&self, refused: Refused) -> PushOperation {
        let Refused { errors, warnings } = refused;
        let rules = if errors.len() == 1 { "rule" } else { "rules" };
        let error = format!("the push broke {} {rules}, see validation", errors.len());
        PushOperation {
            completed_at: Some(self.requested_at),
            status: PushStatus::Failed,
            error: Some(error),
            validation: Validation { errors, warnings },
            ..self.pending(LineSpan::default(), Accepted::default())
        }
    }
}

/// What became of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "an answer lives for one call; a box would be one more allocation"
)]
pub enum AcceptedPush {
    /// It is kept: pending, or failed with what the judge found.
    Kept(PushOperation),
    /// It had nowhere to go; nothing was written.
    Missing(Missing),
}

/// What was not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The company.
    Company,
    /// The connection.
    Connection,
    /// The account.
    Account,
}

/// Verbs about pushes.
#[async_trait]
pub trait Pushes: Send + Sync {
    /// Loads the account, lets [`domain::push::judge`] decide, and writes: lines, operation, the account's balance and
    /// due work when it was accepted; the failed operation with its event when it was not.
    async fn accept_push(&self, intake: PushIntake) -> Answer<AcceptedPush>;

    /// One operation.
    async fn find_push(
        &self,
        client: ClientId,
        company: CompanyId,
        key: PushKey,
    ) -> Answer<Option<PushOperation>>;

    /// A company's operations, newest first unless the request says otherwise; nothing when there is no such company.
    async fn list_pushes(
        &self,
        client: ClientId,
        company: CompanyId,
        request: &ListRequest,
    ) -> Answer<Option<Page<PushOperation>>>;
}
