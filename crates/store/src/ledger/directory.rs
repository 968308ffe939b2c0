//! Where segments are, and what spans of lines and days they hold.

use super::bytes::{Reader, Writer};
use super::days::{day_number, put_day, take_day};
use super::{ChunkNo, Damage};
use domain::push::LineSpan;
use jiff::civil::Date;

/// Tells a directory from other chunks, and its version.
const FORMAT: u8 = 0x31;

/// One segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentEntry {
    /// The chunk it is in.
    pub chunk: ChunkNo,
    /// The positions of its lines.
    pub span: LineSpan,
    /// The first day of a line in it.
    pub oldest: Date,
    /// The last day of a line in it.
    pub newest: Date,
}

/// A chunk of kind directory: segments that the head has no room for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    /// Directories of segments before these, oldest first: to be read as well by whoever wants all.
    pub older: Vec<ChunkNo>,
    /// Segments in the order of their positions.
    pub segments: Vec<SegmentEntry>,
}

impl Directory {
    /// The bytes of its chunk.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new(FORMAT, self.segments.len().saturating_mul(8));
        put_chunks(&mut writer, self.older.iter().copied());
        writer.uint(self.segments.first().map_or(0, |entry| entry.span.first));
        put_entries(&mut writer, &self.segments);
        writer.seal()
    }

    /// Reads what an earlier append wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, Damage> {
        let mut reader = Reader::open(bytes, FORMAT, "directory")?;
        let older = take_chunks(&mut reader)?;
        let first = reader.uint()?;
        let segments = take_entries(&mut reader, first)?;
        reader.finish()?;
        Ok(Self { older, segments })
    }
}

/// Puts chunk numbers, each as its distance from the one before.
pub(super) fn put_chunks(writer: &mut Writer, chunks: impl ExactSizeIterator<Item = ChunkNo>) {
    writer.len(chunks.len());
    let mut previous = 0;
    for chunk in chunks {
        put_chunk(writer, chunk, &mut previous);
    }
}

/// What [`put_chunks`] put.
pub(super) fn take_chunks(reader: &mut Reader<'_>) -> Result<Vec<ChunkNo>, Damage> {
    let count = reader.len()?;
    let mut previous = 0;
    (0..count).map(|_| take_chunk(reader, &mut previous)).collect()
}

/// Puts one chunk number as its distance from `previous`, which it becomes.
pub(super) fn put_chunk(writer: &mut Writer, chunk: ChunkNo, previous: &mut ChunkNo) {
    writer.int(chunk.wrapping_sub(*previous).cast_signed());
    *previous = chunk;
}

/// What [`put_chunk`] put.
pub(super) fn take_chunk(
    reader: &mut Reader<'_>,
    previous: &mut ChunkNo,
) -> Result<ChunkNo, Damage> {
    *previous = previous.wrapping_add(reader.int()?.cast_unsigned());
    Ok(*previous)
}

/// Puts entries whose spans follow one another.
pub(super) fn put_entries(writer: &mut Writer, entries: &[SegmentEntry]) {
    writer.len(entries.len());
    let (mut previous, mut day) = (0, 0);
    for entry in entries {
        put_chunk(writer, entry.chunk, &mut previous);
        writer.uint(u64::from(entry.span.count));
        let oldest = put_day(writer, entry.oldest, day);
        put_day(writer, entry.newest, oldest);
        day = day_number(entry.newest);
    }
}

/// What [`put_entries`] put; the first span begins at `first`.
pub(super) fn take_entries(
    reader: &mut Reader<'_>,
    first: u64,
) -> Result<Vec<SegmentEntry>, Damage> {
    let count = reader.len()?;
    let mut entries = Vec::with_capacity(count);
    let (mut first, mut previous, mut day) = (first, 0, 0);
    for _ in 0..count {
        let chunk = take_chunk(reader, &mut previous)?;
        let span = LineSpan { first, count: reader.u32()? };
        let (oldest, number) = take_day(reader, day)?;
        let (newest, number) = take_day(reader, number)?;
        entries.push(SegmentEntry { chunk, span, oldest, newest });
        (first, day) = (span.end(), number);
    }
    Ok(entries)
}
