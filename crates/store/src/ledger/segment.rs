//! A segment: the lines of one push, one after the other.

use super::Damage;
use super::bytes::{Reader, Writer};
use super::line::{Context, LineView, put_line, take_line};
use crate::Window;
use domain::line::{KeptLine, Line, LineRef};
use domain::push::LineSpan;
use jiff::Timestamp;

/// Tells a segment from other chunks, and its version.
const FORMAT: u8 = 0x03;
/// What a usual line takes, to ask for memory once.
const LINE_BYTES_USUAL: usize = 64;

/// The bytes of a segment; pushes have theirs made by [`NewSegment`](super::NewSegment).
pub fn encode_segment(lines: &[Line], accepted_at: Timestamp) -> Vec<u8> {
    encode(&lines.iter().map(Line::lent).collect::<Vec<_>>(), accepted_at)
}

/// The same, of lines that are lent.
pub(super) fn encode(lines: &[LineRef<'_>], accepted_at: Timestamp) -> Vec<u8> {
    let capacity = lines.len().saturating_add(1).saturating_mul(LINE_BYTES_USUAL);
    let mut writer = Writer::new(FORMAT, capacity);
    writer.int(accepted_at.as_second());
    writer.int(accepted_at.subsec_nanosecond().into());
    writer.len(lines.len());
    let mut context = Context::default();
    for line in lines {
        put_line(&mut writer, line, &mut context);
    }
    writer.seal()
}

/// All lines of a segment; `span` is its entry's.
pub fn decode_segment(bytes: &[u8], span: LineSpan) -> Result<Vec<KeptLine>, Damage> {
    // A line takes a byte at least, so a false count cannot ask for much memory.
    let count = usize::try_from(span.count).unwrap_or_default().min(bytes.len());
    let mut lines = Vec::with_capacity(count);
    visit(bytes, span, |line| lines.push(line.to_kept()))?;
    Ok(lines)
}

/// Those lines of a segment that stand at one of `positions`, which are sorted.
pub fn decode_lines_at(
    bytes: &[u8],
    span: LineSpan,
    positions: &[u64],
) -> Result<Vec<KeptLine>, Damage> {
    let mut lines = Vec::with_capacity(positions.len());
    visit(bytes, span, |line| {
        if positions.binary_search(&line.position).is_ok() {
            lines.push(line.to_kept());
        }
    })?;
    Ok(lines)
}

/// Those lines of a segment whose dates lie in `window`.
pub fn decode_window(
    bytes: &[u8],
    span: LineSpan,
    window: Window,
) -> Result<Vec<KeptLine>, Damage> {
    let mut lines = Vec::new();
    visit(bytes, span, |line| {
        let date = line.view.date.date();
        if window.from <= date && window.to.is_none_or(|to| date <= to) {
            lines.push(line.to_kept());
        }
    })?;
    Ok(lines)
}

/// A line that was read, and not copied yet.
struct Visited<'a> {
    position: u64,
    accepted_at: Timestamp,
    view: LineView<'a>,
}

impl Visited<'_> {
    fn to_kept(&self) -> KeptLine {
        KeptLine {
            position: self.position,
            accepted_at: self.accepted_at,
            line: self.view.to_line(),
        }
    }
}

fn visit<'a>(
    bytes: &'a [u8],
    span: LineSpan,
    mut each: impl FnMut(Visited<'a>),
) -> Result<(), Damage> {
    let mut reader = Reader::open(bytes, FORMAT, "segment")?;
    let (second, nanos) = (reader.int()?, reader.int()?);
    let accepted_at = i32::try_from(nanos)
        .ok()
        .and_then(|nanos| Timestamp::new(second, nanos).ok())
        .ok_or_else(|| reader.damage("with an instant that is none"))?;
    if reader.len()? != usize::try_from(span.count).unwrap_or(usize::MAX) {
        return Err(reader.damage("that has not the lines of its entry"));
    }
    let mut context = Context::default();
    for position in span.first..span.end() {
        let view = take_line(&mut reader, &mut context)?;
        each(Visited { position, accepted_at, view });
    }
    reader.finish()
}
