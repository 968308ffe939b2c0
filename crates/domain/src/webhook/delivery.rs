//! Bringing a message to a consumer: attempts until one succeeds, and what each of them means.

use super::consumer::{Consumer, DisabledWhy, Order};
use super::message::MessageId;
use crate::ids::{ClientId, CompanyId, ConsumerId, LeaseToken};
use crate::query::{Kind, Property, PropertySpec, Queryable};
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// The waits after failed attempts, the contract's.
const WAITS: [SignedDuration; 7] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(10),
    SignedDuration::from_hours(10),
];
/// One at once, and one after every wait.
pub const ATTEMPTS_MAX: u32 = 8;
/// A consumer that fails for so long is disabled.
pub const FAILING_MAX: SignedDuration = SignedDuration::from_hours(5 * 24);
/// Waits are stretched by up to a tenth, so that what failed together does not come back together.
const JITTER_TENTH: i64 = 10;
/// Nobody can put a message off for longer.
const RETRY_AFTER_MAX: SignedDuration = SignedDuration::from_hours(24);
const GONE: u16 = 410;

macro_rules! statuses {
    ($($(#[$doc:meta])* $status:ident $name:literal;)*) => {
        /// Where a delivery stands; the contract's names.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum DeliveryStatus { $($(#[$doc])* $status,)* }

        impl DeliveryStatus {
            /// Every status.
            pub const ALL: [Self; 4] = [$(Self::$status,)*];

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$status => $name,)* }
            }

            /// The status of that name.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|status| status.name() == name)
            }
        }
    };
}

statuses! {
    /// Nothing was tried yet.
    Sending "Sending";
    /// It failed and is tried again.
    Attempting "Attempting";
    /// The consumer has it.
    Success "Success";
    /// It is not tried again.
    Failure "Failure";
}

/// A message for a consumer, about to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelivery {
    /// Of the event.
    pub sequence: u64,
    /// Of the event.
    pub company: Option<CompanyId>,
    /// The event's name, as the consumer asked for it.
    pub event_type: String,
    /// The bytes that are signed and sent, every time.
    pub body: String,
}

/// A message on its way to a consumer, or there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The tenant.
    pub client: ClientId,
    /// To whom.
    pub consumer: ConsumerId,
    /// What.
    pub message: NewDelivery,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// How many attempts there were, in all.
    pub attempts: u32,
    /// How many of them count in the present round: a message that is sent again begins a new one.
    pub tries: u32,
    /// When it is tried next, unless it has ended.
    pub due_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Delivery {
    /// The message's name.
    pub fn message_id(&self) -> MessageId {
        MessageId::of(self.client, self.message.sequence)
    }
}

/// A delivery that a worker holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryLease {
    /// Proves the hold; compared again when the attempt is settled.
    pub token: LeaseToken,
    /// What is to be sent.
    pub delivery: Delivery,
    /// To whom; many of one armful go to the same.
    pub consumer: Arc<Consumer>,
}

/// What came of an attempt, on its way to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What was held.
    pub lease: DeliveryLease,
    /// What came of it.
    pub sent: Sent,
    /// Spreads retries.
    pub random: u64,
}

impl Outcome {
    /// Whether it changes nothing but its own delivery: it arrived, as those before it, and no other waits for it.
    pub fn is_plain(&self) -> bool {
        let consumer = &self.lease.consumer;
        self.sent.is_success()
            && consumer.failing_since.is_none()
            && consumer.order == Order::Parallel
    }
}

/// What came of one attempt to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The answer's status; nothing without an answer.
    pub status: Option<u16>,
    /// Why there is none, or what is wrong with it.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub answer: String,
    /// How long it took.
    pub took: SignedDuration,
    /// When the consumer wants to be called again, if it said so.
    pub not_before: Option<Timestamp>,
}

impl Sent {
    /// Only a yes is a success.
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status)) && self.error.is_none()
    }
}

/// An attempt as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// From one.
    pub number: u32,
    /// When it ended.
    pub at: Timestamp,
    /// What came of it.
    pub sent: Sent,
}

/// What an attempt means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Of the delivery, from now on.
    pub status: DeliveryStatus,
    /// When it is tried next.
    pub due_at: Option<Timestamp>,
    /// Since when nothing has got through to the consumer.
    pub failing_since: Option<Timestamp>,
    /// Whether the consumer is to be disabled.
    pub disable: Option<DisabledWhy>,
}

impl Verdict {
    /// Of an attempt that succeeded.
    pub const SUCCESS: Self =
        Self { status: DeliveryStatus::Success, due_at: None, failing_since: None, disable: None };
}

