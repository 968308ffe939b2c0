//! Decisions that repeat: each purpose draws from a row of its own, so that how often one is asked changes no other.

use crate::ids::SeededIds;

/// One row of decisions.
#[derive(Debug)]
pub struct Dice(SeededIds);

impl Dice {
    /// The row of a seed for a purpose.
    pub fn of(seed: u64, purpose: &str) -> Self {
        let mixed = purpose.bytes().fold(seed, |mixed, byte| {
            mixed.wrapping_mul(0x0100_0000_01b3).wrapping_add(u64::from(byte))
        });
        Self(SeededIds::new(mixed))
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&self, low: u64, high: u64) -> u64 {
        low + self.0.next() % (high - low + 1)
    }

    /// Whether luck has it, so many times in a hundred.
    pub fn percent(&self, chance: u64) -> bool {
        self.between(1, 100) <= chance
    }

    /// One of them.
    pub fn pick<'a, T>(&self, all: &'a [T]) -> &'a T {
        let last = u64::try_from(all.len() - 1).unwrap();
        all.get(usize::try_from(self.between(0, last)).unwrap()).unwrap()
    }
}
