//! How much a client, and whoever calls from one address, may ask for. Counting is the store's business: the decision is
//! made here, from what was counted.

use crate::ids::{ClientId, RequestId};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

/// The contract's figures.
pub const REQUESTS_PER_COMPANY_DEFAULT: u32 = 1_000;
/// The contract's figures.
pub const CONCURRENT_PER_COMPANY_DEFAULT: u32 = 10;
/// The contract's figures.
pub const REQUESTS_PER_ADDRESS_DEFAULT: u32 = 1_000;

/// A request that has not ended after so long never will: its process died. Longer than any request may take.
pub const REQUEST_LIFE: SignedDuration = SignedDuration::from_secs(60);
/// Companies are counted again after so long, and always before the last request is let in or one is refused.
const COUNT_LIFE: SignedDuration = SignedDuration::from_secs(60);

/// What is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Requests in a day (UTC), times one more than the client has active companies.
    pub per_company_day: u32,
    /// Requests at once, times the number of active companies; a client without any is treated as if it had one.
    pub at_once_per_company: u32,
    /// Requests in a minute from one address.
    pub per_address_minute: u32,
}

/// A request that wants to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knock {
    /// Names the request until it ends.
    pub id: RequestId,
    /// The tenant.
    pub client: ClientId,
    /// When it came.
    pub at: Timestamp,
    /// What is allowed.
    pub limits: RateLimits,
}

/// What a client has asked for in a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayUse {
    /// The day.
    pub day: Date,
    /// Requests that were let in.
    pub used: u64,
    /// Whether one was refused because the day's share was used up.
    pub is_reached: bool,
    /// Companies with a linked connection, as last counted.
    pub companies: u64,
    /// When they were counted.
    pub counted_at: Timestamp,
}

/// A client's share of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Requests in the day.
    pub limit: u64,
    /// Those that are left.
    pub remaining: u64,
    /// When the next day begins.
    pub resets_at: Timestamp,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may be done.
    Admitted(Quota),
    /// The day's share is used up.
    UsedUp(Quota),
    /// Too many are under way.
    TooMany {
        /// The client's share of the day, of which nothing was taken.
        quota: Quota,
        /// How many may be under way.
        at_once: u64,
    },
}

impl DayUse {
    /// Nothing yet.
    pub fn begin(at: Timestamp) -> Self {
        Self {
            day: day_of(at),
            used: 0,
            is_reached: false,
            companies: 0,
            // Counted before anything is decided.
            counted_at: Timestamp::MIN,
        }
    }

    /// As it stands at `at`: a new day begins with nothing. A clock that goes back starts no new day.
    #[must_use]
    pub fn as_of(self, at: Timestamp) -> Self {
        if day_of(at) <= self.day {
            return self;
        }
        Self { companies: self.companies, counted_at: self.counted_at, ..Self::begin(at) }
    }

    /// Whether the companies must be counted before [`DayUse::decide`].
    pub fn is_stale(&self, knock: &Knock, under_way: u64) -> bool {
        let age = knock.at.duration_since(self.counted_at);
        age >= COUNT_LIFE
            || age.is_negative()
            || !matches!(
                self.clone_and_decide(knock, under_way),
                Admission::Admitted(quota) if quota.remaining > 0
            )
    }

    /// Decides, and counts the request if it is let in.
    pub fn decide(&mut self, knock: &Knock, under_way: u64) -> Admission {
        let quota = self.quota(&knock.limits);
        let at_once =
            u64::from(knock.limits.at_once_per_company).saturating_mul(self.companies.max(1));
        if quota.remaining == 0 {
            self.is_reached = true;
            return Admission::UsedUp(quota);
        }
        if under_way >= at_once {
            return Admission::TooMany { quota, at_once };
        }
        self.used = self.used.saturating_add(1);
        Admission::Admitted(self.quota(&knock.limits))
    }

    /// The client's share, and what is left of it.
    pub fn quota(&self, limits: &RateLimits) -> Quota {
        let shares = self.companies.saturating_add(1);
        let limit = u64::from(limits.per_company_day).saturating_mul(shares);
        let remaining = limit.saturating_sub(self.used);
        Quota { limit, remaining, resets_at: end_of(self.day) }
    }

    fn clone_and_decide(&self, knock: &Knock, under_way: u64) -> Admission {
        let mut tried = *self;
        tried.decide(knock, under_way)
    }
}

