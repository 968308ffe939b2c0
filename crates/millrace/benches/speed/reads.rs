//! Reads of a store with many lines beside the same reads of a small one.

use crate::body::account_id;
use crate::figures::Figures;
use crate::figures::Goal::AtMost;
use crate::load::{Connection, Load};
use crate::options::Options;
use crate::server::{Home, Keeping, Server, authorization};
use std::time::{Duration, Instant};

const FILL_WINDOW: Duration = Duration::from_mins(10);
/// Reads of a kind in a round.
const READS: u64 = 200;
const ACCOUNTS: u64 = 100_000;
const LINES_OF_A_PUSH: usize = 100;

/// Lists, and one operation.
pub(crate) async fn run(options: &Options, figures: &mut Figures) {
    let full = filled(options.lines).await;
    // The same lines in the accounts that are read, and no others.
    let small = filled(READS * LINES_OF_A_PUSH as u64).await;
    for round in 1..=options.rounds {
        let (of_full, of_small) =
            (Server::start(&full, Keeping::All), Server::start(&small, Keeping::All));
        for (name, query) in [
            ("newest 100 lines", "?page=1&pageSize=100&orderBy=-date"),
            ("100 lines by date", "?page=1&pageSize=100&query=date%3E2020-01-01"),
        ] {
            let time = |server: &Server, home: &Home| {
                let path = |account: u64| {
                    format!(
                        "{}/bankAccounts/{}/bankTransactions{query}",
                        home.path(),
                        account_id(account)
                    )
                };
                p50(server, path)
            };
            let ratio = time(&of_full, &full) / time(&of_small, &small);
            figures.add(&format!("{name}, filled ÷ small, p50"), AtMost(1.5), ratio);
        }
        println!("reads: round {round} of {} done", options.rounds);
    }
}

async fn filled(lines: u64) -> Home {
    let accounts = ACCOUNTS.min(lines / LINES_OF_A_PUSH as u64);
    let home = Home::sqlite(accounts).await;
    let server = Server::start(&home, Keeping::All);
    let pushes_max = lines / LINES_OF_A_PUSH as u64;
    let fill = Load { pushes_max, ..Load::new(16, LINES_OF_A_PUSH, FILL_WINDOW) };
    fill.run(&server.target);
    drop(server);
    home
}

/// The middle time of reading what those paths name, after a first time for each.
fn p50(server: &Server, path: impl Fn(u64) -> String) -> f64 {
    let mut connection = Connection::open(&server.target.address);
    let authorization = authorization();
    let mut times = Vec::new();
    for turn in 0..2 {
        for account in 0..READS {
            let path = path(account);
            let began = Instant::now();
            let answer = connection.get(&path, &authorization);
            assert!(answer.len() > 1_000, "{}", String::from_utf8_lossy(answer));
            if turn == 1 {
                times.push(began.elapsed().as_secs_f64());
            }
        }
    }
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
