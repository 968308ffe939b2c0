//! The head of an account's ledger: all that a push needs to know of the lines before it, in little more than a kilobyte.

use super::bytes::{Reader, Writer};
use super::days::{put_day, take_day};
use super::directory::{put_chunk, put_chunks, put_entries, take_chunk, take_chunks, take_entries};
use super::fingerprint::FINGERPRINT_BYTES;
use super::{ChunkNo, Damage, Run, SegmentEntry};
use domain::push::LineSpan;
use jiff::civil::{Date, DateTime, Time};
use std::borrow::Borrow;

/// Tells a head from chunks, and its version.
const FORMAT: u8 = 0x11;
/// Set when a line arrived after a newer one.
const OUT_OF_ORDER: u8 = 1;

/// What is kept of an account's ledger beside its chunks. The default is an account without lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub(super) lines: u64,
    /// The place in time of the newest line that counts, or one later on its day; the first of all times when none
    /// counts any more.
    pub(super) newest: Option<DateTime>,
    pub(super) is_out_of_order: bool,
    /// Sorted; they neither touch nor overlap.
    pub(super) withdrawn: Vec<LineSpan>,
    /// Directories that no other directory names, oldest first.
    pub(super) directories: Vec<ChunkNo>,
    /// The segments after those of the directories.
    pub(super) segments: Vec<SegmentEntry>,
    /// Neighbouring runs, oldest first, from position zero on.
    pub(super) runs: Vec<RunEntry>,
    /// The fingerprints of the lines after those of the runs, in the order of the lines.
    pub(super) recent: Vec<u64>,
}

/// One run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RunEntry {
    pub(super) chunk: ChunkNo,
    pub(super) lines: u64,
    /// The checksum of its chunk: a cached run of another chunk that once had the same number does not pass for it.
    pub(super) seal: u32,
}

impl Head {
    /// How many lines have arrived: the position that the next one gets.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// The newest date of a line that counts.
    pub fn newest(&self) -> Option<Date> {
        self.newest.filter(|newest| *newest != DateTime::MIN).map(DateTime::date)
    }

    /// Whether the lines arrived in the order of their dates and times, so that positions are in the order of a list.
    pub fn is_in_order(&self) -> bool {
        !self.is_out_of_order
    }

    /// The runs, to be loaded before anything is asked or appended, in this order.
    pub fn run_chunks(&self) -> Vec<ChunkNo> {
        self.runs.iter().map(|run| run.chunk).collect()
    }

    /// The directories of the segments before the recent ones, oldest first. Each may name further ones before it.
    pub fn directory_chunks(&self) -> &[ChunkNo] {
        &self.directories
    }

    /// The newest segments, in the order of their positions.
    pub fn recent_segments(&self) -> &[SegmentEntry] {
        &self.segments
    }

    /// The lines that do not count any more, in the order of their positions; spans neither touch nor overlap.
    pub fn withdrawn(&self) -> &[LineSpan] {
        &self.withdrawn
    }

    /// Whether the line at `position` was withdrawn.
    pub fn is_withdrawn(&self, position: u64) -> bool {
        let after = self.withdrawn.partition_point(|span| span.first <= position);
        let last = after.checked_sub(1).and_then(|index| self.withdrawn.get(index));
        last.is_some_and(|span| span.contains(position))
    }

    /// Whether no line after these counts.
    pub fn ends_with(&self, span: LineSpan) -> bool {
        let mut withdrawn = self.withdrawn.iter();
        self.lines <= span.end()
            || withdrawn.any(|gone| gone.first <= span.end() && self.lines <= gone.end())
    }

    /// Lets lines count no more; their ids may come again, and so may lines that are older than they. `segments` are
    /// all of the account.
    pub fn withdraw(&mut self, span: LineSpan, segments: &[SegmentEntry]) {
        if span.count == 0 {
            return;
        }
        self.withdrawn.push(span);
        self.withdrawn.sort_by_key(|span| span.first);
        let mut joined: Vec<LineSpan> = Vec::with_capacity(self.withdrawn.len());
        for span in self.withdrawn.drain(..) {
            match joined.last_mut().and_then(|last| Some((join(*last, span)?, last))) {
                Some((both, last)) => *last = both,
                None => joined.push(span),
            }
        }
        self.withdrawn = joined;
        let counting = segments.iter().filter(|entry| !self.is_all_withdrawn(entry.span));
        // Segments tell no time of day: the end of the day is late enough for any of its lines.
        let newest = counting.map(|entry| entry.newest.to_datetime(Time::MAX)).max();
        self.newest = self.newest.min(Some(newest.unwrap_or(DateTime::MIN)));
    }

    fn is_all_withdrawn(&self, lines: LineSpan) -> bool {
        self.withdrawn.iter().any(|span| span.first <= lines.first && lines.end() <= span.end())
    }

