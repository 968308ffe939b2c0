//! The ledger as a database uses it: everything goes through bytes.

use super::samples::{any_lines, to_the_digit, typical_lines};
use super::*;
use crate::Window;
use domain::connection::ConnectionStatus;
use domain::line::{KeptLine, Line, Text};
use domain::platform::{History, Kinds, Need, Profile, QUICKBOOKS, XERO};
use domain::push::{Known, LineSpan, PushDraft, Standing, Verdict, judge};
use domain::source_account::AccountStatus;
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// A database of one account.
#[derive(Default)]
struct Database {
    head: Option<Vec<u8>>,
    chunks: BTreeMap<ChunkNo, (ChunkKind, Vec<u8>)>,
    last: ChunkNo,
}

impl Database {
    fn head(&self) -> Head {
        self.head.as_ref().map_or_else(Head::default, |bytes| Head::decode(bytes).unwrap())
    }

    fn bytes(&self, chunk: ChunkNo, kind: ChunkKind) -> &[u8] {
        let (found, bytes) = &self.chunks[&chunk];
        assert_eq!(*found, kind);
        bytes
    }

    fn runs(&self) -> Vec<Run> {
        let chunks = self.head().run_chunks();
        chunks
            .iter()
            .map(|chunk| Run::decode(self.bytes(*chunk, ChunkKind::Run)).unwrap())
            .collect()
    }

    fn keep(&mut self, kind: ChunkKind, bytes: Vec<u8>) -> ChunkNo {
        // Other accounts take numbers as well.
        self.last += 1 + self.last % 5;
        self.chunks.insert(self.last, (kind, bytes));
        self.last
    }

    fn push(&mut self, lines: &[Line]) -> LineSpan {
        let Some(segment) = NewSegment::of(lines, accepted_at()) else {
            return LineSpan::default();
        };
        let mut append = append(&self.head(), &self.runs(), segment).unwrap();
        let span = append.span;
        for chunk in &append.dropped_runs {
            assert_eq!(self.chunks.remove(chunk).unwrap().0, ChunkKind::Run);
        }
        let segment = self.keep(ChunkKind::Segment, append.segment.clone());
        let read = append.run.as_deref().map(|bytes| Run::decode(bytes).unwrap());
        let run = append.run.clone().map(|bytes| self.keep(ChunkKind::Run, bytes));
        assert_eq!(append.take_run(), read, "whoever keeps it need not read it");
        let directory =
            append.directory.clone().map(|bytes| self.keep(ChunkKind::Directory, bytes));
        self.head = Some(append.finish(segment, run, directory).unwrap().encode());
        span
    }

    fn segments(&self) -> Vec<SegmentEntry> {
        let head = self.head();
        let mut entries = head.recent_segments().to_vec();
        let mut wanted = head.directory_chunks().to_vec();
        while let Some(chunk) = wanted.pop() {
            let found = Directory::decode(self.bytes(chunk, ChunkKind::Directory)).unwrap();
            wanted.extend(found.older);
            entries.extend(found.segments);
        }
        entries.sort_by_key(|entry| entry.span.first);
        entries
    }

    fn lines(&self) -> Vec<KeptLine> {
        let decode = |entry: &SegmentEntry| {
            decode_segment(self.bytes(entry.chunk, ChunkKind::Segment), entry.span).unwrap()
        };
        self.segments().iter().flat_map(decode).collect()
    }

    fn positions_of(&self, ids: &[&str]) -> Vec<Vec<u64>> {
        let mut positions = vec![Vec::new(); ids.len()];
        for suspect in suspects(&self.head(), &self.runs(), &Wanted::new(ids)).unwrap() {
            positions[suspect.index].push(suspect.position);
        }
        positions
    }

    fn size(&self) -> usize {
        let chunks: usize = self.chunks.values().map(|(_, bytes)| bytes.len()).sum();
        chunks + self.head.as_ref().map_or(0, Vec::len)
    }
}

fn accepted_at() -> Timestamp {
    "2024-02-29T12:00:00.123456789Z".parse().unwrap()
}

fn ids(lines: &[Line]) -> Vec<&str> {
    lines.iter().map(|line| line.id.as_str()).collect()
}

fn kept(first: u64, lines: &[Line]) -> Vec<KeptLine> {
    (first..)
        .zip(lines.iter().cloned())
        .map(|(position, line)| KeptLine { position, accepted_at: accepted_at(), line })
        .collect()
}

