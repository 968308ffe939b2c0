//! Whether an account's fingerprints are those of its lines, for whoever inspects a ledger. Pushes only search them
//! (suspects.rs).

use super::fingerprint::{entry, fingerprint};
use super::{ChunkNo, Damage, Head, Run};

/// Where the fingerprints of neighbouring lines are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IndexPlace {
    /// The run's chunk; nothing when they are in the head itself.
    pub run: Option<ChunkNo>,
    /// The position of the first of the lines.
    pub first: u64,
    /// The position after the last.
    pub end: u64,
}

/// The fingerprints of neighbouring lines.
#[derive(Clone, Debug)]
pub struct IndexPart {
    place: IndexPlace,
    kept: Kept,
}

#[derive(Clone, Debug)]
enum Kept {
    Run(Run),
    Recent(Vec<u64>),
}

impl Head {
    /// Where the fingerprint of the line at `position` is; nothing when there is no such line.
    pub fn index_place(&self, position: u64) -> Option<IndexPlace> {
        let mut first = 0_u64;
        for run in &self.runs {
            let end = first.saturating_add(run.lines);
            if position < end {
                return Some(IndexPlace { run: Some(run.chunk), first, end });
            }
            first = end;
        }
        (position < self.lines).then_some(IndexPlace { run: None, first, end: self.lines })
    }

    /// The fingerprints at a place of this head; `bytes` are the run's, if it is one.
    pub fn open_index(&self, place: IndexPlace, bytes: &[u8]) -> Result<IndexPart, Damage> {
        let Some(chunk) = place.run else {
            return Ok(IndexPart { place, kept: Kept::Recent(self.recent.clone()) });
        };
        let run = Run::decode(bytes)?;
        let told = self.runs.iter().find(|told| told.chunk == chunk);
        let agrees = told.is_some_and(|told| {
            run.first() == place.first && run.lines() == told.lines && run.seal() == Some(told.seal)
        });
        if agrees {
            Ok(IndexPart { place, kept: Kept::Run(run) })
        } else {
            Err(Damage::new("a run that is another one than its ledger head names"))
        }
    }
}

impl IndexPart {
    /// Where it is.
    pub fn place(&self) -> IndexPlace {
        self.place
    }

    /// Whether `id` is found for the line at `position`.
    pub fn has(&self, position: u64, id: &str) -> bool {
        let Some(place) = position.checked_sub(self.place.first) else { return false };
        let wanted = fingerprint(id);
        match &self.kept {
            Kept::Run(run) => run.entries().binary_search(&entry(wanted, place)).is_ok(),
            Kept::Recent(recent) => {
                let index = usize::try_from(place).unwrap_or(usize::MAX);
                recent.get(index) == Some(&wanted)
            }
        }
    }
}
