//! What a push writes: its segment, and now and then a run or a directory that takes over what the head has no room for.

use super::bytes::seal_at_end;
use super::directory::Directory;
use super::head::RunEntry;
use super::{ChunkNo, Damage, Head, NewSegment, Run, SegmentEntry};
use domain::push::LineSpan;
use jiff::civil::Date;
use std::borrow::Borrow;

/// From so many on, fingerprints leave the head for a run: 640 bytes of them, which keeps a head small enough to stay in
/// its row on PostgreSQL.
const RECENT_MAX: usize = 128;
/// The segments that a head lists at most; a directory takes over the older ones and leaves those that readers of the
/// newest lines want.
const SEGMENTS_MAX: usize = 32;
const SEGMENTS_LEFT: usize = 8;
/// The directories that a head lists at most; the next directory takes them over.
const DIRECTORIES_MAX: usize = 32;
/// So many runs of about one size become one: more would make pushes search more runs, fewer would write lines' entries
/// more often.
const RUNS_MERGED: usize = 8;
/// A run of the lowest tier has so many lines or more, one of the next that times [`RUNS_MERGED`].
const TIER_LINES: u64 = 128;
/// Greater runs are not made by merging: 8 MB are as much as one push should have to write for others.
const MERGED_LINES_MAX: u64 = 1 << 20;

/// What to write for a push: the chunks first, then the head that [`finish`](Self::finish) answers.
#[derive(Clone, Debug)]
pub struct Append {
    /// The chunk of the lines.
    pub segment: Vec<u8>,
    /// A chunk of kind run, if one is due.
    pub run: Option<Vec<u8>>,
    /// A chunk of kind directory, if one is due.
    pub directory: Option<Vec<u8>>,
    /// Runs that nothing names any more: to be deleted.
    pub dropped_runs: Vec<ChunkNo>,
    /// Where the new lines stand.
    pub span: LineSpan,
    /// The head, but for the chunks whose numbers are not known.
    head: Head,
    run_lines: u64,
    /// What `run` says.
    made: Option<Run>,
    oldest: Date,
    newest: Date,
}

/// What to write for a segment. `runs` are those of [`Head::run_chunks`].
pub fn append<R: Borrow<Run>>(
    head: &Head,
    runs: &[R],
    segment: NewSegment,
) -> Result<Append, Damage> {
    head.check_runs(runs)?;
    let (oldest, newest) = segment.days();
    let count = u32::try_from(segment.fingerprints.len())
        .ok()
        .filter(|count| Run::fits(u64::from(*count)))
        .ok_or_else(|| Damage::new("a push of more lines than a segment can have"))?;
    let span = LineSpan { first: head.lines, count };
    let mut next = head.clone();
    next.lines = span.end();
    note_moments(&mut next, &segment);
    let run =
        fresh_run(&mut next, segment.fingerprints).map(|fresh| absorb(&mut next, runs, fresh));
    let (run, dropped_runs) = run.unzip();
    Ok(Append {
        segment: segment.bytes,
        run_lines: run.as_ref().map_or(0, Run::lines),
        run: run.as_ref().map(Run::encode),
        made: run,
        directory: overflow(&mut next).as_ref().map(Directory::encode),
        dropped_runs: dropped_runs.unwrap_or_default(),
        span,
        head: next,
        oldest,
        newest,
    })
}

impl Append {
    /// The run that is to be written, for whoever keeps runs: the next push to the account need not read it.
    pub fn take_run(&mut self) -> Option<Run> {
        let (bytes, made) = (self.run.as_deref()?, self.made.take()?);
        Some(made.read_back(bytes))
    }