proptest! {
    #[test]
    fn lines_of_every_shape_come_back_to_the_digit(
        lines in any_lines(), more in any_lines(), first in 0..u64::from(u32::MAX),
    ) {
        for lines in [lines, more] {
            let bytes = encode_segment(&lines, accepted_at());
            let span = LineSpan { first, count: u32::try_from(lines.len()).unwrap() };
            let expected = kept(first, &lines);
            let found = decode_segment(&bytes, span).unwrap();
            prop_assert_eq!(to_the_digit(&found), to_the_digit(&expected));
        }
    }

    #[test]
    fn parts_of_a_segment_are_those_of_the_whole(
        lines in any_lines(), places in vec(0..60_u64, 0..9), a in 0..40_usize, b in 0..40_usize,
    ) {
        let bytes = encode_segment(&lines, accepted_at());
        let span = LineSpan { first: 10, count: u32::try_from(lines.len()).unwrap() };
        let all = decode_segment(&bytes, span).unwrap();
        let mut places = places;
        places.sort_unstable();
        let at: Vec<_> = all.iter().filter(|kept| places.contains(&kept.position)).cloned().collect();
        prop_assert_eq!(decode_lines_at(&bytes, span, &places).unwrap(), at);
        let (from, to) = (lines[a % lines.len()].date.date(), lines[b % lines.len()].date.date());
        for to in [Some(to), None] {
            let is_in = |kept: &&KeptLine| {
                let day = kept.line.date.date();
                from <= day && to.is_none_or(|to| day <= to)
            };
            let within: Vec<_> = all.iter().filter(is_in).cloned().collect();
            prop_assert_eq!(decode_window(&bytes, span, Window { from, to }).unwrap(), within);
        }
    }

    #[test]
    fn a_changed_or_cut_chunk_is_damage(
        lines in any_lines(), at in any::<prop::sample::Index>(), bit in 0..8_u8,
    ) {
        let bytes = encode_segment(&lines, accepted_at());
        let span = LineSpan { first: 0, count: u32::try_from(lines.len()).unwrap() };
        let mut changed = bytes.clone();
        changed[at.index(bytes.len())] ^= 1 << bit;
        prop_assert!(decode_segment(&changed, span).is_err());
        prop_assert!(decode_segment(&bytes[..at.index(bytes.len())], span).is_err());
        let other = LineSpan { first: 0, count: span.count + 1 };
        prop_assert!(decode_segment(&bytes, other).is_err());
    }

    /// Bytes whose checksum agrees are still not believed.
    #[test]
    fn no_bytes_make_a_reader_panic(lines in any_lines(), noise in vec(any::<u8>(), 1..200), at in 0..40_usize) {
        let mut bytes = encode_segment(&lines, accepted_at());
        bytes.truncate(bytes.len() - 4);
        for (byte, noise) in bytes.iter_mut().skip(at).step_by(7).zip(&noise) {
            *byte ^= noise;
        }
        for format in [0x03, 0x11, 0x21, 0x31] {
            for body in [&bytes[1..], &noise[..]] {
                let mut writer = bytes::Writer::new(format, 0);
                writer.raw(body);
                let sealed = writer.seal();
                let span = LineSpan { first: u64::MAX - 3, count: u32::try_from(lines.len()).unwrap() };
                prop_assert!(decode_segment(&sealed, span).map_or(true, |found| found.len() <= lines.len()));
                let head = Head::decode(&sealed);
                prop_assert!(head.map_or(true, |head| Head::decode(&head.encode()) == Ok(head)));
                let run = Run::decode(&sealed);
                prop_assert!(run.map_or(true, |run| Run::decode(&run.encode()) == Ok(run)));
                let directory = Directory::decode(&sealed);
                prop_assert!(directory.map_or(true, |found| Directory::decode(&found.encode()) == Ok(found)));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn whatever_is_pushed_is_listed_in_order_and_known_by_its_id(
        pushes in vec(prop_oneof![1..12_u64, 90..300_u64, 1_000..1_100_u64], 1..40),
        account in any::<u64>(),
    ) {
        let mut database = Database::default();
        let mut expected = Vec::new();
        for count in pushes {
            let lines = typical_lines(account, u64::try_from(expected.len()).unwrap(), count);
            prop_assert!(database.positions_of(&ids(&lines)).iter().all(Vec::is_empty));
            let span = database.push(&lines);
            expected.extend(kept(span.first, &lines));
            prop_assert!(database.head.as_ref().unwrap().len() < 1_400);
        }
        prop_assert_eq!(database.head().lines(), u64::try_from(expected.len()).unwrap());
        prop_assert!(database.head().run_chunks().len() < 24);
        prop_assert!(database.head().is_in_order());
        prop_assert_eq!(&database.lines(), &expected);
        let lines: Vec<Line> = expected.into_iter().map(|kept| kept.line).collect();
        for (position, found) in (0..).zip(database.positions_of(&ids(&lines))) {
            prop_assert_eq!(found, vec![position]);
        }
    }
}

#[test]
fn many_small_pushes_stay_in_reach() {
    let mut database = Database::default();
    let lines = typical_lines(1, 0, 2_500);
    for line in &lines {
        database.push(std::slice::from_ref(line));
    }
    assert_eq!(database.lines(), kept(0, &lines));
    assert!(database.head.as_ref().unwrap().len() < 1_400);
    // 2500 segments less those in the head need a hundred directories; the head names less than a third of them.
    assert!(database.head().directory_chunks().len() <= 32);
    let positions: Vec<_> = database.positions_of(&ids(&lines)).concat();
    assert_eq!(positions, (0..2_500).collect::<Vec<_>>());
}

#[test]
fn a_withdrawn_line_is_unknown_and_may_come_again() {
    let mut database = Database::default();
    let lines = typical_lines(1, 0, 300);
    database.push(&lines[..200]);
    database.push(&lines[200..]);
    let mut head = database.head();
    for (first, count) in [(250, 10), (150, 10), (160, 5), (0, 0), (245, 5)] {
        head.withdraw(LineSpan { first, count }, database.head().recent_segments());
    }
    let spans = [LineSpan { first: 150, count: 15 }, LineSpan { first: 245, count: 15 }];
    assert_eq!(head.withdrawn(), spans);
    database.head = Some(head.encode());
    assert_eq!(database.head(), head);
    let known = database.positions_of(&ids(&lines));
    for (position, known) in (0..).zip(known) {
        let is_withdrawn = spans.iter().any(|span| span.contains(position));
        assert_eq!(known.is_empty(), is_withdrawn, "{position}");
        assert_eq!(head.is_withdrawn(position), is_withdrawn, "{position}");
    }
    database.push(&lines[150..165]);
    assert_eq!(database.positions_of(&[lines[155].id.as_str()]), [[305]]);
}

#[test]
fn one_id_asked_for_twice_is_found_twice() {
    let mut database = Database::default();
    let lines = typical_lines(1, 0, 200);
    database.push(&lines[..20]);
    let id = lines[7].id.as_str();
    assert_eq!(database.positions_of(&[id, "new", id]), [vec![7], vec![], vec![7]]);
    database.push(&lines[20..]);
    assert_eq!(database.positions_of(&[id, "new", id]), [vec![7], vec![], vec![7]]);
}

#[test]
fn a_line_before_the_newest_ends_the_order() {
    let mut database = Database::default();
    let lines = typical_lines(1, 0, 100);
    database.push(&lines[50..60]);
    assert!(database.head().is_in_order());
    database.push(&lines[49..50]);
    assert!(!database.head().is_in_order());
    database.push(&lines[60..]);
    assert!(!database.head().is_in_order());
    assert_eq!(database.head().newest(), Some(lines[99].date.date()));
    let days = |lines: &[Line]| (lines[0].date.date(), lines[lines.len() - 1].date.date());
    let entries: Vec<_> = database.segments().iter().map(|e| (e.oldest, e.newest)).collect();
    assert_eq!(entries, [days(&lines[50..60]), days(&lines[49..50]), days(&lines[60..])]);
}

fn segment_of(lines: &[Line]) -> NewSegment {
    NewSegment::of(lines, accepted_at()).unwrap()
}

#[test]
fn a_head_refuses_runs_that_are_not_its_own() {
    let mut database = Database::default();
    database.push(&typical_lines(1, 0, 200));
    database.push(&typical_lines(1, 200, 200));
    let (head, runs) = (database.head(), database.runs());
    let wanted = Wanted::new(&["x"]);
    assert!(suspects(&head, &runs, &wanted).is_ok());
    assert!(suspects(&head, &runs[..1], &wanted).is_err());
    let mut other = Database::default();
    other.push(&typical_lines(2, 0, 200));
    assert!(suspects(&head, &[&other.runs()[0], &runs[1]], &wanted).is_err());
    let turned: Vec<&Run> = runs.iter().rev().collect();
    assert!(suspects(&head, &turned, &wanted).is_err());
    assert!(append::<Run>(&head, &[], segment_of(&typical_lines(1, 400, 1))).is_err());
}

#[test]
fn a_text_that_comes_again_is_said_once() {
    let mut lines = typical_lines(1, 0, 2);
    let text = "a payment whose reason takes some words".to_owned();
    lines[0].description = Some(text.as_str().into());
    let size = |lines: &[Line]| encode_segment(lines, accepted_at()).len();
    let [mut other, mut same] = [lines.clone(), lines];
    other[1].description = Some(text.replace("some", "many").into());
    same[1].description = Some(text.as_str().into());
    assert!(size(&other) - size(&same) >= text.len() - 1);
}

#[test]
fn ids_that_begin_alike_are_told_by_their_ends() {
    let size = |ids: &[&str]| {
        let mut lines = typical_lines(1, 0, u64::try_from(ids.len()).unwrap());
        for (line, id) in lines.iter_mut().zip(ids) {
            line.id = (*id).into();
        }
        let bytes = encode_segment(&lines, accepted_at());
        let span = LineSpan { first: 0, count: u32::try_from(ids.len()).unwrap() };
        let read = decode_segment(&bytes, span).unwrap();
        assert_eq!(read.iter().map(|kept| kept.line.id.as_str()).collect::<Vec<_>>(), ids);
        bytes.len()
    };
    // What the second id takes: this one takes three bytes, its length and itself.
    let taken = |first: &str, second: &str| size(&[first, second]) + 3 - size(&[first, "ZZ"]);
    for (first, second, bytes) in [
        ("transaction-2024-a", "transaction-2024-xyz", 2 + 3),
        ("transaction-00000017", "transaction-00041f", 2 + 2),
        ("98765432109876543", "20240229123456789", 2 + 9),
        ("17", "20240229123456789", 1 + 17),
        ("transaction-é", "transaction-è", 2 + 2),
        ("transaction", "transaction", 2),
        ("transaction", "payment", 1 + 7),
    ] {
        assert_eq!(taken(first, second), bytes, "{first} {second}");
    }
}

proptest! {
    #[test]
    fn a_segment_made_before_the_verdict_is_the_one_of_the_verdict(
        lines in any_lines(),
        known in vec(any::<bool>(), 40),
        knows_all_kinds in any::<bool>(),
    ) {
        let kinds = if knows_all_kinds { Kinds::All } else { QUICKBOOKS.profile.kinds };
        let (description, balance) = (Need::Optional, Need::Optional);
        let (history, ordered) = (History::Unlimited, false);
        let profile = Profile { kinds, ordered, description, balance, history, ..XERO.profile };
        let standing = Standing {
            connection: ConnectionStatus::Linked,
            account: AccountStatus::Connected,
            feed_start: None,
            newest: None,
        };
        let known: HashMap<Text, Known> = lines
            .iter()
            .zip(known)
            .filter(|(_, is_known)| *is_known)
            .map(|(line, _)| (line.id.clone(), Known { identity: line.identity(), awaited_at: None }))
            .collect();
        let draft = PushDraft { lines: lines.into_iter().map(Into::into).collect() };
        let prepared = Prepared::of(&draft, accepted_at());
        let verdict = judge(&profile, &standing, &known, draft, Timestamp::MAX);
        // Few are refused: an id that stands twice.
        let Verdict::Accepted(accepted) = verdict else { return Err(TestCaseError::reject("")) };
        let made = NewSegment::of(&accepted.lines, accepted_at());
        prop_assert_eq!(prepared.segment_of(&accepted), made);
    }
}

#[test]
fn nothing_is_written_for_no_lines_and_nothing_without_its_number() {
    let head = Head::default();
    assert!(NewSegment::of(&[], accepted_at()).is_none());
    let large = append::<Run>(&head, &[], segment_of(&typical_lines(1, 0, 200))).unwrap();
    assert!(large.clone().finish(1, None, None).is_err());
    assert!(large.clone().finish(1, Some(2), Some(3)).is_err());
    assert_eq!(large.finish(1, Some(2), None).unwrap().run_chunks(), [2]);
}

/// The figures of docs/decisions/storage-layout.md, with some room.
#[test]
fn a_typical_line_is_small() {
    let mut lines = typical_lines(1, 0, 1_000);
    let segment = encode_segment(&lines, accepted_at());
    assert!(segment.len() <= 35 * lines.len(), "{} bytes", segment.len());
    for (number, line) in lines.iter_mut().enumerate() {
        line.description = Some(format!("Card payment {number:06}").into());
    }
    let segment = encode_segment(&lines, accepted_at());
    assert!(segment.len() <= 50 * lines.len(), "{} bytes when no text comes again", segment.len());
    for (count, pushes) in [(1_000, 20), (100, 1), (10, 60)] {
        let mut database = Database::default();
        for push in 0..pushes {
            database.push(&typical_lines(1, push * count, count));
        }
        let total = usize::try_from(pushes * count).unwrap();
        let size = database.size();
        assert!(size <= 60 * total, "{pushes} pushes of {count}: {size} bytes for {total} lines");
    }
}
