//! What a push's lines come to before anybody looks at the account. It is made on the caller's thread, so that whoever
//! holds the account (SQLite's one writer, a row's lock) has so much less to do.

use super::fingerprint::fingerprint;
use super::segment::encode;
use super::suspects::Wanted;
use domain::line::{Line, LineRef};
use domain::platform::KNOWN;
use domain::push::{Accepted, DraftLine, PushDraft};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

/// Of a push that nobody has judged yet.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// For [`suspects`](super::suspects), in the order of [`PushDraft::ids`].
    pub wanted: Wanted,
    /// For [`append`](super::append), if all lines are kept as they were sent.
    segment: Option<NewSegment>,
    accepted_at: Timestamp,
}

impl Prepared {
    /// Of what was sent.
    pub fn of(draft: &PushDraft, accepted_at: Timestamp) -> Self {
        let fingerprints: Vec<u64> = draft.ids().map(fingerprint).collect();
        let wanted = Wanted::of(&fingerprints);
        let lines: Option<Vec<LineRef<'_>>> = draft.lines.iter().map(DraftLine::lent).collect();
        let ready = lines.filter(|lines| lines.iter().all(has_common_kind));
        let segment = ready.and_then(|lines| NewSegment::new(&lines, fingerprints, accepted_at));
        Self { wanted, segment, accepted_at }
    }

    /// The segment of what was accepted; nothing when there is no new line.
    pub fn segment_of(&self, accepted: &Accepted) -> Option<NewSegment> {
        match &self.segment {
            Some(segment) if accepted.is_as_sent => Some(segment.clone()),
            _ => NewSegment::of(&accepted.lines, self.accepted_at),
        }
    }
}

/// Whether every platform knows a line's type: of others the segment would be made in vain where it is kept as unknown.
fn has_common_kind(line: &LineRef<'_>) -> bool {
    line.kind.is_none_or(|kind| KNOWN.iter().all(|platform| platform.profile.kinds.has(kind)))
}

/// A segment, and what its account has to know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSegment {
    pub(super) bytes: Vec<u8>,
    /// Of the lines, in their order.
    pub(super) fingerprints: Vec<u64>,
    pub(super) oldest: DateTime,
    pub(super) newest: DateTime,
    pub(super) is_in_order: bool,
}

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
            bytes: encode(lines, accepted_at),
            fingerprints,
        })
    }

    pub(super) fn days(&self) -> (Date, Date) {
        (self.oldest.date(), self.newest.date())
    }
}