    /// The new head, once the chunks have their numbers.
    pub fn finish(
        self,
        segment: ChunkNo,
        run: Option<ChunkNo>,
        directory: Option<ChunkNo>,
    ) -> Result<Head, Damage> {
        if run.is_some() != self.run.is_some() || directory.is_some() != self.directory.is_some() {
            return Err(Damage::new("a chunk was given no number, or a number no chunk"));
        }
        let mut head = self.head;
        let (span, oldest, newest) = (self.span, self.oldest, self.newest);
        head.segments.push(SegmentEntry { chunk: segment, span, oldest, newest });
        let seal = self.run.as_deref().and_then(seal_at_end).unwrap_or_default();
        head.runs.extend(run.map(|chunk| RunEntry { chunk, lines: self.run_lines, seal }));
        head.directories.extend(directory);
        Ok(head)
    }
}

/// Notes the newest moment, and whether a line came after a newer one.
fn note_moments(head: &mut Head, segment: &NewSegment) {
    head.is_out_of_order |= !segment.is_in_order;
    head.is_out_of_order |= head.newest.is_some_and(|newest| segment.oldest < newest);
    head.newest = head.newest.max(Some(segment.newest));
}

/// Adds fingerprints; all that the head has become a run when they are too many for it.
fn fresh_run(head: &mut Head, fingerprints: Vec<u64>) -> Option<Run> {
    let first = head.recent_first();
    head.recent.extend(fingerprints);
    (head.recent.len() >= RECENT_MAX).then(|| Run::of(first, head.recent.drain(..)))
}

/// Merges `fresh` with the newest runs as far as their sizes ask for it; answers with the runs that it replaces.
fn absorb<R: Borrow<Run>>(head: &mut Head, runs: &[R], fresh: Run) -> (Run, Vec<ChunkNo>) {
    let kept = kept_runs(&head.runs, fresh.lines());
    let dropped = head.runs.split_off(kept.min(head.runs.len()));
    if dropped.is_empty() {
        return (fresh, Vec::new());
    }
    let mut parts: Vec<&Run> = runs.iter().skip(kept).map(Borrow::borrow).collect();
    parts.push(&fresh);
    (Run::merged(&parts), dropped.iter().map(|run| run.chunk).collect())
}

/// How many of the oldest runs stay when a run of `fresh` lines comes.
fn kept_runs(runs: &[RunEntry], fresh: u64) -> usize {
    let (mut kept, mut lines) = (runs.len(), fresh);
    loop {
        let tier = tier_of(lines);
        let older = runs.get(..kept).unwrap_or_default();
        let lower = older.iter().rev().take_while(|run| tier_of(run.lines) < tier).count();
        let group = older.iter().rev().take_while(|run| tier_of(run.lines) <= tier).count();
        // The new run counts as well, and there is one of it.
        let taken = if group.saturating_sub(lower) >= RUNS_MERGED.saturating_sub(1) {
            group
        } else {
            lower
        };
        let sum =
            older.iter().rev().take(taken).fold(lines, |sum, run| sum.saturating_add(run.lines));
        if taken == 0 || sum > MERGED_LINES_MAX {
            return kept;
        }
        (kept, lines) = (kept.saturating_sub(taken), sum);
    }
}

/// Sizes within a factor of [`RUNS_MERGED`] are of one tier.
fn tier_of(lines: u64) -> u32 {
    let fan = u64::try_from(RUNS_MERGED).unwrap_or(u64::MAX);
    lines.checked_div(TIER_LINES).and_then(|times| times.checked_ilog(fan)).map_or(0, |tier| tier)
}

/// Takes what the head has no room for out of it.
fn overflow(head: &mut Head) -> Option<Directory> {
    if head.segments.len() < SEGMENTS_MAX {
        return None;
    }
    let left = head.segments.split_off(SEGMENTS_MAX.saturating_sub(SEGMENTS_LEFT));
    let segments = std::mem::replace(&mut head.segments, left);
    let is_full = head.directories.len() >= DIRECTORIES_MAX;
    let older = if is_full { std::mem::take(&mut head.directories) } else { Vec::new() };
    Some(Directory { older, segments })
}
