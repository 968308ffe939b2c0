//! What becomes of a sync after an attempt.

use super::fault::{SyncErrorCode, SyncFault};
use super::sync::SyncStatus;
use crate::push::PushOperation;
use crate::retry::retry_delay;
use jiff::{SignedDuration, Timestamp};

/// How often a sync is taken up: a bank that is away for moments costs nothing, and one that is away for longer is told
/// to the operator while the next scheduled sync asks for the whole period again.
pub const SYNC_ATTEMPTS_MAX: u32 = 3;
/// A bank that asks for a longer pause than this is told to the operator instead of being waited for.
const WAIT_MAX: SignedDuration = SignedDuration::from_mins(15);

/// What an attempt brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncOutcome {
    /// The bank gave all its lines, and all of them were pushed.
    Taken {
        /// How many.
        fetched_lines: u32,
    },
    /// It stopped before.
    Stopped(SyncFault, Again),
}

/// Whether another attempt may bring more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Somebody has to do something first.
    Useless,
    /// It may pass by itself; not before the given instant.
    Later(Option<Timestamp>),
}

/// A sync in the eyes of [`settle_sync`].
#[derive(Clone, Copy, Debug)]
pub struct SyncAttempted<'a> {
    /// Which attempt this was, from one.
    pub attempt: u32,
    /// For the wait until the next one.
    pub random: u64,
    /// What all attempts pushed, as it was accepted.
    pub pushes: &'a [PushOperation],
}

/// What the store is to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncSettlement {
    /// It has ended.
    Finished(SyncEnd),
    /// Another attempt is due.
    Again(Timestamp),
}

/// How a sync ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncEnd {
    /// Never `Started`.
    pub status: SyncStatus,
    /// Why it did not bring everything.
    pub fault: Option<SyncFault>,
    /// How many lines the bank gave.
    pub fetched_lines: u32,
    /// How many of them were not known before.
    pub new_lines: u32,
    /// Whether the next sync may go on where this one's period ends.
    pub covers_period: bool,
}

/// Decides. Lines that the platform's rules refuse are refused for good, so a sync that brought others covers its period
/// all the same: the refused ones stand in its failed pushes.
pub fn settle_sync(
    sync: SyncAttempted<'_>,
    outcome: SyncOutcome,
    now: Timestamp,
) -> SyncSettlement {
    let is_refused = |push: &&PushOperation| push.was_refused();
    let accepted = sync.pushes.iter().filter(|push| !is_refused(push));
    let new_lines = accepted.fold(0_u32, |sum, push| sum.saturating_add(push.lines.count));
    let (fault, fetched_lines, is_read) = match outcome {
        SyncOutcome::Taken { fetched_lines } => {
            (sync.pushes.iter().find(is_refused).map(refused), fetched_lines, true)
        }
        SyncOutcome::Stopped(fault, again) => {
            if let Some(at) = next_attempt(&sync, again, now) {
                return SyncSettlement::Again(at);
            }
            (Some(fault), 0, false)
        }
    };
    let status = match (&fault, new_lines) {
        (None, 0) => SyncStatus::SuccessNoDataPushed,
        (None, _) => SyncStatus::SuccessDataPushed,
        (Some(_), 0) => SyncStatus::Failed,
        (Some(_), _) => SyncStatus::PartialSuccessDataPushed,
    };
    let covers_period = is_read && status != SyncStatus::Failed;
    SyncSettlement::Finished(SyncEnd { status, fault, fetched_lines, new_lines, covers_period })
}

fn refused(push: &PushOperation) -> SyncFault {
    let message = format!(
        "the platform's rules refuse some of the bank's transactions: the validation of the push {} says which, and why",
        push.key
    );
    SyncFault::new(SyncErrorCode::LinesRefused, message)
}

