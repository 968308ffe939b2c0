//! Pushes: how many lines a second are taken, and what that leaves on the disk, in memory and at the next start.

use crate::bounds;
use crate::figures::Figures;
use crate::figures::Goal::{AtLeast, AtMost, None as Told};
use crate::load::{Load, Outcome};
use crate::options::Options;
use crate::peers::Peer;
use crate::server::{Home, Keeping, Server};
use std::time::Duration;
use testkit::PostgresCluster;

/// Accounts of an empty store.
const ACCOUNTS: u64 = 100;
/// Accounts of a wide store, and lines of each push that fills it.
const WIDE: (u64, usize) = (100_000, 100);
/// The same of a deep one.
const DEEP: (u64, usize) = (100, 1_000);
/// The tail is looked at for so long.
const TAIL_WINDOW: Duration = Duration::from_mins(1);
/// No filling takes longer.
const FILL_WINDOW: Duration = Duration::from_mins(10);

/// Everything about pushes.
pub(crate) async fn run(options: &Options, figures: &mut Figures) {
    let cluster = PostgresCluster::durable();
    for round in 1..=options.rounds {
        compare(options, figures, &cluster).await;
        println!("ingest: round {round} of {} done", options.rounds);
    }
    for (name, shape) in [("wide", WIDE), ("deep", DEEP)] {
        filled(options, figures, name, shape).await;
    }
    tail(figures).await;
}

/// Millrace beside bounds and peers, all on empty stores, one after the other.
async fn compare(options: &Options, figures: &mut Figures, cluster: &PostgresCluster) {
    let big = Load::new(16, 1_000, options.window);
    let small = Load::new(64, 1, options.window);
    let kept = measure(Keeping::All, big, small).await;
    let answered = measure(Keeping::None, big, small).await;
    let copied = bounds::postgres_copy(cluster, options.window).await;
    let rows = bounds::sqlite_rows(options.window);
    let segments = bounds::sqlite_segments(options.window);
    let echoed = bounds::echo(big, &kept.2.target).lines_per_second;
    let (lines, pushes) = (kept.0.lines_per_second, kept.1.pushes_per_second);
    figures.add("1000-line pushes, lines/s", Told, lines);
    figures.add("… ÷ no store", AtLeast(0.5), lines / answered.0.lines_per_second);
    figures.add("… ÷ raw PostgreSQL COPY, 4 connections", AtLeast(5.0), lines / copied);
    figures.add("… ÷ raw SQLite, a row a line", Told, lines / rows);
    figures.add("… ÷ raw SQLite, our layout", Told, lines / segments);
    figures.add("… ÷ axum echo", Told, lines / echoed);
    figures.add("1-line pushes, pushes/s", Told, pushes);
    figures.add("1-line pushes ÷ no store", AtLeast(0.35), pushes / answered.1.pushes_per_second);
    let like = kept.2.target.clone();
    drop((kept, answered));
    if !options.no_peers {
        for (peer, of_lines, of_pushes) in [(Peer::FastApi, 25.0, 15.0), (Peer::Fastify, 12.0, 4.0)]
        {
            let running = peer.start(cluster, &like);
            let (its_lines, its_pushes) = (big.run(&running.target), small.run(&running.target));
            let name = peer.name();
            figures.add(
                &format!("1000-line pushes ÷ {name}"),
                AtLeast(of_lines),
                lines / its_lines.lines_per_second,
            );
            figures.add(
                &format!("1-line pushes ÷ {name}"),
                AtLeast(of_pushes),
                pushes / its_pushes.pushes_per_second,
            );
        }
    }
    let url = cluster.database();
    let home = Home::postgres(&url, ACCOUNTS).await;
    let server = Server::start(&home, Keeping::All);
    let on_postgres = big.run(&server.target).lines_per_second;
    drop(server);
    cluster.drop_database(&url);
    figures.add("PostgreSQL: 1000-line pushes ÷ raw COPY", AtLeast(2.0), on_postgres / copied);
}

/// Both loads on an empty store.
async fn measure(keeping: Keeping, big: Load, small: Load) -> (Outcome, Outcome, Server) {
    let home = Home::sqlite(ACCOUNTS).await;
    let server = Server::start(&home, keeping);
    let outcome = big.run(&server.target);
    drop(server);
    // Each load on a store of its own.
    let home = Home::sqlite(ACCOUNTS).await;
    let server = Server::start(&home, keeping);
    (outcome, small.run(&server.target), server)
}

/// The same pushes into a filled store and into an empty one.
async fn filled(options: &Options, figures: &mut Figures, name: &str, shape: (u64, usize)) {
    let (accounts, lines_of_a_push) = shape;
    let full = Home::sqlite(accounts).await;
    let before = {
        let server = Server::start(&full, Keeping::All);
        let few = Load {
            pushes_max: 100_000 / lines_of_a_push as u64,
            ..Load::new(16, lines_of_a_push, FILL_WINDOW)
        };
        few.run(&server.target);
        let early = server.process.resident();
        let pushes_max = options.lines / lines_of_a_push as u64;
        let whole = Load { pushes_max, ..Load::new(16, lines_of_a_push, FILL_WINDOW) };
        let outcome = whole.run(&server.target);
        println!(
            "ingest: {name}: {} lines in place, {:.0} lines/s",
            options.lines, outcome.lines_per_second
        );
        let late = server.process.resident();
        // What is still in the log belongs into the database's file.
        server.process.end();
        (early, late)
    };
    figures.add(
        &format!("resident memory, {name}, filled ÷ after 100 k"),
        AtMost(3.0),
        before.1 / before.0,
    );
    figures.add(
        &format!("bytes a line, {name}"),
        AtMost(70.0),
        full.bytes() / options.lines as f64,
    );
    for round in 1..=options.rounds {
        // Each round finds so many lines, and none of an earlier round.
        let (full, empty) = (full.copied(), Home::sqlite(accounts).await);
        let (of_full, of_empty) =
            (Server::start(&full, Keeping::All), Server::start(&empty, Keeping::All));
        figures.add(
            &format!("start-up, {name}, filled, s"),
            AtMost(2.0),
            of_full.started_in.as_secs_f64(),
        );
        let big = Load::new(16, 1_000, options.window);
        let ratio = pair(big, &of_full, &of_empty, round);
        figures.add(&format!("1000-line pushes, {name}, filled ÷ empty"), AtLeast(0.8), ratio);
        if name == "wide" {
            let ten = Load::new(64, 10, options.window);
            figures.add(
                "10-line pushes, wide, filled ÷ empty",
                AtLeast(0.7),
                pair(ten, &of_full, &of_empty, round),
            );
        }
        println!("ingest: {name}: round {round} of {} done", options.rounds);
    }
}

/// A load on both, in an order that alternates.
fn pair(load: Load, full: &Server, empty: &Server, round: usize) -> f64 {
    let run = |server: &Server| load.run(&server.target).lines_per_second;
    if round.is_multiple_of(2) {
        let of_full = run(full);
        return of_full / run(empty);
    }
    let of_empty = run(empty);
    run(full) / of_empty
}

/// How much slower the slowest of a hundred is.
async fn tail(figures: &mut Figures) {
    let home = Home::sqlite(ACCOUNTS).await;
    let server = Server::start(&home, Keeping::All);
    let outcome = Load::new(16, 1_000, TAIL_WINDOW).run(&server.target);
    let (middle, tail) = (outcome.latency(0.5), outcome.latency(0.99));
    figures.add("p99 ÷ p50, 16 connections, 1000 lines, 60 s", AtMost(3.0), tail / middle);
    figures.add("p50, ms", Told, middle * 1e3);
}
