//! What was sent of a push to a platform: its statements, each with the attempt that was made at it. A statement is kept
//! before it is sent, so that one whose answer is lost is known to be uncertain.

use crate::money::Amount;
use crate::push::LineSpan;
use crate::retry::next_look;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// One statement of a push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentStatement {
    /// Its place among the statements of its push, from nought.
    pub number: u32,
    /// The platform's id of the feed.
    pub feed: String,
    /// Where its lines stand in the account.
    pub lines: LineSpan,
    /// The earliest date of a line.
    pub starts_on: Date,
    /// The latest.
    pub ends_on: Date,
    /// The balance before the first line.
    pub opening: Amount,
    /// The balance after the last.
    pub closing: Amount,
    /// Which attempt at sending it this is, from one.
    pub attempt: u32,
    /// When that was made.
    pub attempted_at: Timestamp,
    /// Whether an attempt may arrive, though it was looked for in vain: a call may be slow on its way.
    pub is_doubtful: bool,
    /// The platform's id of it, once it told it.
    pub id: Option<String>,
    /// How far it is.
    pub stage: SentStage,
    /// When it came so far.
    pub stage_at: Timestamp,
}

/// How far a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SentStage {
    /// It may be on its way: no answer is kept.
    Sending,
    /// It is not there, and may be sent again.
    Unsent,
    /// The platform has it, and has not said yet whether it is in the books.
    Received,
    /// In the books.
    Delivered,
    /// Not in the books.
    Rejected,
}

impl SentStage {
    /// Every stage.
    pub const ALL: [Self; 5] =
        [Self::Sending, Self::Unsent, Self::Received, Self::Delivered, Self::Rejected];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sending => "Sending",
            Self::Unsent => "Unsent",
            Self::Received => "Received",
            Self::Delivered => "Delivered",
            Self::Rejected => "Rejected",
        }
    }

    /// The stage of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }

    /// Whether nobody knows yet if its lines come into the books.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Sending | Self::Received)
    }
}

/// A statement that is being sent is nobody else's for so long: longer than the calls for it may take, so that it is not
/// sent by two.
pub const SENDING_HOLD: SignedDuration = SignedDuration::from_secs(60);
/// For so long after that it may be on its way. The rest of the hold is for what the platform hears late: whoever looks it
/// up then must find it.
pub const SENDING_TIME: SignedDuration = SignedDuration::from_secs(40);

/// The longest pause between two questions how far a statement is: one that takes for ever must not use up the calls of
/// others.
const POLL_PAUSE_MAX: SignedDuration = SignedDuration::from_mins(10);

impl SentStatement {
    /// Whether it may come into the books when nobody asks any more.
    pub const fn may_arrive_unseen(&self) -> bool {
        match self.stage {
            SentStage::Sending | SentStage::Received => true,
            SentStage::Unsent | SentStage::Rejected => self.is_doubtful,
            SentStage::Delivered => false,
        }
    }

    /// Whether the attempt that is on its way was looked for in vain once: that is kept anew, and sending is not.
    pub fn was_missed(&self) -> bool {
        self.stage == SentStage::Sending && self.stage_at != self.attempted_at
    }

    /// When the platform is asked next how far it is.
    pub fn next_poll(&self, now: Timestamp) -> Timestamp {
        next_look(self.stage_at, now, POLL_PAUSE_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(at: Timestamp) -> SentStatement {
        SentStatement {
            number: 0,
            feed: "f".into(),
            lines: LineSpan { first: 0, count: 1 },
            starts_on: Date::constant(2024, 2, 29),
            ends_on: Date::constant(2024, 2, 29),
            opening: Amount::ZERO,
            closing: Amount::ZERO,
            attempt: 1,
            attempted_at: at,
            is_doubtful: false,
            id: Some("s".into()),
            stage: SentStage::Received,
            stage_at: at,
        }
    }

    #[test]
    fn the_longer_a_statement_takes_the_more_seldom_it_is_asked_for() {
        let begun: Timestamp = "2024-02-29T12:00:00Z".parse().unwrap();
        let statement = received(begun);
        for (after, pause) in [(0, 1), (2, 1), (10, 5), (600, 300), (86_400, 600)] {
            let later = |seconds| begun.checked_add(SignedDuration::from_secs(seconds)).unwrap();
            assert_eq!(statement.next_poll(later(after)), later(after + pause), "{after}");
        }
    }

    #[test]
    fn only_what_was_always_refused_certainly_did_not_arrive() {
        let under_way = received(Timestamp::UNIX_EPOCH);
        let refused = SentStatement { stage: SentStage::Unsent, attempt: 3, ..under_way.clone() };
        let looked_for = SentStatement { is_doubtful: true, ..refused.clone() };
        let rejected = SentStatement { stage: SentStage::Rejected, ..refused.clone() };
        let rejected_later = SentStatement { stage: SentStage::Rejected, ..looked_for.clone() };
        let may = [refused, rejected, looked_for, rejected_later, under_way]
            .map(|statement| statement.may_arrive_unseen());
        assert_eq!(may, [false, false, true, true, true]);
    }

    #[test]
    fn names_are_read_back() {
        for stage in SentStage::ALL {
            assert_eq!(SentStage::parse(stage.name()), Some(stage));
        }
        assert_eq!(SentStage::parse("Lost"), None);
    }
}
