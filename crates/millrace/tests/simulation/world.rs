//! A world: what outlives processes, and the processes that live now.

use super::clock::WorldClock;
use super::disk::Folder;
use super::net::Outside;
use super::process::{Job, Process};
use super::stage::{Life, Stage};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::{Dice, SeededIds};
use vault::Vault;

/// Sometimes two processes are on one database.
const NODES_MAX: usize = 2;
/// How long it takes until everybody waits for somebody.
const MOMENT: Duration = Duration::from_millis(1);

/// What outlives processes.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) seed: u64,
    pub(crate) clock: Arc<WorldClock>,
    pub(crate) ids: Arc<SeededIds>,
    pub(crate) vault: Vault,
    pub(crate) folder: Arc<Folder>,
    pub(crate) stage: Arc<Stage>,
    pub(crate) outside: Arc<Outside>,
}

/// The processes of a world.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) ground: Ground,
    processes: Mutex<[Option<Arc<Process>>; NODES_MAX]>,
    lives: Mutex<u64>,
    fate: Dice,
    nodes: usize,
}

impl World {
    pub(crate) fn begin(ground: Ground) -> Arc<Self> {
        let fate = Dice::of(ground.seed, "fate");
        let nodes = if fate.percent(50) { 1 } else { NODES_MAX };
        let (processes, lives) = (Mutex::default(), Mutex::default());
        let world = Self { ground, processes, lives, fate, nodes };
        for node in 0..nodes {
            world.start(node);
        }
        Arc::new(world)
    }

    fn start(&self, node: usize) {
        let mut lives = self.lives.lock().unwrap();
        *lives += 1;
        let ground = &self.ground;
        let life = Life::begin(&ground.stage, *lives, node, ground.folder.clone());
        ground.stage.note(|| format!("{node} starts"));
        let process = Process::start(ground, &life);
        self.processes.lock().unwrap()[node] = Some(process);
    }

    /// A process that lives, if there is one.
    pub(crate) fn door(&self, dice: &Dice) -> Option<Arc<Process>> {
        let processes = self.alive();
        (!processes.is_empty()).then(|| dice.pick(&processes).clone())
    }

    pub(crate) fn alive(&self) -> Vec<Arc<Process>> {
        let processes = self.processes.lock().unwrap();
        processes.iter().flatten().filter(|process| !process.life.is_over()).cloned().collect()
    }

    /// Goes on to when everybody waits, and lets one of those who are held go; whether there was one.
    pub(crate) async fn turn(&self) -> bool {
        self.ground.clock.pass(MOMENT).await;
        self.bury();
        self.ground.stage.let_one_go()
    }

    /// Whoever has died is replaced.
    pub(crate) fn bury(&self) {
        let stage = &self.ground.stage;
        let ended = stage.take_ended();
        if ended.is_empty() {
            return;
        }
        let mut gone = Vec::new();
        for (node, place) in self.processes.lock().unwrap().iter_mut().enumerate() {
            if let Some(process) = place.take_if(|process| process.life.is_over()) {
                process.die();
                stage.forget(process.life.number);
                gone.push(node);
            }
        }
        // Sometimes the machine starts anew, and nobody who had the files open is left.
        let is_dark = self.ground.folder.is_torn();
        if is_dark || gone.len() == self.nodes || self.fate.percent(30) {
            for process in self.processes.lock().unwrap().iter_mut().filter_map(Option::take) {
                process.die();
                stage.forget(process.life.number);
                gone.push(process.life.node);
            }
            self.ground.folder.move_on();
            stage.note(|| format!("the machine starts anew, torn: {is_dark}"));
            stage.counts.count("machine started anew");
        }
        for node in gone {
            self.start(node);
        }
    }

    /// A process begins to do what may be due.
    pub(crate) fn begin_job(&self, job: Job, dice: &Dice) {
        if let Some(process) = self.door(dice) {
            process.begin(job);
        }
    }
}
