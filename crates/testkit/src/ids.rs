//! Ids that repeat: the same seed gives the same ids. Not random enough for anything but tests.

use domain::ids::{IdSource, random_uuid};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// The step of splitmix64: odd, so the state visits every value once.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// Splitmix64 from a seed.
#[derive(Debug)]
pub struct SeededIds(AtomicU64);

impl SeededIds {
    /// A source of its own; two with one seed give the same.
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The next 64 bits.
    pub fn next(&self) -> u64 {
        let state = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl IdSource for SeededIds {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let block = self.next().to_le_bytes();
            for (byte, random) in chunk.iter_mut().zip(block) {
                *byte = random;
            }
        }
    }
}

/// An id that no other call in this process gives, and whose place in an order tells nothing.
pub fn a_uuid() -> Uuid {
    static IDS: LazyLock<SeededIds> = LazyLock::new(|| SeededIds::new(29));
    random_uuid(&*IDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn one_seed_gives_one_sequence() {
        let draw = |seed| {
            let ids = SeededIds::new(seed);
            (0..50).map(|_| random_uuid(&ids)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_eq!(draw(7).into_iter().collect::<HashSet<_>>().len(), 50);
    }

    #[test]
    fn every_byte_is_filled() {
        let mut bytes = [0; 61];
        SeededIds::new(1).fill(&mut bytes);
        assert!(bytes.chunks(4).all(|chunk| chunk.iter().any(|byte| *byte != 0)));
    }
}
