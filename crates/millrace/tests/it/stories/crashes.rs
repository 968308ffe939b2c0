//! Real crashes in short, so that `cargo xtask crash` is still what it says: a few deaths, and all facts.

use crate::crash::{Plan, run};
use crate::harness::Database;
use tempfile::TempDir;
use testkit::PostgresCluster;

const ROUNDS: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_sqlite_s_process_is_killed() {
    kill(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_processes_and_postgresql_are_killed() {
    kill(Database::Postgres).await;
}

async fn kill(database: Database) {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).unwrap();
    let folder = TempDir::new().unwrap().keep();
    let plan = Plan {
        database,
        rounds: ROUNDS,
        rounds_per_world: ROUNDS,
        keyed_percent: 0,
        seed: u64::from_le_bytes(bytes),
        folder: folder.clone(),
        cluster: PostgresCluster::start,
        say: |_| {},
    };
    if let Err(why) = run(&plan).await {
        panic!("{why}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}
