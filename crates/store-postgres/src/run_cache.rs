//! Runs that pushes read lately. A chunk never changes, so what is here is never wrong; what is not here is loaded.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use store::ledger::{ChunkNo, Run};

/// The runs of some hundred deep accounts, and little beside what a process needs anyway.
const BYTES_MAX: usize = 64 << 20;

/// Decoded runs by the number of their chunk.
#[derive(Debug, Default)]
pub(crate) struct RunCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    runs: HashMap<ChunkNo, Entry>,
    bytes: usize,
    /// Counts the calls; an entry's newest use is told in it.
    uses: u64,
}

#[derive(Debug)]
struct Entry {
    run: Arc<Run>,
    used: u64,
}

impl RunCache {
    pub(crate) fn find(&self, chunk: ChunkNo) -> Option<Arc<Run>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.uses = kept.uses.saturating_add(1);
        let uses = kept.uses;
        let entry = kept.runs.get_mut(&chunk)?;
        entry.used = uses;
        Some(entry.run.clone())
    }

    pub(crate) fn keep(&self, chunk: ChunkNo, run: Arc<Run>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.bytes = kept.bytes.saturating_add(run.bytes());
        let used = kept.uses;
        if let Some(before) = kept.runs.insert(chunk, Entry { run, used }) {
            kept.bytes = kept.bytes.saturating_sub(before.run.bytes());
        }
        if kept.bytes > BYTES_MAX {
            kept.forget_half();
        }
    }
}

impl Kept {
    /// Lets go of what was not used for longest, much at once, so that it is seldom done.
    fn forget_half(&mut self) {
        let mut by_use: Vec<(u64, ChunkNo)> =
            self.runs.iter().map(|(chunk, entry)| (entry.used, *chunk)).collect();
        by_use.sort_unstable();
        for (_, chunk) in by_use {
            if self.bytes <= BYTES_MAX / 2 {
                return;
            }
            if let Some(entry) = self.runs.remove(&chunk) {
                self.bytes = self.bytes.saturating_sub(entry.run.bytes());
            }
        }
    }
}