/// Judges attempt number `tries` (from one) of a round. `failing_since` is the consumer's, as it stands.
pub fn judge_attempt(
    tries: u32,
    failing_since: Option<Timestamp>,
    sent: &Sent,
    now: Timestamp,
    random: u64,
) -> Verdict {
    if sent.is_success() {
        return Verdict::SUCCESS;
    }
    let since = failing_since.unwrap_or(now);
    let failing_since = Some(since);
    let disable = if sent.status == Some(GONE) {
        Some(DisabledWhy::Gone)
    } else {
        (now.duration_since(since) >= FAILING_MAX).then_some(DisabledWhy::Failing)
    };
    let due_at = wait_after(tries, random).map(|wait| {
        let due_at = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
        let latest = now.saturating_add(RETRY_AFTER_MAX).unwrap_or(Timestamp::MAX);
        sent.not_before.map_or(due_at, |wished| due_at.max(wished.min(latest)))
    });
    let status =
        if due_at.is_some() { DeliveryStatus::Attempting } else { DeliveryStatus::Failure };
    Verdict { status, due_at, failing_since, disable }
}

/// How long to wait after so many failed attempts; nothing after the last.
fn wait_after(tries: u32, random: u64) -> Option<SignedDuration> {
    let place = usize::try_from(tries.saturating_sub(1)).ok()?;
    let wait = WAITS.get(place)?;
    let millis = wait.as_millis();
    let most = u64::try_from(millis).ok()?.checked_div(JITTER_TENTH.unsigned_abs())?;
    let more = random.checked_rem(most.saturating_add(1)).unwrap_or(0);
    Some(wait.saturating_add(SignedDuration::from_millis(i64::try_from(more).ok()?)))
}

/// What lists of deliveries can be filtered and ordered by.
pub const DELIVERY_PROPERTIES: &[PropertySpec] = &[
    PropertySpec::new("eventType", Kind::Text),
    PropertySpec::new("status", Kind::Text),
    PropertySpec::new("createdDate", Kind::Moment),
];

impl Queryable for Delivery {
    fn property(&self, path: &str) -> Property<'_> {
        match path {
            "eventType" => Property::Text(self.message.event_type.as_str().into()),
            "status" => Property::Text(self.status.name().into()),
            "createdDate" => Property::Moment(self.created_at),
            _ => Property::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn answered(status: u16) -> Sent {
        Sent {
            status: Some(status),
            error: None,
            answer: String::new(),
            took: SignedDuration::ZERO,
            not_before: None,
        }
    }

    #[test]
    fn eight_attempts_lie_within_a_day_and_a_few_hours() {
        for random in [0, u64::MAX, 4_711] {
            let mut at = NOW;
            for tries in 1..ATTEMPTS_MAX {
                let verdict = judge_attempt(tries, None, &answered(500), at, random);
                assert_eq!(verdict.status, DeliveryStatus::Attempting);
                at = verdict.due_at.unwrap();
            }
            let hours = at.duration_since(NOW).as_secs_f64() / 3_600.0;
            assert!((27.5..=30.5).contains(&hours), "{hours}");
            let last = judge_attempt(ATTEMPTS_MAX, None, &answered(500), at, random);
            assert_eq!((last.status, last.due_at), (DeliveryStatus::Failure, None));
        }
    }

    #[test]
    fn only_a_yes_is_a_success() {
        for status in [200, 204, 299] {
            let verdict = judge_attempt(3, Some(NOW), &answered(status), NOW, 0);
            assert_eq!((verdict.status, verdict.failing_since), (DeliveryStatus::Success, None));
        }
        for status in [100, 199, 300, 302, 404, 429, 500] {
            let verdict = judge_attempt(1, None, &answered(status), NOW, 0);
            assert_eq!(verdict.status, DeliveryStatus::Attempting, "{status}");
            assert_eq!((verdict.failing_since, verdict.disable), (Some(NOW), None));
        }
        let cut_off = Sent { error: Some("broke off".to_owned()), ..answered(200) };
        assert_eq!(judge_attempt(1, None, &cut_off, NOW, 0).status, DeliveryStatus::Attempting);
    }

    #[test]
    fn a_consumer_that_is_gone_or_fails_for_days_is_disabled() {
        let gone = judge_attempt(1, None, &answered(410), NOW, 0);
        assert_eq!(gone.disable, Some(DisabledWhy::Gone));
        assert!(gone.due_at.is_some(), "it is tried again if its owner enables it");
        let later = NOW + FAILING_MAX;
        let still = judge_attempt(1, Some(NOW), &answered(500), later, 0);
        assert_eq!((still.disable, still.failing_since), (Some(DisabledWhy::Failing), Some(NOW)));
        assert_eq!(judge_attempt(1, Some(later), &answered(500), later, 0).disable, None);
    }

    #[test]
    fn a_consumer_may_ask_for_more_time_but_not_for_all_of_it() {
        let asked = |not_before| {
            let sent = Sent { not_before: Some(not_before), ..answered(429) };
            judge_attempt(1, None, &sent, NOW, 0).due_at.unwrap()
        };
        let minute = SignedDuration::from_mins(1);
        assert_eq!(asked(NOW + minute), NOW + minute);
        assert_eq!(asked(NOW), NOW + SignedDuration::from_secs(5));
        assert_eq!(asked(Timestamp::MAX), NOW + RETRY_AFTER_MAX);
    }
}
