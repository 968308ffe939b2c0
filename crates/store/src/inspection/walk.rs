//! The order in which an account's segments are gone through: by position, directory after directory, so that only a
//! few entries are in memory at a time.

use crate::ledger::{ChunkNo, Directory, Head, SegmentEntry};

/// Lines whose segments are read together; one segment may have more.
const LINES_AT_ONCE: u64 = 10_000;

/// What is left to do.
#[derive(Debug)]
pub(super) struct SegmentWalk {
    /// The next step is the last of these.
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A directory that must be older than the one that names it.
    Directory {
        chunk: ChunkNo,
        before: ChunkNo,
    },
    Segment(SegmentEntry),
}

/// What to do next.
#[derive(Debug)]
pub(super) enum Next {
    /// Read this directory, and say so by [`SegmentWalk::open`].
    Directory(ChunkNo),
    /// Read these segments.
    Segments(Vec<SegmentEntry>),
    /// This directory would lead in a circle.
    Circle(ChunkNo),
    /// That was all.
    End,
}

impl SegmentWalk {
    pub(super) fn new(head: &Head) -> Self {
        let mut walk = Self { steps: Vec::new() };
        walk.put(head.directory_chunks(), head.recent_segments(), ChunkNo::MAX);
        walk
    }

    /// What a directory leads to is next.
    pub(super) fn open(&mut self, chunk: ChunkNo, directory: &Directory) {
        self.put(&directory.older, &directory.segments, chunk);
    }

    fn put(&mut self, directories: &[ChunkNo], segments: &[SegmentEntry], before: ChunkNo) {
        self.steps.extend(segments.iter().rev().copied().map(Step::Segment));
        let older = directories.iter().rev().copied();
        self.steps.extend(older.map(|chunk| Step::Directory { chunk, before }));
    }

    pub(super) fn next(&mut self) -> Next {
        let mut batch: Vec<SegmentEntry> = Vec::new();
        let mut lines = 0_u64;
        while let Some(step) = self.steps.pop() {
            match step {
                Step::Directory { chunk, before } if batch.is_empty() => {
                    // Later chunks have greater numbers, so this ends whatever a directory says.
                    return if chunk < before {
                        Next::Directory(chunk)
                    } else {
                        Next::Circle(chunk)
                    };
                }
                Step::Segment(entry) if batch.is_empty() || lines < LINES_AT_ONCE => {
                    lines = lines.saturating_add(entry.span.count.into());
                    batch.push(entry);
                }
                later @ (Step::Directory { .. } | Step::Segment(_)) => {
                    self.steps.push(later);
                    break;
                }
            }
        }
        if batch.is_empty() { Next::End } else { Next::Segments(batch) }
    }
}
