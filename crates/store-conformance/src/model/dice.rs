//! Chance that repeats.

use testkit::SeededIds;

/// Draws from a seed.
#[derive(Debug)]
pub(super) struct Dice(SeededIds);

impl Dice {
    pub(super) const fn new(seed: u64) -> Self {
        Self(SeededIds::new(seed))
    }

    /// A number below `end`, which is not zero.
    pub(super) fn below(&self, end: u64) -> u64 {
        self.0.next() % end
    }

    /// Whether something happens that happens so often in a hundred times.
    pub(super) fn often(&self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of a list that is not empty.
    pub(super) fn one_of<'a, T>(&self, list: &'a [T]) -> &'a T {
        let end = u64::try_from(list.len()).unwrap();
        &list[usize::try_from(self.below(end)).unwrap()]
    }

    /// As [`below`](Self::below), for what is counted.
    pub(super) fn count(&self, end: u64) -> usize {
        usize::try_from(self.below(end)).unwrap()
    }
}
