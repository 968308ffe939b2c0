//! What becomes of a push after an attempt to deliver it.

use super::{LineSpan, PushOperation, PushStatus, Remark, Validation, deadline};
use crate::clock::moved_back;
use crate::retry::retry_delay;
use jiff::Timestamp;

/// Why a push failed whose account is gone, as far as that is known.
const UNTAKEN: &str =
    "the account was deleted or disconnected before the platform took anything of the push";
/// The same where its lines may be in the books.
const PERHAPS_TAKEN: &str = "the account was deleted or disconnected while the push was under way: look into the books \
     before you push its transactions again, they may be there";

/// What an attempt brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The platform has the lines, or can fetch them.
    Done,
    /// The same, but lines that were left to an earlier push did not arrive with that.
    Lacking(Vec<Remark>),
    /// The platform said no.
    Rejected(Vec<Remark>),
    /// Nothing is known against it: try again, not before the given instant.
    TryAgain(Option<Timestamp>),
    /// It is under way: look again then.
    Waiting(Timestamp),
    /// The account or the connection is not there any more, or feeds nothing.
    Gone,
}

impl Outcome {
    /// The same by the clock that shows `now`, after an attempt that began at `began`: it may have been set back meanwhile.
    #[must_use]
    pub fn by_the_clock_of(self, now: Timestamp, began: Timestamp) -> Self {
        let by = began.duration_since(now);
        if !by.is_positive() {
            return self;
        }
        match self {
            Self::TryAgain(at) => Self::TryAgain(at.map(|at| moved_back(at, by, now))),
            Self::Waiting(at) => Self::Waiting(moved_back(at, by, now)),
            Self::Done | Self::Lacking(_) | Self::Rejected(_) | Self::Gone => self,
        }
    }
}

/// What the store is to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// It has ended.
    Finished(Ending),
    /// Its deadline has passed while nobody knows yet what became of lines that were sent: it ends as `TimedOut`, and its
    /// work goes on until that is known.
    TimedOut(Timestamp),
    /// What became of the lines of a push that timed out.
    Resolved(Withdrawal),
    /// Another attempt is due.
    Again(Timestamp),
    /// The same, and the platform has answered since: waits grow anew.
    Waiting(Timestamp),
}

/// How a push ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// How; never `Pending`.
    pub status: PushStatus,
    /// In one sentence.
    pub error: Option<String>,
    /// The platform's words.
    pub errors: Vec<Remark>,
    /// What looked odd while it was sent.
    pub warnings: Vec<Remark>,
    /// Lines that are taken back: when they are sent again, they are new.
    pub withdrawal: Withdrawal,
}

/// Lines that are taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawal {
    /// None.
    Nothing,
    /// All of the push, unless a statement has shown one, or newer lines stand after them: they could not come again,
    /// because who fetches takes nothing that is older than what it has.
    Unshown,
    /// These.
    Lines(LineSpan),
}

impl Ending {
    /// With nothing to be said against it.
    pub const fn success(warnings: Vec<Remark>) -> Self {
        Self {
            status: PushStatus::Success,
            error: None,
            errors: Vec::new(),
            warnings,
            withdrawal: Withdrawal::Nothing,
        }
    }

    /// At its deadline.
    pub fn timed_out() -> Self {
        let error = "the push did not end within its timeoutInMinutes: nothing more of it is sent";
        let ending = Self::failed(error, Vec::new(), Withdrawal::Nothing);
        Self { status: PushStatus::TimedOut, ..ending }
    }

    fn failed(error: &str, errors: Vec<Remark>, withdrawal: Withdrawal) -> Self {
        let error = Some(error.to_owned());
        Self { status: PushStatus::Failed, error, errors, warnings: Vec::new(), withdrawal }
    }
}

/// A push in the eyes of [`settle`].
#[derive(Clone, Debug)]
pub struct Attempted<'a> {
    /// The push.
    pub push: &'a PushOperation,
    /// Which attempt this was, from one.
    pub attempt: u32,
    /// For the wait until the next one.
    pub random: u64,
    /// What is known of what was sent; nothing of a platform that fetches, or that is gone with its connection.
    pub sent: Option<Sent>,
}

