//! The real world: the machine's clock and its random numbers. The only place that asks for either.

use domain::clock::Clock;
use domain::ids::IdSource;
use jiff::Timestamp;

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    /// In whole microseconds, as the databases keep it: what was answered is what is read again.
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else asks")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

/// The operating system's random numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SystemRandom;

impl IdSource for SystemRandom {
    #[expect(
        clippy::expect_used,
        reason = "a machine without randomness can make neither keys nor ids: nothing may go on"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random numbers");
    }
}
