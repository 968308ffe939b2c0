//! Real crashes for as many rounds as one likes. What happens in a round, and what must hold, is in `tests/it/crash`; this
//! file reads the command line and tells how far it is.
//!
//!     cargo xtask crash --rounds N [--database sqlite|postgres] [--seed S]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "whoever cannot go on has failed; it prints, takes the time and spawns"
)]

#[path = "../tests/it/crash/mod.rs"]
mod crash;
#[expect(dead_code, unused_imports, unused_macros, reason = "stories need more than crashes")]
#[path = "../tests/it/harness/mod.rs"]
mod harness;

use crash::Plan;
use harness::Database;
use tempfile::TempDir;
use testkit::PostgresCluster;

/// Then a world comes to rest, and everything in it is looked at.
const ROUNDS_PER_WORLD: usize = 25;

#[tokio::main]
async fn main() {
    let folder = TempDir::with_prefix("millrace-crash-").unwrap().keep();
    let mut plan = Plan {
        database: Database::Sqlite,
        rounds: ROUNDS_PER_WORLD,
        rounds_per_world: ROUNDS_PER_WORLD,
        keyed_percent: 35,
        seed: any_seed(),
        folder: folder.clone(),
        cluster: PostgresCluster::durable,
        say: |line| println!("{} {line}", jiff::Timestamp::now().strftime("%H:%M:%S")),
    };
    read_arguments(&mut plan);
    let Plan { database, rounds, seed, say, .. } = plan;
    say(&format!("{rounds} rounds on {database:?} with seed {seed}"));
    let status = match crash::run(&plan).await {
        Ok(tally) => {
            std::fs::remove_dir_all(folder).unwrap();
            say(&format!("{database:?}: nothing lost, nothing twice: {tally}"));
            0
        }
        Err(why) => {
            say(&format!("A FACT DOES NOT HOLD: {why}"));
            1
        }
    };
    // Cargo's own words after a panic would hide the closing line.
    std::process::exit(status);
}

fn read_arguments(plan: &mut Plan) {
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap_or_else(|| panic!("{word} needs a value"));
        match word.as_str() {
            "--rounds" => plan.rounds = value().parse().unwrap(),
            "--seed" => plan.seed = value().parse().unwrap(),
            "--database" => {
                plan.database = match value().as_str() {
                    "sqlite" => Database::Sqlite,
                    "postgres" => Database::Postgres,
                    other => panic!("there is no database {other:?}: sqlite, postgres"),
                }
            }
            // What cargo adds.
            "--bench" => {}
            other => panic!("there is no option {other:?}: --rounds, --seed, --database"),
        }
    }
}

fn any_seed() -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    u64::from_le_bytes(bytes)
}