    /// The bytes to keep.
    pub fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new(
            FORMAT,
            self.recent.len().saturating_mul(FINGERPRINT_BYTES).saturating_add(256),
        );
        writer.uint(self.lines);
        writer.u8(if self.is_out_of_order { OUT_OF_ORDER } else { 0 });
        if let Some(newest) = self.newest {
            put_day(&mut writer, newest.date(), 0);
            put_time(&mut writer, newest.time());
        }
        self.put_withdrawn(&mut writer);
        put_chunks(&mut writer, self.directories.iter().copied());
        writer.uint(self.segments.first().map_or(self.lines, |entry| entry.span.first));
        put_entries(&mut writer, &self.segments);
        writer.len(self.runs.len());
        let mut previous = 0;
        for run in &self.runs {
            put_chunk(&mut writer, run.chunk, &mut previous);
            writer.uint(run.lines);
            writer.raw(&run.seal.to_le_bytes());
        }
        for fingerprint in &self.recent {
            let [_, _, _, bytes @ ..] = fingerprint.to_be_bytes();
            writer.raw(&bytes);
        }
        writer.seal()
    }

    /// Reads a head.
    pub fn decode(bytes: &[u8]) -> Result<Self, Damage> {
        let mut reader = Reader::open(bytes, FORMAT, "ledger head")?;
        let lines = reader.uint()?;
        let is_out_of_order = match reader.u8()? {
            0 => false,
            OUT_OF_ORDER => true,
            _ => return Err(reader.damage("with an unknown mark")),
        };
        let newest = if lines == 0 { None } else { Some(take_moment(&mut reader)?) };
        let withdrawn = take_withdrawn(&mut reader)?;
        let directories = take_chunks(&mut reader)?;
        let first = reader.uint()?;
        let segments = take_entries(&mut reader, first)?;
        let mut previous = 0;
        let runs = (0..reader.len()?)
            .map(|_| {
                let chunk = take_chunk(&mut reader, &mut previous)?;
                let lines = reader.uint()?;
                Ok(RunEntry { chunk, lines, seal: u32::from_le_bytes(reader.array()?) })
            })
            .collect::<Result<Vec<_>, Damage>>()?;
        let (recent, rest) = reader.raw(reader.left())?.as_chunks::<FINGERPRINT_BYTES>();
        let recent: Vec<u64> = recent
            .iter()
            .map(|[a, b, c, d, e]| u64::from_be_bytes([0, 0, 0, *a, *b, *c, *d, *e]))
            .collect();
        let head =
            Self { lines, newest, is_out_of_order, withdrawn, directories, segments, runs, recent };
        if rest.is_empty() && head.is_whole() {
            Ok(head)
        } else {
            Err(reader.damage("whose parts do not agree"))
        }
    }

    /// The position of the first line whose fingerprint is here.
    pub(super) fn recent_first(&self) -> u64 {
        self.runs.iter().fold(0, |sum, run| sum.saturating_add(run.lines))
    }

    /// Refuses runs that are not this head's: with one missing, known ids would pass for new.
    pub(super) fn check_runs<R: Borrow<Run>>(&self, runs: &[R]) -> Result<(), Damage> {
        let mut first = 0_u64;
        let mut agree = self.runs.len() == runs.len();
        for (entry, run) in self.runs.iter().zip(runs) {
            let run = run.borrow();
            agree &= run.first() == first && run.lines() == entry.lines;
            agree &= run.seal() == Some(entry.seal);
            first = first.saturating_add(entry.lines);
        }
        if agree {
            Ok(())
        } else {
            Err(Damage::new("runs that do not belong to their ledger head"))
        }
    }

    /// Whether every line has its fingerprint and its segment.
    fn is_whole(&self) -> bool {
        let in_runs = self.runs.iter().try_fold(0_u64, |sum, run| sum.checked_add(run.lines));
        let recent = u64::try_from(self.recent.len()).ok();
        let fingerprints = in_runs.zip(recent).and_then(|(runs, recent)| runs.checked_add(recent));
        let end = self.segments.last().map_or(self.lines, |entry| entry.span.end());
        fingerprints == Some(self.lines) && end == self.lines
    }

    fn put_withdrawn(&self, writer: &mut Writer) {
        writer.len(self.withdrawn.len());
        let mut end = 0;
        for span in &self.withdrawn {
            writer.uint(span.first.saturating_sub(end));
            writer.uint(u64::from(span.count));
            end = span.end();
        }
    }
}

/// One span of two that touch or overlap.
fn join(span: LineSpan, next: LineSpan) -> Option<LineSpan> {
    let end = span.end().max(next.end());
    let count = u32::try_from(end.checked_sub(span.first)?).ok()?;
    (next.first <= span.end()).then_some(LineSpan { first: span.first, count })
}

fn take_withdrawn(reader: &mut Reader<'_>) -> Result<Vec<LineSpan>, Damage> {
    let count = reader.len()?;
    let mut end = 0_u64;
    (0..count)
        .map(|_| {
            let first = end.saturating_add(reader.uint()?);
            let span = LineSpan { first, count: reader.u32()? };
            end = span.end();
            Ok(span)
        })
        .collect()
}

fn put_time(writer: &mut Writer, time: Time) {
    writer.u8(time.hour().cast_unsigned());
    writer.u8(time.minute().cast_unsigned());
    writer.u8(time.second().cast_unsigned());
    writer.uint(u64::from(time.subsec_nanosecond().unsigned_abs()));
}

fn take_moment(reader: &mut Reader<'_>) -> Result<DateTime, Damage> {
    let (date, _) = take_day(reader, 0)?;
    let (hour, minute, second) =
        (reader.u8()?.cast_signed(), reader.u8()?.cast_signed(), reader.u8()?.cast_signed());
    let nanos = i32::try_from(reader.uint()?).ok();
    let time = nanos.and_then(|nanos| Time::new(hour, minute, second, nanos).ok());
    Ok(date.to_datetime(time.ok_or_else(|| reader.damage("with a time that is none"))?))
}