/// The day, by UTC.
pub fn day_of(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

fn end_of(day: Date) -> Timestamp {
    let next = day.tomorrow().ok().and_then(|next| next.to_zoned(TimeZone::UTC).ok());
    next.map_or(Timestamp::MAX, |next| next.timestamp())
}

/// Whole seconds from `now` until `then`, at least one.
pub fn seconds_until(then: Timestamp, now: Timestamp) -> i64 {
    let left = then.duration_since(now);
    let whole = left.as_secs().saturating_add(i64::from(left.subsec_nanos() > 0));
    whole.max(1)
}

/// Where requests come from, as it is counted: an IPv4 address, or the /64 that one IPv6 customer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CallerAddress(IpAddr);

impl CallerAddress {
    /// Of a peer.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(address.into()),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
        }
    }
}

impl fmt::Display for CallerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The minute that a moment lies in, by its beginning.
pub fn minute_of(at: Timestamp) -> Timestamp {
    let second = at.as_second();
    let begun = second.saturating_sub(second.rem_euclid(60));
    Timestamp::from_second(begun).unwrap_or(at)
}

/// When the minute after that of `at` begins.
pub fn next_minute(at: Timestamp) -> Timestamp {
    minute_of(at).saturating_add(SignedDuration::from_mins(1)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const LIMITS: RateLimits =
        RateLimits { per_company_day: 3, at_once_per_company: 2, per_address_minute: 5 };

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn knock(moment: &str) -> Knock {
        let (id, client) = (RequestId::new(Uuid::nil()), ClientId::new(Uuid::nil()));
        Knock { id, client, at: at(moment), limits: LIMITS }
    }

    #[test]
    fn a_day_has_one_share_more_than_companies() {
        let knock = knock("2025-03-04T12:00:00Z");
        let mut day = DayUse { companies: 1, counted_at: knock.at, ..DayUse::begin(knock.at) };
        for left in (0..6).rev() {
            let Admission::Admitted(quota) = day.decide(&knock, 0) else { panic!("{day:?}") };
            assert_eq!((quota.limit, quota.remaining), (6, left));
            assert_eq!(quota.resets_at, at("2025-03-05T00:00:00Z"));
        }
        assert!(!day.is_reached);
        assert!(matches!(day.decide(&knock, 0), Admission::UsedUp(quota) if quota.remaining == 0));
        assert!(day.is_reached && day.used == 6);
    }

    #[test]
    fn as_many_at_once_as_there_are_companies_and_a_few_without_any() {
        let knock = knock("2025-03-04T12:00:00Z");
        for (companies, at_once) in [(0, 2), (1, 2), (3, 6)] {
            let mut day = DayUse { companies, ..DayUse::begin(knock.at) };
            assert!(matches!(day.decide(&knock, at_once - 1), Admission::Admitted(_)));
            let refused = day.decide(&knock, at_once);
            assert!(matches!(refused, Admission::TooMany { at_once: told, .. } if told == at_once));
            assert_eq!(day.used, 1, "a refused request takes nothing of the day");
        }
    }

    #[test]
    fn a_new_day_begins_with_nothing_and_never_an_old_one() {
        let used =
            DayUse { used: 6, is_reached: true, ..DayUse::begin(at("2025-03-04T23:59:59Z")) };
        let next = used.as_of(at("2025-03-05T00:00:00Z"));
        assert_eq!((next.day.day(), next.used, next.is_reached), (5, 0, false));
        assert_eq!(used.as_of(at("2025-03-03T12:00:00Z")), used);
    }

    #[test]
    fn companies_are_counted_every_minute_and_before_the_last_request() {
        let knock = knock("2025-03-04T12:00:00Z");
        let begun = DayUse::begin(knock.at);
        assert!(begun.is_stale(&knock, 0));
        let counted = DayUse { counted_at: knock.at, ..begun };
        assert!(!counted.is_stale(&knock, 0));
        assert!(counted.is_stale(&knock, 2));
        for used in [2, 3] {
            assert!(DayUse { used, ..counted }.is_stale(&knock, 0));
        }
        let later = Knock { at: knock.at + COUNT_LIFE, ..knock };
        assert!(counted.is_stale(&later, 0));
    }

    #[test]
    fn an_address_is_one_however_it_is_written() {
        let of = |text: &str| CallerAddress::of(text.parse().unwrap()).to_string();
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_ne!(of("2001:db8:1:3::1"), of("2001:db8:1:2::1"));
    }

    #[test]
    fn minutes_begin_on_the_minute() {
        assert_eq!(minute_of(at("2025-03-04T12:00:59.9Z")), at("2025-03-04T12:00:00Z"));
        assert_eq!(minute_of(at("1969-12-31T23:59:01Z")), at("1969-12-31T23:59:00Z"));
        assert_eq!(next_minute(at("2025-03-04T12:00:00Z")), at("2025-03-04T12:01:00Z"));
        assert_eq!(seconds_until(at("2025-03-04T12:01:00Z"), at("2025-03-04T12:00:58.5Z")), 2);
        assert_eq!(seconds_until(at("2025-03-04T12:01:00Z"), at("2025-03-04T12:01:00Z")), 1);
    }
}