fn next_attempt(sync: &SyncAttempted<'_>, again: Again, now: Timestamp) -> Option<Timestamp> {
    let Again::Later(not_before) = again else { return None };
    let wait = now.saturating_add(retry_delay(sync.attempt, sync.random)).unwrap_or(now);
    let at = not_before.map_or(wait, |bound| bound.max(wait));
    let is_near = at.duration_since(now) <= WAIT_MAX;
    (sync.attempt < SYNC_ATTEMPTS_MAX && is_near).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ClientId, CompanyId, ConnectionId, ConnectionPath, PushKey};
    use crate::push::{LineSpan, PushStatus, Validation};
    use crate::source_account::AccountId;

    fn now() -> Timestamp {
        "2024-02-29T12:00:00Z".parse().unwrap()
    }

    fn a_push(status: PushStatus, count: u32) -> PushOperation {
        let nobody = uuid::Uuid::nil();
        PushOperation {
            key: PushKey::new(nobody),
            path: ConnectionPath {
                client: ClientId::new(nobody),
                company: CompanyId::new(nobody),
                connection: ConnectionId::new(nobody),
            },
            account: AccountId::parse("a").unwrap(),
            requested_at: now(),
            completed_at: None,
            status,
            error: None,
            validation: Validation::default(),
            timeout_minutes: None,
            lines: LineSpan { first: 0, count },
            known_lines: 0,
            awaited: Vec::new(),
        }
    }

    fn end(outcome: SyncOutcome, attempt: u32, pushes: &[PushOperation]) -> SyncSettlement {
        settle_sync(SyncAttempted { attempt, random: 700, pushes }, outcome, now())
    }

    fn finished(settlement: SyncSettlement) -> (SyncStatus, Option<SyncErrorCode>, u32, bool) {
        match settlement {
            SyncSettlement::Finished(end) => {
                (end.status, end.fault.map(|fault| fault.code), end.new_lines, end.covers_period)
            }
            SyncSettlement::Again(at) => panic!("again at {at}"),
        }
    }

    fn stopped(again: Again) -> SyncOutcome {
        SyncOutcome::Stopped(SyncFault::new(SyncErrorCode::BankFailed, "HTTP 503"), again)
    }

    #[test]
    fn a_sync_tells_whether_it_brought_everything_something_or_nothing() {
        let taken = || SyncOutcome::Taken { fetched_lines: 9 };
        let (good, known, bad) = (
            a_push(PushStatus::Pending, 5),
            a_push(PushStatus::Success, 0),
            a_push(PushStatus::Failed, 0),
        );
        let later = a_push(PushStatus::Failed, 5);
        let refused = Some(SyncErrorCode::LinesRefused);
        let cases = [
            (vec![], SyncStatus::SuccessNoDataPushed, None, 0, true),
            (vec![known.clone()], SyncStatus::SuccessNoDataPushed, None, 0, true),
            (vec![good.clone(), known.clone()], SyncStatus::SuccessDataPushed, None, 5, true),
            (vec![bad.clone(), good], SyncStatus::PartialSuccessDataPushed, refused, 5, true),
            (vec![bad, known], SyncStatus::Failed, refused, 0, false),
            // What is accepted and fails afterwards may do so before or after the sync has ended.
            (vec![later], SyncStatus::SuccessDataPushed, None, 5, true),
        ];
        for (pushes, status, code, new, covers) in cases {
            assert_eq!(finished(end(taken(), 1, &pushes)), (status, code, new, covers));
        }
    }

    #[test]
    fn what_may_pass_is_tried_again_a_few_times_and_not_before_the_bank_allows_it() {
        let soon = now() + SignedDuration::from_millis(700);
        let later = now() + SignedDuration::from_mins(2);
        assert_eq!(end(stopped(Again::Later(None)), 1, &[]), SyncSettlement::Again(soon));
        assert_eq!(end(stopped(Again::Later(Some(later))), 2, &[]), SyncSettlement::Again(later));
        let failed = (SyncStatus::Failed, Some(SyncErrorCode::BankFailed), 0, false);
        assert_eq!(finished(end(stopped(Again::Later(None)), SYNC_ATTEMPTS_MAX, &[])), failed);
        let far = now() + SignedDuration::from_hours(2);
        assert_eq!(finished(end(stopped(Again::Later(Some(far))), 1, &[])), failed);
        assert_eq!(finished(end(stopped(Again::Useless), 1, &[])), failed);
    }

    #[test]
    fn what_an_earlier_attempt_pushed_counts_but_does_not_cover_the_period() {
        let pushes = [a_push(PushStatus::Success, 3)];
        let expected =
            (SyncStatus::PartialSuccessDataPushed, Some(SyncErrorCode::BankFailed), 3, false);
        assert_eq!(finished(end(stopped(Again::Useless), 1, &pushes)), expected);
    }
}
