//! The course of things: worlds one after the other, in each of them load, round after round with a death, then rest. While
//! a world comes to rest, which takes as long as dead processes' leases and claims, the next one begins.

use super::facts::Looker;
use super::house::{House, Victim};
use super::scene::{self, Scene};
use super::tally::Tally;
use super::teller::{Client, Teller, pause};
use crate::harness::{Caller, Database};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use testkit::Dice;
use testkit::PostgresCluster;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

/// How long a process lives from when it is ready.
const LIFE_MILLIS: (u64, u64) = (5, 1_500);
/// So many worlds may come to rest while another lives.
const RESTING_MAX: usize = 4;

/// What is to happen.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) database: Database,
    pub(crate) rounds: usize,
    /// Then everything must come to rest.
    pub(crate) rounds_per_world: usize,
    /// How many pushes in a hundred have an idempotency key. After a death, one of them may take a minute.
    pub(crate) keyed_percent: u64,
    pub(crate) seed: u64,
    /// Where worlds keep everything, each in a folder of its own.
    pub(crate) folder: PathBuf,
    /// Starts a PostgreSQL for a world.
    pub(crate) cluster: fn() -> PostgresCluster,
    /// Says how far it is.
    pub(crate) say: fn(&str),
}

/// One world.
struct World {
    house: House,
    callers: Vec<Caller>,
    scene: Scene,
    tally: Arc<Tally>,
    tellers: JoinSet<()>,
    polls: JoinSet<usize>,
    pushing: CancellationToken,
    polling: CancellationToken,
    dice: Dice,
}

/// Lives through it; an error names the world that broke.
pub(crate) async fn run(plan: &Plan) -> Result<Arc<Tally>, String> {
    let tally = Arc::new(Tally::default());
    let mut resting: JoinSet<(usize, Result<(), JoinError>)> = JoinSet::new();
    let mut begun = 0;
    for number in 0.. {
        let rounds = plan.rounds_per_world.min(plan.rounds - begun);
        if rounds == 0 {
            break;
        }
        (plan.say)(&format!("world {number}: rounds {} to {}", begun + 1, begun + rounds));
        begun += rounds;
        let life = tokio::spawn(live(plan.clone(), number, rounds, Arc::clone(&tally)));
        let world = life.await.map_err(|error| broken(plan, number, error))?;
        let end = tokio::spawn(world.end());
        resting.spawn(async move { (number, end.await) });
        let left = if begun < plan.rounds { RESTING_MAX } else { 0 };
        while resting.len() > left {
            if let Some(ended) = resting.join_next().await {
                let (number, ended) = ended.unwrap();
                ended.map_err(|error| broken(plan, number, error))?;
                std::fs::remove_dir_all(folder_of(plan, number)).unwrap();
                (plan.say)(&format!("world {number} is at rest and sound; so far {tally}"));
            }
        }
    }
    Ok(tally)
}

fn folder_of(plan: &Plan, number: usize) -> PathBuf {
    plan.folder.join(format!("world-{number}"))
}

fn broken(plan: &Plan, number: usize, error: JoinError) -> String {
    let why = error.try_into_panic().map_or_else(
        |error| error.to_string(),
        |panic| {
            let text = panic.downcast_ref::<String>().cloned();
            text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
                .unwrap_or_default()
        },
    );
    let (seed, folder) = (plan.seed, folder_of(plan, number));
    format!("seed {seed}, world {number}: {why}; what it kept is in {}", folder.display())
}

/// Everything but the end.
async fn live(plan: Plan, number: usize, rounds: usize, tally: Arc<Tally>) -> World {
    let folder = folder_of(&plan, number);
    std::fs::create_dir_all(&folder).unwrap();
    let mut world = World::open(&plan, number, &folder, tally).await;
    for _ in 0..rounds {
        world.round().await;
    }
    world
}

impl World {
    async fn open(plan: &Plan, number: usize, folder: &Path, tally: Arc<Tally>) -> Self {
        let dice = Dice::of(plan.seed, &format!("world {number}"));
        let cluster = match plan.database {
            Database::Sqlite => None,
            Database::Postgres => Some(tokio::task::spawn_blocking(plan.cluster).await.unwrap()),
        };
        let processes = if cluster.is_some() && dice.percent(50) { 2 } else { 1 };
        let simulator = scene::open_xero().await;
        let any = u16::try_from(dice.between(0, u64::from(u16::MAX))).unwrap();
        let flags = scene::flags(&simulator);
        let house = House::open(folder, cluster, processes, flags, any).await;
        let callers = house.callers();
        let scene = Scene::open(simulator, &callers[0]).await;
        let (pushing, polling) = (CancellationToken::new(), CancellationToken::new());
        let (mut tellers, mut polls) = (JoinSet::new(), JoinSet::new());
        let bank = Arc::clone(&scene.bank);
        let (tally_of_client, keyed_percent) = (Arc::clone(&tally), plan.keyed_percent);
        let client =
            Client { bank, tally: tally_of_client, callers: callers.clone(), keyed_percent };
        for account in 0..client.bank.accounts.len() {
            let seed = dice.between(0, u64::MAX - 1);
            tellers.spawn(Teller::new(client.clone(), account, seed).run(pushing.clone()));
        }
        let poll_dice = Dice::of(dice.between(0, u64::MAX - 1), "polls");
        polls.spawn(Scene::poll(Arc::clone(&scene.quickbooks), poll_dice, polling.clone()));
        Self { house, callers, scene, tally, tellers, polls, pushing, polling, dice }
    }

    /// A life and a death.
    async fn round(&mut self) {
        pause(&self.dice, LIFE_MILLIS).await;
        let victim = self.victim();
        self.tally.kills.add(self.house.crash(victim, &self.callers).await);
        if let Some(ended) = self.tellers.try_join_next() {
            ended.unwrap();
        }
        let looker = Looker { scene: &self.scene, caller: &self.callers[0] };
        looker.look_for_sample(&self.dice).await;
        self.tally.rounds.add(1);
    }

    fn victim(&self) -> Victim {
        let processes = self.house.processes();
        if self.house.database() == Database::Sqlite {
            return Victim::All;
        }
        match self.dice.between(1, 100) {
            1..=25 => Victim::Postgres,
            26..=45 => Victim::PostgresAndAll,
            46..=60 => Victim::All,
            number => Victim::One(usize::try_from(number).unwrap() % processes),
        }
    }

    /// Nobody dies any more: everything comes to rest, and every fact must hold.
    async fn end(mut self) {
        self.pushing.cancel();
        while let Some(ended) = self.tellers.join_next().await {
            ended.unwrap();
        }
        let looker = Looker { scene: &self.scene, caller: &self.callers[0] };
        looker.rest().await;
        self.polling.cancel();
        while let Some(fetched) = self.polls.join_next().await {
            self.tally.polls.add(fetched.unwrap());
        }
        looker.hold(&self.tally).await;
        self.house.close().await;
    }
}
