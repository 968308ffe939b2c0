//! Failures in a row, of which the log is told the first and then ever fewer: a fault that lasts must not fill the log.

/// Counts them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Failures(u64);

impl Failures {
    /// One more; how many there are now, if this one is to be told: the first, second, fourth, eighth …
    pub fn begin_or_go_on(&mut self) -> Option<u64> {
        self.0 = self.0.saturating_add(1);
        Some(self.0).filter(|count| count.is_power_of_two())
    }

    /// It went well; how many had failed before, if any had.
    pub fn end(&mut self) -> Option<u64> {
        Some(std::mem::take(&mut self.0)).filter(|count| *count > 0)
    }

    /// How many there were in a row.
    pub const fn count(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_that_lasts_is_told_ever_less_often_and_its_end_once() {
        let mut failures = Failures::default();
        let told: Vec<_> = (0..1_000).filter_map(|_| failures.begin_or_go_on()).collect();
        assert_eq!(told, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
        assert_eq!((failures.end(), failures.end()), (Some(1_000), None));
        assert_eq!(failures.begin_or_go_on(), Some(1));
    }
}