/// What is known of what was sent of a push.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Lines of which nobody may say any more that they are not in the books: they were delivered.
    pub taken: u32,
    /// Whether a statement that is not known to be in the books may yet come there.
    pub may_arrive: bool,
    /// What looked odd.
    pub warnings: Vec<Remark>,
}

/// The lines of a push after the first `taken`.
fn rest(push: &PushOperation, taken: u32) -> Withdrawal {
    let first = push.lines.first.saturating_add(u64::from(taken));
    match push.lines.count.saturating_sub(taken) {
        0 => Withdrawal::Nothing,
        count => Withdrawal::Lines(LineSpan { first, count }),
    }
}

/// Decides. A deadline that has passed wins over whatever the attempt brought: a push never leaves `TimedOut`.
pub fn settle(attempted: Attempted<'_>, outcome: Outcome, now: Timestamp) -> Settlement {
    let Attempted { push, attempt, random, sent } = attempted;
    let keeps_what_was_shown = sent.is_none();
    // What was known has arrived with an earlier push, or may have.
    let is_certain = push.known_lines == 0
        && sent.as_ref().is_some_and(|sent| sent.taken == 0 && !sent.may_arrive);
    let sent = sent.unwrap_or_default();
    let wait = now.saturating_add(retry_delay(attempt, random)).unwrap_or(now);
    if push.status != PushStatus::Pending {
        return resolve(push, &sent, &outcome, wait);
    }
    let deadline = deadline(push.requested_at, push.timeout_minutes);
    if deadline.is_some_and(|deadline| now >= deadline) {
        let withdrawal =
            if keeps_what_was_shown { Withdrawal::Unshown } else { rest(push, sent.taken) };
        return time_out(sent, outcome, withdrawal, wait);
    }
    let by_deadline = |at: Timestamp| deadline.map_or(at, |deadline| at.min(deadline));
    match outcome {
        Outcome::Done => Settlement::Finished(Ending::success(sent.warnings)),
        Outcome::Lacking(errors) => Settlement::Finished(Ending {
            warnings: sent.warnings,
            ..Ending::failed(
                "transactions that were skipped as known did not arrive with the push that brought them, see validation",
                errors,
                Withdrawal::Nothing,
            )
        }),
        Outcome::Rejected(errors) => Settlement::Finished(Ending {
            warnings: sent.warnings,
            ..Ending::failed(
                "the platform refused the push, see validation",
                errors,
                rest(push, sent.taken),
            )
        }),
        Outcome::Gone => Settlement::Finished(Ending::failed(
            if is_certain { UNTAKEN } else { PERHAPS_TAKEN },
            Vec::new(),
            rest(push, sent.taken),
        )),
        Outcome::TryAgain(not_before) => {
            Settlement::Again(by_deadline(not_before.map_or(wait, |bound| bound.max(wait))))
        }
        Outcome::Waiting(at) => Settlement::Waiting(by_deadline(at)),
    }
}

fn time_out(sent: Sent, outcome: Outcome, withdrawal: Withdrawal, wait: Timestamp) -> Settlement {
    let errors = match outcome {
        Outcome::TryAgain(_) | Outcome::Waiting(_) if sent.may_arrive => {
            return Settlement::TimedOut(wait);
        }
        Outcome::Lacking(errors) => errors,
        Outcome::Done
        | Outcome::Rejected(_)
        | Outcome::Gone
        | Outcome::TryAgain(_)
        | Outcome::Waiting(_) => Vec::new(),
    };
    let warnings = sent.warnings;
    Settlement::Finished(Ending { errors, warnings, withdrawal, ..Ending::timed_out() })
}

/// Of a push that timed out, only its lines are still of interest.
fn resolve(push: &PushOperation, sent: &Sent, outcome: &Outcome, wait: Timestamp) -> Settlement {
    match outcome {
        Outcome::Done | Outcome::Lacking(_) | Outcome::Rejected(_) | Outcome::Gone => {
            Settlement::Resolved(rest(push, sent.taken))
        }
        Outcome::TryAgain(not_before) => {
            Settlement::Again(not_before.map_or(wait, |bound| bound.max(wait)))
        }
        Outcome::Waiting(at) => Settlement::Waiting(*at),
    }
}

