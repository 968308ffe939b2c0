//! Reads of a store with many lines beside the same reads of a small one.

use crate::body::{Body, account_id};
use crate::figures::Figures;
use crate::figures::Goal::{AtMost, None as Told};
use crate::load::{Connection, Load};
use crate::options::Options;
use crate::server::{Home, Keeping, Server, authorization};
use serde_json::Value;
use std::time::{Duration, Instant};

const FILL_WINDOW: Duration = Duration::from_mins(10);
/// Reads of a kind in a round, each of another account or operation.
const READS: u64 = 200;
const ACCOUNTS: u64 = 100_000;
const LINES_OF_A_PUSH: usize = 100;
/// Of bodies that no load sends: loads count from one.
const SEED: u32 = 0;

/// A store, and where to find some of its operations.
struct Store {
    home: Home,
    operations: Vec<String>,
}

/// Lists, and one operation.
pub(crate) async fn run(options: &Options, figures: &mut Figures) {
    let full = Store::new(filled(options.lines).await);
    // The same lines in the accounts that are read, and no others.
    let small = Store::new(filled(READS * LINES_OF_A_PUSH as u64).await);
    for round in 1..=options.rounds {
        let of_full = Server::start(&full.home, Keeping::All);
        let of_small = Server::start(&small.home, Keeping::All);
        for (name, query) in [
            ("newest 100 lines", "?page=1&pageSize=100&orderBy=-date"),
            ("100 lines by date", "?page=1&pageSize=100&query=date%3E2020-01-01"),
        ] {
            let paths = |store: &Store| -> Vec<String> { store.lists(query).collect() };
            let (slow, quick) = pair((&of_full, &paths(&full)), (&of_small, &paths(&small)), round);
            figures.add(&format!("{name}, filled ÷ small, p50"), AtMost(1.5), slow / quick);
            figures.add(&format!("{name}, filled, ms"), Told, slow * 1e3);
        }
        let (slow, quick) =
            pair((&of_full, &full.operations), (&of_small, &small.operations), round);
        figures.add("one operation by key, filled ÷ small, p50", AtMost(1.5), slow / quick);
        figures.add("one operation by key, filled, ms", Told, slow * 1e3);
        println!("reads: round {round} of {} done", options.rounds);
    }
}

/// A store with so many lines, a hundred of each push, one account after the other.
pub(crate) async fn filled(lines: u64) -> Home {
    let accounts = ACCOUNTS.min(lines / LINES_OF_A_PUSH as u64);
    let home = Home::sqlite(accounts).await;
    let server = Server::start(&home, Keeping::All);
    let pushes_max = lines / LINES_OF_A_PUSH as u64;
    let fill = Load { pushes_max, ..Load::new(16, LINES_OF_A_PUSH, FILL_WINDOW) };
    let outcome = fill.run(&server.target);
    println!("{lines} lines in place, {:.0} lines/s", outcome.lines_per_second);
    drop(server);
    home
}

impl Store {
    /// Another line for the accounts that are read, each by an operation of its own.
    fn new(home: Home) -> Self {
        let server = Server::start(&home, Keeping::All);
        let (target, mut connection) = (&server.target, Connection::open(&server.target.address));
        let mut body = Body::new(1, target.day, SEED);
        let push = |account: u64| {
            let path = format!("{}/{}/bankTransactions", target.path, account_id(account));
            let answer = connection.post(&path, &target.authorization, body.fill(account));
            let answer: Value = serde_json::from_slice(answer).unwrap();
            let key = answer["pushOperationKey"].as_str().unwrap();
            format!("/companies/{}/push/{key}", home.company())
        };
        let operations = (0..READS).map(push).collect();
        drop(server);
        Self { home, operations }
    }

    fn lists(&self, query: &str) -> impl Iterator<Item = String> {
        let path = format!("{}/data/bankAccounts", self.home.path());
        (0..READS)
            .map(move |account| format!("{path}/{}/bankTransactions{query}", account_id(account)))
    }
}

/// The middle times of both, in an order that alternates.
fn pair(full: (&Server, &[String]), small: (&Server, &[String]), round: usize) -> (f64, f64) {
    if round.is_multiple_of(2) {
        let slow = p50(full.0, full.1);
        return (slow, p50(small.0, small.1));
    }
    let quick = p50(small.0, small.1);
    (p50(full.0, full.1), quick)
}

/// The middle time of reading what those paths name, after a first time for each.
fn p50(server: &Server, paths: &[String]) -> f64 {
    let mut connection = Connection::open(&server.target.address);
    let authorization = authorization();
    let mut times = Vec::new();
    for turn in 0..2 {
        for path in paths {
            let began = Instant::now();
            let answer = connection.get(path, &authorization);
            assert!(answer.len() > 100, "{}", String::from_utf8_lossy(answer));
            if turn == 1 {
                times.push(began.elapsed().as_secs_f64());
            }
        }
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
