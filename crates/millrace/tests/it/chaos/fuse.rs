//! How a worker's process dies: a fuse burns at every look at the clock, at the gate and at the platform, and when it has
//! burnt down, whatever the process was doing at that moment is never finished.

use async_trait::async_trait;
use domain::clock::Clock;
use domain::ids::CallId;
use jiff::Timestamp;
use platforms::{Gate, PlatformError};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use testkit::ManualClock;
use tokio::sync::Notify;

/// Burns down once, until it is set again.
#[derive(Debug, Default)]
pub(super) struct Fuse {
    left: AtomicI64,
    burnt: Notify,
}

impl Fuse {
    /// Sets it to burn so often; never, with nought.
    pub(super) fn set(&self, length: u64) {
        self.left.store(i64::try_from(length).unwrap(), Ordering::Relaxed);
    }

    /// Burns a bit.
    pub(super) fn burn(&self) {
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.burnt.notify_one();
        }
    }

    /// Waits until it has burnt down.
    pub(super) async fn burnt(&self) {
        self.burnt.notified().await;
    }
}

/// The clock of one life of a process; whoever holds it still lives that life.
#[derive(Debug)]
pub(super) struct LifeClock {
    pub(super) clock: Arc<ManualClock>,
    pub(super) fuse: Arc<Fuse>,
}

impl Clock for LifeClock {
    fn now(&self) -> Timestamp {
        self.fuse.burn();
        self.clock.now()
    }
}

/// Where one call can be kept from coming back, while the rest goes on.
#[derive(Debug, Default)]
pub(super) struct Turnstile {
    is_shut: AtomicBool,
    reached: Notify,
    opened: Notify,
}

impl Turnstile {
    /// The next call that comes back is stopped.
    pub(super) fn shut(&self) {
        self.is_shut.store(true, Ordering::Relaxed);
    }

    /// Waits until one is stopped.
    pub(super) async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Lets it through.
    pub(super) fn open(&self) {
        self.opened.notify_one();
    }

    async fn pass(&self) {
        if self.is_shut.swap(false, Ordering::Relaxed) {
            self.reached.notify_one();
            self.opened.notified().await;
        }
    }
}

/// A gate at whose both sides the fuse burns.
#[derive(Debug)]
pub(super) struct FusedGate {
    pub(super) gate: Arc<dyn Gate>,
    pub(super) fuse: Arc<Fuse>,
    pub(super) turnstile: Arc<Turnstile>,
}

#[async_trait]
impl Gate for FusedGate {
    async fn enter(&self, organisation: &str) -> Result<CallId, PlatformError> {
        let entered = self.gate.enter(organisation).await;
        self.fuse.burn();
        entered
    }

    async fn leave(&self, organisation: &str, call: CallId, silent_until: Option<Timestamp>) {
        self.fuse.burn();
        self.turnstile.pass().await;
        self.gate.leave(organisation, call, silent_until).await;
    }
}
