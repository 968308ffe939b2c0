//! What becomes of a push after an attempt to deliver it.

use super::{PushStatus, Remark, Validation, deadline};
use crate::retry::retry_delay;
use jiff::Timestamp;

/// What an attempt brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The platform has the lines, or can fetch them.
    Done,
    /// The platform said no.
    Rejected(Vec<Remark>),
    /// Nothing is known against it: try again, not before the given instant.
    TryAgain(Option<Timestamp>),
    /// The account or the connection is not there any more.
    Gone,
}

/// What the store is to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// It has ended.
    Finished {
        /// How; never `Pending`.
        status: PushStatus,
        /// In one sentence.
        error: Option<String>,
        /// The platform's words.
        errors: Vec<Remark>,
    },
    /// Another attempt is due.
    Again(Timestamp),
}

impl Settlement {
    fn failed(error: &str, errors: Vec<Remark>) -> Self {
        Self::Finished { status: PushStatus::Failed, error: Some(error.to_owned()), errors }
    }
}

/// A push in the eyes of [`settle`].
#[derive(Clone, Copy, Debug)]
pub struct Attempted {
    /// When the push came.
    pub requested_at: Timestamp,
    /// The caller's deadline.
    pub timeout_minutes: Option<u32>,
    /// Which attempt this was, from one.
    pub attempt: u32,
    /// For the wait until the next one.
    pub random: u64,
}

/// Decides. A deadline that has passed wins over whatever the attempt brought: a push never leaves `TimedOut`.
pub fn settle(push: Attempted, outcome: Outcome, now: Timestamp) -> Settlement {
    let deadline = deadline(push.requested_at, push.timeout_minutes);
    if deadline.is_some_and(|deadline| now >= deadline) {
        let error =
            "the push was not delivered within its timeoutInMinutes and will not be".to_owned();
        return Settlement::Finished {
            status: PushStatus::TimedOut,
            error: Some(error),
            errors: Vec::new(),
        };
    }
    match outcome {
        Outcome::Done => {
            Settlement::Finished { status: PushStatus::Success, error: None, errors: Vec::new() }
        }
        Outcome::Rejected(errors) => {
            Settlement::failed("the platform refused the push, see validation", errors)
        }
        Outcome::Gone => Settlement::failed(
            "the account or its connection was deleted before the push was delivered",
            Vec::new(),
        ),
        Outcome::TryAgain(not_before) => {
            let wait = now.saturating_add(retry_delay(push.attempt, push.random)).unwrap_or(now);
            let at = not_before.map_or(wait, |bound| bound.max(wait));
            Settlement::Again(deadline.map_or(at, |deadline| at.min(deadline)))
        }
    }
}

impl Validation {
    /// The same, with the platform's words added.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<Remark>) -> Self {
        self.errors.extend(errors);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn attempted() -> Attempted {
        let requested_at = "2024-02-29T12:00:00Z".parse().unwrap();
        Attempted { requested_at, timeout_minutes: Some(5), attempt: 3, random: 2_500 }
    }

    fn status(settlement: &Settlement) -> Option<PushStatus> {
        match settlement {
            Settlement::Finished { status, .. } => Some(*status),
            Settlement::Again(_) => None,
        }
    }

    #[test]
    fn a_passed_deadline_ends_a_push_whatever_came_back() {
        let push = attempted();
        let late = push.requested_at + SignedDuration::from_mins(5);
        for outcome in [Outcome::Done, Outcome::TryAgain(None), Outcome::Gone] {
            assert_eq!(status(&settle(push, outcome, late)), Some(PushStatus::TimedOut));
        }
    }

    #[test]
    fn the_next_attempt_waits_for_the_platform_but_not_beyond_the_deadline() {
        let push = attempted();
        let now = push.requested_at;
        let after = |seconds| now + SignedDuration::from_secs(seconds);
        let again = |bound| settle(push, Outcome::TryAgain(bound), now);
        assert_eq!(again(None), Settlement::Again(now + SignedDuration::from_millis(2_500)));
        assert_eq!(again(Some(after(60))), Settlement::Again(after(60)));
        assert_eq!(again(Some(after(900))), Settlement::Again(after(300)));
    }

    #[test]
    fn outcomes_become_statuses() {
        let push = attempted();
        let now = push.requested_at;
        assert_eq!(status(&settle(push, Outcome::Done, now)), Some(PushStatus::Success));
        assert_eq!(status(&settle(push, Outcome::Gone, now)), Some(PushStatus::Failed));
        assert_eq!(status(&settle(push, Outcome::Rejected(vec![]), now)), Some(PushStatus::Failed));
    }
}
