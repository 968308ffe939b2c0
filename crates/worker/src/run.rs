//! The worker's rounds. Any number of workers may run on one database: what one holds, another leaves alone.

use crate::act::attempt;
use crate::desk::Desk;
use crate::rounds::go_round;
use domain::ids::{LeaseToken, random_uuid};
use domain::platform::Delivery;
use domain::push::{Attempted, Ending, Outcome, Settlement, settle};
use domain::work::Lease;
use jiff::{SignedDuration, Timestamp};
use std::fmt::Debug;
use std::time::Duration;
use store::{Answer, LeaseRequest, Settled};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

/// How a worker works.
#[derive(Clone, Copy, Debug)]
pub struct WorkerOptions {
    /// How long it holds what it leased. Longer than any attempt may take, short enough that a dead worker's work is
    /// soon done by another.
    pub lease: SignedDuration,
    /// How many pieces it leases at a time.
    pub batch: u32,
    /// How long it waits before it looks again by itself: for work that another process wrote, and for retries.
    pub poll: Duration,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self { lease: SignedDuration::from_secs(15), batch: 64, poll: Duration::from_millis(500) }
    }
}

/// Brings pushes to their end.
#[derive(Clone, Debug)]
pub struct Worker {
    desk: Desk,
    options: WorkerOptions,
}

impl Worker {
    /// A worker that calls platforms from `desk`.
    pub const fn new(desk: Desk, options: WorkerOptions) -> Self {
        Self { desk, options }
    }

    /// Works until `stop`; what it holds then it finishes.
    pub async fn run(self, stop: CancellationToken) {
        let signal = self.desk.store.work_signal();
        let worker = &self;
        go_round("the worker cannot work", self.options.poll, (signal, stop), || worker.step())
            .await;
    }

    /// One round: leases what is due, acts, settles. Answers how many pieces it held.
    pub async fn step(&self) -> Answer<usize> {
        let request = LeaseRequest {
            token: LeaseToken::new(random_uuid(self.desk.ids.as_ref())),
            length: self.options.lease,
            count: self.options.batch,
            now: self.desk.clock.now(),
        };
        let leases = self.desk.store.lease_due_work(&request).await?;
        let held = leases.len();
        let now = self.desk.clock.now();
        let (ready, mut others): (Vec<_>, Vec<_>) =
            leases.into_iter().partition(|lease| lies_ready(lease, now));
        if let Err(error) = self.finish(&ready, now).await {
            debug!(%error, "pushes could not be settled together: each is settled by itself");
            others.extend(ready);
        }
        // Each on a task of its own: settlements that arrive together are committed together.
        let mut tasks = JoinSet::new();
        for lease in others {
            let worker = self.clone();
            tasks.spawn(async move { worker.bring_on(&lease).await });
        }
        while let Some(ended) = tasks.join_next().await {
            if let Ok(Err(error)) = ended {
                // The lease ends by itself, and another round takes the work up again.
                warn!(%error, "a push could not be settled: it is tried again when its lease has ended");
            }
        }
        Ok(held)
    }

    async fn finish(&self, ready: &[Lease], now: Timestamp) -> Answer<()> {
        if ready.is_empty() {
            return Ok(());
        }
        let settled = self.desk.store.finish_pushes(ready, now).await?;
        for (lease, settled) in ready.iter().zip(settled) {
            tell(lease, settled, "finished");
        }
        Ok(())
    }

    async fn bring_on(&self, lease: &Lease) -> Answer<()> {
        let push = &lease.push;
        let began = self.desk.clock.now();
        let (outcome, sent) = attempt(&self.desk, lease).await?;
        let now = self.desk.clock.now();
        let outcome = outcome.by_the_clock_of(now, began);
        let attempted =
            Attempted { push, attempt: lease.attempt, random: self.desk.random(), sent };
        let settlement = settle(attempted, outcome, now);
        let settled = self.desk.store.settle_push(lease, &settlement, now).await?;
        tell(lease, settled, settlement);
        Ok(())
    }
}

/// Whether a push is to end as a success of which there is nothing to tell, without a question to anybody.
fn lies_ready(lease: &Lease, now: Timestamp) -> bool {
    let delivery = lease.destination.map(|destination| destination.platform.delivery);
    let (push, attempt) = (&lease.push, lease.attempt);
    let attempted = Attempted { push, attempt, random: 0, sent: None };
    delivery == Some(Delivery::Pulled)
        && push.awaited.is_empty()
        && settle(attempted, Outcome::Done, now)
            == Settlement::Finished(Ending::success(Vec::new()))
}

fn tell(lease: &Lease, settled: Settled, how: impl Debug) {
    let key = lease.push.key;
    match settled {
        Settled::Written => debug!(push.key = %key, attempt = lease.attempt, ?how, "push settled"),
        Settled::LeaseLost => {
            info!(push.key = %key, "the lease had ended: another worker has the push");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::platform::{Platform, QUICKBOOKS, XERO};
    use domain::push::{Accepted, Awaited, LineSpan, PushOperation};
    use domain::work::Destination;
    use store::PushIntake;
    use testkit::{
        NOON, a_client, a_company, a_connection, a_draft, a_uuid, an_account_path, an_intake,
        noon_plus,
    };

    fn lease(platform: &'static Platform, push: PushOperation) -> Lease {
        let destination = Some(Destination { platform, account_made_at: NOON });
        let token = LeaseToken::new(a_uuid());
        Lease { token, until: noon_plus(1), attempt: 1, push, destination }
    }

    #[test]
    fn only_what_nobody_need_be_asked_about_lies_ready() {
        let connection = a_connection(&a_company(a_client().id));
        let path = an_account_path(&connection, "a");
        let intake = PushIntake { timeout_minutes: Some(5), ..an_intake(&path, a_draft(3)) };
        let push = intake.pending(LineSpan { first: 0, count: 3 }, Accepted::default());
        let awaited = vec![Awaited { place: 0, lines: LineSpan { first: 0, count: 1 } }];
        let awaiting = PushOperation { awaited, ..push.clone() };
        assert!(lies_ready(&lease(&QUICKBOOKS, push.clone()), NOON));
        assert!(!lies_ready(&lease(&QUICKBOOKS, push.clone()), noon_plus(5)));
        assert!(!lies_ready(&lease(&QUICKBOOKS, awaiting), NOON));
        assert!(!lies_ready(&lease(&XERO, push), NOON));
    }
}
