//! The seeded scheduler: everybody who calls the store or somebody outside passes here, and may be held, overtaken, or
//! die. One of those who are held goes on at a time.

use super::count::Counts;
use async_trait::async_trait;
use std::collections::VecDeque;
use std::future::pending;
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use store_sqlite::{Disk, StoreCall, Turnstile};
use testkit::Dice;
use tokio::sync::oneshot;

/// Shown of a world that failed.
const STEPS_SHOWN: usize = 400;

/// A commit that is told to have failed, and is there.
pub(crate) const DENIED: &str = "commit that was there and not confirmed";

/// Where all processes of a world meet.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) dice: Dice,
    /// Which commits are there that a broken disk did not confirm.
    denials: Dice,
    held: Mutex<Vec<Held>>,
    trace: Mutex<Trace>,
    plan: Mutex<Plan>,
    /// Lives that have ended since somebody looked.
    ended: Mutex<Vec<u64>>,
    /// How often the power was cut: who lived before one lives no longer.
    cuts: AtomicU64,
    pub(crate) counts: Counts,
}

/// What is to go wrong.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Whether anybody is held at all.
    pub(crate) busy: bool,
    /// Passings until somebody dies; nobody with nought.
    pub(crate) fuse: u64,
    /// Commits until the power is cut; never with nought.
    pub(crate) cut: u64,
    /// It is being cut.
    is_cut: bool,
    /// It is being written, and is told to have failed.
    is_denied: bool,
    /// So many commits find no disk.
    pub(crate) refused: u64,
}

#[derive(Debug)]
struct Held {
    life: u64,
    go: oneshot::Sender<()>,
}

#[derive(Debug, Default)]
struct Trace {
    digest: DefaultHasher,
    steps: u64,
    latest: VecDeque<String>,
}

impl Trace {
    fn step(&mut self, what: &impl Hash) {
        self.steps += 1;
        what.hash(&mut self.digest);
    }
}

impl Stage {
    pub(crate) fn of(seed: u64) -> Arc<Self> {
        Arc::new(Self {
            dice: Dice::of(seed, "stage"),
            denials: Dice::of(seed, "denials"),
            held: Mutex::default(),
            trace: Mutex::default(),
            plan: Mutex::default(),
            ended: Mutex::default(),
            cuts: AtomicU64::new(0),
            counts: Counts::default(),
        })
    }

    pub(crate) fn plan(&self, change: impl FnOnce(&mut Plan)) {
        change(&mut self.plan.lock().unwrap());
    }

    /// Nothing goes wrong until the plan is given back.
    pub(crate) fn pause(&self) -> Plan {
        std::mem::take(&mut *self.plan.lock().unwrap())
    }

    /// Writes down that something happened.
    pub(crate) fn note(&self, what: impl FnOnce() -> String) {
        let what = what();
        let mut trace = self.trace.lock().unwrap();
        trace.step(&what);
        if trace.latest.len() == STEPS_SHOWN {
            trace.latest.pop_front();
        }
        trace.latest.push_back(what);
    }

    /// A call of the store, of which there are too many to be shown.
    fn note_call(&self, node: usize, what: &str) {
        self.trace.lock().unwrap().step(&(node, what));
    }

    /// What two tellings of one seed must have in common.
    pub(crate) fn digest(&self) -> (u64, u64) {
        let trace = self.trace.lock().unwrap();
        (trace.steps, trace.digest.finish())
    }

    pub(crate) fn latest(&self) -> Vec<String> {
        self.trace.lock().unwrap().latest.iter().cloned().collect()
    }

    /// Lets one of those who are held go on; whether there was one.
    pub(crate) fn let_one_go(&self) -> bool {
        let mut held = self.held.lock().unwrap();
        let Some(last) = held.len().checked_sub(1) else { return false };
        let place = self.dice.between(0, u64::try_from(last).unwrap());
        let chosen = held.swap_remove(usize::try_from(place).unwrap());
        drop(held);
        let _gone = chosen.go.send(());
        true
    }

    /// Lives that ended since the last look.
    pub(crate) fn take_ended(&self) -> Vec<u64> {
        std::mem::take(&mut *self.ended.lock().unwrap())
    }

    /// Nobody of that life is let go any more.
    pub(crate) fn forget(&self, life: u64) {
        self.held.lock().unwrap().retain(|held| held.life != life);
    }

