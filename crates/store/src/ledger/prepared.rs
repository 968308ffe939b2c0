//! What a push's lines come to before anybody looks at the account. It is made on the caller's thread, so that whoever
//! holds the account (SQLite's one writer, a row's lock) has so much less to do.

use super::fingerprint::fingerprint;
use super::segment::encode;
use super::suspects::Wanted;
use domain::line::{Line, LineRef};
use domain::push::{Accepted, DraftLine, PushDraft};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

/// Of a push that nobody has judged yet.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// For [`suspects`](super::suspects), in the order of those lines that have an id.
    pub wanted: Wanted,
    /// For [`append`](super::append), if all lines are kept as they were sent.
    segment: Option<NewSegment>,
}

impl Prepared {
    /// Of what was sent.
    pub fn of(draft: &PushDraft, accepted_at: Timestamp) -> Self {
        let ids = draft.lines.iter().filter_map(|line| line.id.as_deref());
        let fingerprints: Vec<u64> = ids.map(fingerprint).collect();
        let wanted = Wanted::of(&fingerprints);
        let lines: Option<Vec<LineRef<'_>>> = draft.lines.iter().map(DraftLine::lent).collect();
        let segment = lines.and_then(|lines| NewSegment::new(&lines, fingerprints, accepted_at));
        Self { wanted, segment }
    }

    /// The segment of what was accepted; nothing when there is no new line.
    pub fn segment_of(self, accepted: &Accepted, accepted_at: Timestamp) -> Option<NewSegment> {
        let ready = self.segment.filter(|_| accepted.is_as_sent);
        ready.or_else(|| NewSegment::of(&accepted.lines, accepted_at))
    }
}

/// A segment, and what its account has to know of it.
#[derive(Clone, Debug)]
pub struct NewSegment {
    pub(super) bytes: Vec<u8>,
    /// Of the lines, in their order.
    pub(super) fingerprints: Vec<u64>,
    pub(super) oldest: Moment,
    pub(super) newest: Moment,
    pub(super) is_in_order: bool,
}

/// By which lines are put in order.
type Moment = DateTime;

impl NewSegment {
    /// Of lines that are kept; nothing when there are none.
    pub fn of(lines: &[Line], accepted_at: Timestamp) -> Option<Self> {
        let fingerprints = lines.iter().map(|line| fingerprint(&line.id)).collect();
        let lines: Vec<_> = lines.iter().map(Line::lent).collect();
        Self::new(&lines, fingerprints, accepted_at)
    }

    fn new(lines: &[LineRef<'_>], fingerprints: Vec<u64>, accepted_at: Timestamp) -> Option<Self> {
        let moments = || lines.iter().map(|line| line.date.sort_key());
        Some(Self {
            oldest: moments().min()?,
            newest: moments().max()?,
            is_in_order: moments().is_sorted(),
            bytes: encode(lines.len(), lines.iter().copied(), accepted_at),
            fingerprints,
        })
    }

    pub(super) fn days(&self) -> (Date, Date) {
        (self.oldest.date(), self.newest.date())
    }
}
