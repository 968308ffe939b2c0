//! When the other side wants to be called again.

use jiff::{SignedDuration, Timestamp};

/// What an answer says in `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryHint {
    /// Nothing that can be read.
    Unsaid,
    /// Not before so long.
    After(SignedDuration),
    /// Not before that moment.
    NotBefore(Timestamp),
}

impl RetryHint {
    /// Reads the header's value: seconds, or an HTTP date.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if let Ok(secs) = text.parse::<u32>() {
            return Self::After(SignedDuration::from_secs(secs.into()));
        }
        // An HTTP date is the older mail date with GMT for its zone.
        jiff::fmt::rfc2822::parse(text)
            .map_or(Self::Unsaid, |moment| Self::NotBefore(moment.timestamp()))
    }

    /// The earliest moment of the next call, if the other side named one.
    pub fn not_before(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Unsaid => None,
            Self::After(length) => Some(now.saturating_add(length).unwrap_or(Timestamp::MAX)),
            Self::NotBefore(moment) => Some(moment),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_http_dates_are_understood_and_anything_else_is_unsaid() {
        let moment: Timestamp = "2015-10-21T07:28:00Z".parse().unwrap();
        let cases = [
            ("120", RetryHint::After(SignedDuration::from_mins(2))),
            (" 0 ", RetryHint::After(SignedDuration::ZERO)),
            ("Wed, 21 Oct 2015 07:28:00 GMT", RetryHint::NotBefore(moment)),
            ("-1", RetryHint::Unsaid),
            ("soon", RetryHint::Unsaid),
            ("", RetryHint::Unsaid),
        ];
        for (text, hint) in cases {
            assert_eq!(RetryHint::parse(text), hint, "{text}");
        }
    }

    #[test]
    fn a_hint_names_the_earliest_moment() {
        let now: Timestamp = "2024-02-29T12:00:00Z".parse().unwrap();
        let later = now + SignedDuration::from_secs(90);
        assert_eq!(RetryHint::After(SignedDuration::from_secs(90)).not_before(now), Some(later));
        assert_eq!(RetryHint::NotBefore(later).not_before(now), Some(later));
        assert_eq!(RetryHint::Unsaid.not_before(now), None);
    }
}
