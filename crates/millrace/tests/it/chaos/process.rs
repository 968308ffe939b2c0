//! One life of the process that delivers: two workers for pushes and one for links, until it dies.

use super::books::{Books, CLIENT_ID, CLIENT_SECRET};
use super::fuse::{Fuse, FusedGate, LifeClock, Turnstile};
use domain::call_budget::CallLimits;
use domain::link::Other;
use domain::platform::XERO;
use outbound::{Outbound, OutboundOptions};
use platforms::xero::{Xero, XeroOptions, XeroUrls};
use platforms::{Platforms, Secret};
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use testkit::{ManualClock, SeededIds};
use tokio::task::JoinSet;
use vault::Vault;
use worker::links::{LinkWorker, LinkWorkerOptions};
use worker::{CountedGate, Desk, Worker, WorkerOptions};

/// Xero's own: nothing is raised for the story's sake.
const LIMITS: CallLimits = CallLimits { at_once: 5, minute: 60, day: 5_000 };
/// More rounds than any worker has something to do at one instant.
const STEPS_MAX: usize = 200;
/// Long enough for a loaded machine.
const SOON: Duration = Duration::from_secs(30);

/// What outlives a process.
#[derive(Clone)]
pub(super) struct World {
    pub(super) clock: Arc<ManualClock>,
    pub(super) ids: Arc<SeededIds>,
    pub(super) vault: Vault,
    pub(super) fuse: Arc<Fuse>,
    pub(super) turnstile: Arc<Turnstile>,
}

pub(super) struct Process {
    life: Arc<LifeClock>,
    pushes: [Worker; 2],
    links: LinkWorker,
}

impl Process {
    pub(super) fn start(world: &World, store: &Arc<dyn Store>, books: &Books) -> Self {
        let (clock, fuse) = (world.clock.clone(), world.fuse.clone());
        let life = Arc::new(LifeClock { clock, fuse: fuse.clone() });
        let gate = CountedGate {
            store: store.clone(),
            clock: life.clone(),
            ids: world.ids.clone(),
            platform: XERO.key,
            limits: LIMITS,
        };
        let gate = FusedGate { gate: Arc::new(gate), fuse, turnstile: world.turnstile.clone() };
        let secret = Secret::new(CLIENT_SECRET);
        let options = XeroOptions::new(CLIENT_ID, secret, XeroUrls::simulated(&books.url));
        let outbound = Outbound::new(&OutboundOptions::default()).unwrap();
        let xero = Xero::new(options, outbound, life.clone()).unwrap().gated(Arc::new(gate));
        let desk = Desk {
            store: store.clone(),
            clock: life.clone(),
            ids: world.ids.clone(),
            vault: world.vault.clone(),
            platforms: Platforms::new(vec![Arc::new(xero)]),
            other: Other::Refuse,
        };
        let worker = || Worker::new(desk.clone(), WorkerOptions::default());
        let pushes = [worker(), worker()];
        let links = LinkWorker { desk: desk.clone(), options: LinkWorkerOptions::default() };
        Self { life, pushes, links }
    }

    /// Every worker does what is due, until it finds nothing; each answers how much it held.
    pub(super) fn work(&self) -> JoinSet<usize> {
        let mut tasks = JoinSet::new();
        for worker in self.pushes.clone() {
            tasks.spawn(async move {
                let mut held = 0;
                for _ in 0..STEPS_MAX {
                    match worker.step().await.unwrap() {
                        0 => return held,
                        count => held += count,
                    }
                }
                panic!("a worker never comes to rest")
            });
        }
        let links = self.links.clone();
        tasks.spawn(async move {
            let mut held = 0;
            for _ in 0..STEPS_MAX {
                match links.step().await.unwrap() {
                    0 => return held,
                    count => held += count,
                }
            }
            panic!("the worker for links never comes to rest")
        });
        tasks
    }

    /// It dies: nothing of it goes on, once this is through.
    pub(super) async fn die(self, mut tasks: JoinSet<usize>) {
        tasks.abort_all();
        while tasks.join_next().await.is_some() {}
        let Self { life, pushes, links } = self;
        drop((pushes, links));
        // Tasks that the workers had spawned end when the runtime gets to them.
        soon("every task of the process ends", || Arc::strong_count(&life) == 1).await;
    }
}

/// Lets others go on until something is so that needs nothing but their turn.
pub(super) async fn soon(what: &str, is_so: impl Fn() -> bool) {
    let turns = async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(SOON, turns).await;
    waited.unwrap_or_else(|_elapsed| panic!("waited {SOON:?} in vain until {what}"));
}
