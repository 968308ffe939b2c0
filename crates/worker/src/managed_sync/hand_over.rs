//! Pushes the lines of a sync as a caller would: in pushes that no platform finds too long. Lines that a rule refuses are
//! kept with their reasons in the failed push; the others are pushed again without them.

use domain::ids::{IdSource, PushKey, ordered_uuid};
use domain::managed_sync::{ManagedSync, SyncErrorCode, SyncFault};
use domain::platform::{PUSH_LINES_MAX, Profiles};
use domain::push::{DraftLine, PushDraft, PushOperation, PushStatus, Validation};
use jiff::Timestamp;
use std::collections::HashSet;
use std::sync::Arc;
use store::{AcceptedPush, Answer, Missing, PushIntake, Store};

/// What handing over needs.
pub(super) struct HandOver<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) ids: &'a dyn IdSource,
    pub(super) profiles: &'a Arc<Profiles>,
    pub(super) sync: &'a ManagedSync,
    pub(super) now: Timestamp,
}

impl HandOver<'_> {
    /// Pushes all lines, which stand in order. Answers why it stopped, if it did.
    pub(super) async fn push_all(&self, lines: &[DraftLine]) -> Answer<Option<SyncFault>> {
        for part in lines.chunks(PUSH_LINES_MAX) {
            if let Some(fault) = self.push_part(part.to_vec()).await? {
                return Ok(Some(fault));
            }
        }
        Ok(None)
    }

    async fn push_part(&self, mut lines: Vec<DraftLine>) -> Answer<Option<SyncFault>> {
        // Every turn but the last takes a line away.
        while !lines.is_empty() {
            let push = match self.push(lines.clone()).await? {
                AcceptedPush::Kept(push) => push,
                AcceptedPush::Missing(missing) => return Ok(Some(gone(missing))),
            };
            if push.status != PushStatus::Failed {
                return Ok(None);
            }
            let Some(refused) = refused_lines(&push.validation) else {
                return Ok(Some(not_connected(&push)));
            };
            let mut index = 0_usize..;
            lines.retain(|_line| index.next().is_none_or(|index| !refused.contains(&index)));
        }
        Ok(None)
    }

    async fn push(&self, lines: Vec<DraftLine>) -> Answer<AcceptedPush> {
        let intake = PushIntake {
            key: PushKey::new(ordered_uuid(self.ids, self.now)),
            account: self.sync.account.clone(),
            draft: PushDraft { lines },
            timeout_minutes: None,
            profiles: Arc::clone(self.profiles),
            requested_at: self.now,
            sync: Some(self.sync.id),
        };
        self.store.accept_push(intake).await
    }
}

/// The places of the lines that were refused; nothing when it was not for lines.
fn refused_lines(validation: &Validation) -> Option<HashSet<usize>> {
    let index = |path: &str| {
        let (index, _field) = path.strip_prefix("transactions[")?.split_once(']')?;
        index.parse().ok()
    };
    let refused: Option<HashSet<usize>> =
        validation.errors.iter().map(|error| index(&error.path)).collect();
    refused.filter(|refused| !refused.is_empty())
}

fn not_connected(push: &PushOperation) -> SyncFault {
    let reason =
        push.validation.errors.iter().find(|error| !error.path.starts_with("transactions"));
    let reason = reason.map_or("the push was refused", |error| error.message.as_str());
    let message = format!("{reason} (push {})", push.key);
    SyncFault::new(SyncErrorCode::AccountNotConnected, message)
}

pub(super) fn gone(missing: Missing) -> SyncFault {
    let what = match missing {
        Missing::Company => "company",
        Missing::Connection => "connection",
        Missing::Account => "account",
    };
    let message = format!("the {what} was deleted while the sync ran");
    SyncFault::new(SyncErrorCode::AccountDeleted, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::push::Remark;

    fn validation(paths: &[&str]) -> Validation {
        let remark = |path: &&str| Remark { path: (*path).to_owned(), message: String::new() };
        Validation { errors: paths.iter().map(remark).collect(), warnings: Vec::new() }
    }

    #[test]
    fn refused_lines_are_told_from_a_refused_account() {
        let lines = validation(&["transactions[3].date", "transactions[12].id"]);
        assert_eq!(refused_lines(&lines), Some(HashSet::from([3, 12])));
        assert_eq!(refused_lines(&validation(&["accountId"])), None);
        assert_eq!(refused_lines(&validation(&["transactions[3].date", "accountId"])), None);
        assert_eq!(refused_lines(&validation(&[])), None);
    }
}
