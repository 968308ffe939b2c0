//! The time of a world: tokio's own, which stands still until nobody has anything to do, and what a clock on the wall makes
//! of it, which can be set wrong.

use domain::clock::Clock;
use jiff::{SignedDuration, Timestamp};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::NOON;
use tokio::time::Instant;

#[derive(Debug)]
pub(crate) struct WorldClock {
    began: Instant,
    /// What it showed then, as it is set now.
    shown: Mutex<Timestamp>,
    /// How far it was set back, all in all.
    back: Mutex<SignedDuration>,
}

/// A clock elsewhere, which nobody sets back.
#[derive(Debug)]
pub(crate) struct ClockElsewhere(pub(crate) Arc<WorldClock>);

impl Clock for ClockElsewhere {
    fn now(&self) -> Timestamp {
        self.0.now() + *self.0.back.lock().unwrap()
    }
}

impl WorldClock {
    /// At noon.
    pub(crate) fn begin() -> Self {
        Self { began: Instant::now(), shown: Mutex::new(NOON), back: Mutex::default() }
    }

    /// How long it is since the beginning, however the clock was set.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    pub(crate) fn moment(&self) -> Timestamp {
        self.now()
    }

    /// Somebody sets it.
    pub(crate) fn jump(&self, length: SignedDuration) {
        *self.shown.lock().unwrap() += length;
        if length.is_negative() {
            *self.back.lock().unwrap() -= length;
        }
    }

    /// Time passes. Comes back when everybody waits for something.
    pub(crate) async fn pass(&self, length: Duration) {
        tokio::time::sleep(length).await;
    }
}

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.began.elapsed().as_micros()).unwrap();
        *self.shown.lock().unwrap() + SignedDuration::from_micros(passed)
    }
}
