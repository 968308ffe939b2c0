//! What falls due by the clock alone and belongs to nobody's request. Every process may do it: each step is done once.

use crate::trouble::Trouble;
use domain::clock::{CLOCKS_APART_MAX, Clock};
use domain::rate_limit::RateLimits;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use store::{Answer, Store};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

const FORGOTTEN_AT_ONCE: u32 = 100;

/// Keeps house.
#[derive(Clone, Debug)]
pub struct Housekeeper {
    /// The database.
    pub store: Arc<dyn Store>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// How much may be asked for, if that is limited.
    pub limits: Option<RateLimits>,
    /// How long what was sent to webhook consumers is kept.
    pub keep_deliveries: SignedDuration,
    /// How long it rests between two rounds.
    pub pause: Duration,
}

impl Housekeeper {
    /// Keeps house until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut trouble = Trouble::of("the house cannot be kept");
        while !stop.is_cancelled() {
            let pause = match self.step().await {
                Ok(()) => {
                    trouble.end();
                    self.pause
                }
                Err(error) => trouble.go_on(&error, self.pause),
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// One round.
    pub async fn step(&self) -> Answer<()> {
        let now = self.clock.now();
        if let Some(by) = self.store.note_time(now).await? {
            let minutes = by.as_mins();
            warn!(
                minutes,
                "the clock was set back: what waited for the old time is due as much earlier"
            );
        }
        if let Some(limits) = &self.limits {
            let begun = self.store.begin_day(limits, now).await?;
            if begun > 0 {
                info!(clients = begun, "a new day of requests has begun");
            }
        }
        let before = now.saturating_sub(self.keep_deliveries).unwrap_or(Timestamp::MIN);
        // In small bites: whoever writes meanwhile does not wait.
        while self.store.forget_deliveries(before, FORGOTTEN_AT_ONCE).await? > 0 {}
        // A used password is remembered longer than it is good: another process, whose clock is behind, would take it again.
        let ended = now.saturating_sub(CLOCKS_APART_MAX).unwrap_or(Timestamp::MIN);
        while self.store.forget_link_sessions(ended, FORGOTTEN_AT_ONCE).await? > 0 {}
        Ok(())
    }
}
