//! When to try again, and when to ask again how far something is. The caller brings the randomness, so a schedule can be
//! replayed.

use jiff::{SignedDuration, Timestamp};

/// The first wait; doubled with every attempt.
pub const RETRY_BASE_MS: u64 = 1_000;
/// The longest wait: an operator who mends a platform's settings sees the effect within minutes.
pub const RETRY_DELAY_MS_MAX: u64 = 300_000;

/// How long to wait after failed attempt number `attempt` (from one): anywhere between nothing and the doubled
/// base ("full jitter"), so that many accounts which failed together do not come back together.
pub fn retry_delay(attempt: u32, random: u64) -> SignedDuration {
    let doublings = attempt.saturating_sub(1).min(32);
    let bound = RETRY_BASE_MS.saturating_mul(1_u64.checked_shl(doublings).unwrap_or(u64::MAX));
    let bound = bound.min(RETRY_DELAY_MS_MAX);
    let millis = random.checked_rem(bound.saturating_add(1)).unwrap_or(0);
    SignedDuration::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
}

/// The shortest pause between two questions how far something is.
const LOOK_PAUSE_MIN: SignedDuration = SignedDuration::from_secs(1);

/// When to ask next how far something is that has been under way since `since`: the longer it takes, the more seldom, and
/// no more seldom than `longest`.
pub fn next_look(since: Timestamp, now: Timestamp, longest: SignedDuration) -> Timestamp {
    let taken = i64::try_from(now.duration_since(since).as_millis()).unwrap_or(i64::MAX);
    let half = SignedDuration::from_millis(taken.checked_div(2).unwrap_or(0));
    now.saturating_add(half.clamp(LOOK_PAUSE_MIN, longest)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap_and_never_exceed_it() {
        let longest = |attempt| {
            (0..2_000_u64).map(|r| retry_delay(attempt, r * 997).as_millis()).max().unwrap()
        };
        assert!(longest(1) <= 1_000 && longest(1) > 900);
        assert!(longest(4) <= 8_000 && longest(4) > 7_500);
        assert_eq!(retry_delay(40, 300_000).as_millis(), 300_000);
        assert_eq!(retry_delay(u32::MAX, 300_001).as_millis(), 0);
    }
}