    async fn hold(&self, life: u64) {
        let (go, gone) = oneshot::channel();
        self.held.lock().unwrap().push(Held { life, go });
        if gone.await.is_err() {
            pending::<()>().await;
        }
    }

    fn dies_here(&self) -> bool {
        let mut plan = self.plan.lock().unwrap();
        plan.fuse = match plan.fuse {
            0 => return false,
            left => left - 1,
        };
        plan.fuse == 0
    }
}

/// One life of a process.
#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) stage: Arc<Stage>,
    pub(crate) number: u64,
    pub(crate) node: usize,
    is_over: AtomicBool,
    cuts_before: u64,
    disk: Arc<dyn Files>,
}

/// The files beneath.
pub(crate) trait Files: std::fmt::Debug + Send + Sync {
    /// As they are before a commit in which the power is cut.
    fn before(&self);
    /// As they are after it; whether not all of it has arrived.
    fn after(&self) -> bool;
}

impl Life {
    pub(crate) fn begin(
        stage: &Arc<Stage>,
        number: u64,
        node: usize,
        disk: Arc<dyn Files>,
    ) -> Arc<Self> {
        let cuts_before = stage.cuts.load(Ordering::Relaxed);
        let is_over = AtomicBool::new(false);
        Arc::new(Self { stage: stage.clone(), number, node, is_over, cuts_before, disk })
    }

    /// Nothing of it goes on from here.
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
            || self.stage.cuts.load(Ordering::Relaxed) != self.cuts_before
    }

    /// Somebody of this life passes.
    pub(crate) async fn pass(&self, what: &'static str) {
        if self.is_over() {
            pending::<()>().await;
        }
        let stage = &self.stage;
        stage.note_call(self.node, what);
        if stage.dies_here() {
            stage.note(|| format!("{} dies", self.node));
            stage.counts.count("process killed");
            self.end();
            stage.ended.lock().unwrap().push(self.number);
            pending::<()>().await;
        }
        let is_busy = stage.plan.lock().unwrap().busy;
        if is_busy && stage.dice.percent(40) {
            stage.hold(self.number).await;
        }
        if self.is_over() {
            pending::<()>().await;
        }
    }
}

#[async_trait]
impl Turnstile for Life {
    async fn before(&self, call: StoreCall) {
        self.pass(if call == StoreCall::Read { "reads" } else { "writes" }).await;
    }

    async fn queued(&self) {
        self.pass("queued").await;
    }

    async fn after(&self, call: StoreCall) {
        self.pass(if call == StoreCall::Read { "has read" } else { "has written" }).await;
    }

    fn commits(&self) -> Disk {
        let mut plan = self.stage.plan.lock().unwrap();
        if plan.refused > 0 {
            plan.refused -= 1;
            let disk = if plan.refused.is_multiple_of(3) { Disk::Broken } else { Disk::Full };
            if disk == Disk::Broken && self.stage.denials.percent(50) {
                plan.is_denied = true;
                return Disk::Sound;
            }
            drop(plan);
            self.stage.note(|| format!("{} finds the disk {disk:?}", self.node));
            let is_full = disk == Disk::Full;
            self.stage.counts.count(if is_full {
                "commit on a full disk"
            } else {
                "commit on a broken disk"
            });
            return disk;
        }
        plan.is_cut = plan.cut == 1;
        plan.cut = plan.cut.saturating_sub(1);
        if plan.is_cut {
            self.disk.before();
        }
        Disk::Sound
    }

    fn committed(&self) -> Disk {
        if std::mem::take(&mut self.stage.plan.lock().unwrap().is_denied) {
            self.stage.note(|| format!("{} is not told that its commit is there", self.node));
            self.stage.counts.count(DENIED);
            return Disk::Broken;
        }
        if std::mem::take(&mut self.stage.plan.lock().unwrap().is_cut) {
            if self.disk.after() {
                self.stage.counts.count("file torn by a power cut");
            }
            self.stage.note(|| format!("{} loses its power", self.node));
            self.stage.counts.count("power cut");
            self.stage.cuts.fetch_add(1, Ordering::Relaxed);
            self.stage.ended.lock().unwrap().push(self.number);
        }
        Disk::Sound
    }
}