impl PushOperation {
    /// The push as it is once it has ended.
    #[must_use]
    pub fn ended(self, ending: Ending, now: Timestamp) -> Self {
        let Ending { status, error, errors, warnings, withdrawal: _ } = ending;
        let validation = self.validation.with(errors, warnings);
        Self { status, error, validation, completed_at: Some(now), ..self }
    }
}

impl Validation {
    /// The same, with what came to light while it was delivered.
    #[must_use]
    pub fn with(mut self, errors: Vec<Remark>, warnings: Vec<Remark>) -> Self {
        self.errors.extend(errors);
        self.warnings.extend(warnings);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ClientId, CompanyId, ConnectionId, ConnectionPath, PushKey};
    use crate::source_account::AccountId;
    use jiff::SignedDuration;
    use uuid::Uuid;

    fn push(status: PushStatus) -> PushOperation {
        let id = Uuid::nil();
        PushOperation {
            key: PushKey::new(id),
            path: ConnectionPath {
                client: ClientId::new(id),
                company: CompanyId::new(id),
                connection: ConnectionId::new(id),
            },
            account: AccountId::parse("a").unwrap(),
            requested_at: "2024-02-29T12:00:00Z".parse().unwrap(),
            completed_at: None,
            status,
            error: None,
            validation: Validation::default(),
            timeout_minutes: Some(5),
            lines: LineSpan { first: 10, count: 4 },
            known_lines: 0,
            awaited: Vec::new(),
        }
    }

    fn later(push: &PushOperation, wait: SignedDuration) -> Timestamp {
        push.requested_at.checked_add(wait).unwrap()
    }

    fn settled(
        push: &PushOperation,
        sent: Option<Sent>,
        outcome: Outcome,
        secs: i64,
    ) -> Settlement {
        let now = later(push, SignedDuration::from_secs(secs));
        settle(Attempted { push, attempt: 3, random: 2_500, sent }, outcome, now)
    }

    fn ending(settlement: Settlement) -> (PushStatus, Withdrawal) {
        let Settlement::Finished(ending) = settlement else { panic!("{settlement:?}") };
        (ending.status, ending.withdrawal)
    }

    const LATE: i64 = 300;

    #[test]
    fn a_passed_deadline_ends_a_push_whatever_came_back() {
        let push = push(PushStatus::Pending);
        for outcome in [Outcome::Done, Outcome::TryAgain(None), Outcome::Gone] {
            let pulled = ending(settled(&push, None, outcome.clone(), LATE));
            assert_eq!(pulled, (PushStatus::TimedOut, Withdrawal::Unshown));
            let sent = ending(settled(&push, Some(Sent::default()), outcome, LATE));
            assert_eq!(sent, (PushStatus::TimedOut, Withdrawal::Lines(push.lines)));
        }
    }

    #[test]
    fn what_is_under_way_at_the_deadline_is_followed_to_its_end() {
        let under_way = || Some(Sent { may_arrive: true, ..Sent::default() });
        let pending = push(PushStatus::Pending);
        let settlement = settled(&pending, under_way(), Outcome::TryAgain(None), LATE);
        assert!(matches!(settlement, Settlement::TimedOut(_)), "{settlement:?}");
        let over = push(PushStatus::TimedOut);
        let again = settled(&over, under_way(), Outcome::Waiting(Timestamp::MAX), LATE + 1);
        assert_eq!(again, Settlement::Waiting(Timestamp::MAX));
        let taken = Some(Sent { taken: 4, ..Sent::default() });
        let done = settled(&over, taken, Outcome::Done, LATE + 9);
        assert_eq!(done, Settlement::Resolved(Withdrawal::Nothing));
        let refused = settled(&over, Some(Sent::default()), Outcome::Rejected(vec![]), LATE + 9);
        assert_eq!(refused, Settlement::Resolved(Withdrawal::Lines(over.lines)));
    }

    #[test]
    fn a_push_that_lacks_what_it_left_to_another_names_it_and_keeps_its_own() {
        let errors =
            vec![Remark { path: "transactions[0].id".to_owned(), message: "x".to_owned() }];
        let pending = push(PushStatus::Pending);
        let lacking = |secs| {
            let taken = Some(Sent { taken: 4, ..Sent::default() });
            settled(&pending, taken, Outcome::Lacking(errors.clone()), secs)
        };
        let Settlement::Finished(ended) = lacking(0) else { panic!() };
        assert_eq!((ended.status, ended.withdrawal), (PushStatus::Failed, Withdrawal::Nothing));
        assert_eq!(ended.errors, errors);
        let Settlement::Finished(late) = lacking(LATE) else { panic!() };
        assert_eq!((late.status, late.withdrawal), (PushStatus::TimedOut, Withdrawal::Nothing));
        assert_eq!(late.errors, errors);
    }

    #[test]
    fn lines_that_were_not_taken_are_taken_back() {
        let push = push(PushStatus::Pending);
        for (taken, left) in [
            (0, Withdrawal::Lines(LineSpan { first: 10, count: 4 })),
            (3, Withdrawal::Lines(LineSpan { first: 13, count: 1 })),
            (4, Withdrawal::Nothing),
        ] {
            let sent = Some(Sent { taken, ..Sent::default() });
            let refused = settled(&push, sent, Outcome::Rejected(vec![]), 0);
            assert_eq!(ending(refused), (PushStatus::Failed, left), "{taken}");
        }
    }

    #[test]
    fn the_next_attempt_waits_for_the_platform_but_not_beyond_the_deadline() {
        let push = push(PushStatus::Pending);
        let after = |seconds| later(&push, SignedDuration::from_secs(seconds));
        let again = |bound| settled(&push, None, Outcome::TryAgain(bound), 0);
        let soon = later(&push, SignedDuration::from_millis(2_500));
        assert_eq!(again(None), Settlement::Again(soon));
        assert_eq!(again(Some(after(60))), Settlement::Again(after(60)));
        assert_eq!(again(Some(after(900))), Settlement::Again(after(300)));
        let waiting = settled(&push, None, Outcome::Waiting(after(900)), 0);
        assert_eq!(waiting, Settlement::Waiting(after(300)));
    }

    #[test]
    fn nothing_is_said_to_be_missing_in_the_books_that_may_be_there() {
        let told = |push: &PushOperation, sent| {
            let Settlement::Finished(ending) = settled(push, sent, Outcome::Gone, 0) else {
                panic!()
            };
            ending.error.unwrap()
        };
        let all_its_own = push(PushStatus::Pending);
        assert_eq!(told(&all_its_own, Some(Sent::default())), UNTAKEN);
        for sent in [
            Some(Sent { may_arrive: true, ..Sent::default() }),
            Some(Sent { taken: 1, ..Sent::default() }),
            None,
        ] {
            assert_eq!(told(&all_its_own, sent), PERHAPS_TAKEN);
        }
        let left_to_another = PushOperation { known_lines: 1, ..all_its_own };
        assert_eq!(told(&left_to_another, Some(Sent::default())), PERHAPS_TAKEN);
    }

    #[test]
    fn what_is_waited_for_was_reckoned_by_a_clock_that_was_set_back_since() {
        let at = |minutes| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes);
        let moved = |minutes| Outcome::Waiting(at(minutes)).by_the_clock_of(at(0), at(60));
        assert_eq!(moved(61), Outcome::Waiting(at(1)));
        assert_eq!(moved(50), Outcome::Waiting(at(0)), "it has passed");
        let again = Outcome::TryAgain(Some(at(70))).by_the_clock_of(at(0), at(60));
        assert_eq!(again, Outcome::TryAgain(Some(at(10))));
        let usual = Outcome::Waiting(at(90));
        assert_eq!(usual.clone().by_the_clock_of(at(60), at(0)), usual);
    }

    #[test]
    fn outcomes_become_statuses() {
        let push = push(PushStatus::Pending);
        let status = |outcome| ending(settled(&push, None, outcome, 0)).0;
        assert_eq!(status(Outcome::Done), PushStatus::Success);
        assert_eq!(status(Outcome::Gone), PushStatus::Failed);
        assert_eq!(status(Outcome::Rejected(vec![])), PushStatus::Failed);
    }
}
