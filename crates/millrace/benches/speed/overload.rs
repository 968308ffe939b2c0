//! Ten times as many pushes as a server can take: how many it turns away, how much slower the answers become of those that
//! it takes, and whether it still says how it is.

use crate::body::{Body, account_id};
use crate::figures::Figures;
use crate::figures::Goal::{AtLeast, AtMost, None as Told};
use crate::load::{Connection, Load, Target, json_headers};
use crate::options::Options;
use crate::server::{Home, Keeping, Server};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const ACCOUNTS: u64 = 100;
/// Connections of a server that has little to do.
const UNLOADED: usize = 4;
/// Connections of one that has as much to do as it can.
const LOADED: usize = 16;
/// How many times more is asked.
const TIMES: f64 = 10.0;
/// Connections that ask: far more than are served at once.
const ASKING: usize = 256;
/// So many times as long as other measurements: the moment before the gate knows of the crowd is to count as little as it
/// does in a crowd that stays.
const LASTING: u32 = 5;
/// Between two questions how the server is.
const HEALTH_PAUSE: Duration = Duration::from_millis(10);

/// What was answered to those who asked too much.
#[derive(Debug, Default)]
struct Answered {
    /// Of each push that was taken, in seconds.
    taken: Vec<f64>,
    turned_away: usize,
    /// Turned away without being told when to come again, or with another error.
    otherwise: usize,
}

/// Everything about overload.
pub(crate) async fn run(options: &Options, figures: &mut Figures) {
    for round in 1..=options.rounds {
        for lines in [1_000, 100] {
            let home = Home::sqlite(ACCOUNTS).await;
            let server = Server::start(&home, Keeping::All);
            overload(options, figures, &server, lines);
        }
        println!("overload: round {round} of {} done", options.rounds);
    }
}

fn overload(options: &Options, figures: &mut Figures, server: &Server, lines: usize) {
    let unloaded = Load::new(UNLOADED, lines, options.window).run(&server.target);
    let capacity = Load::new(LOADED, lines, options.window).run(&server.target).pushes_per_second;
    let began = Instant::now();
    let (answered, health) =
        ask_too_much(&server.target, lines, capacity * TIMES, options.window * LASTING);
    let spent = began.elapsed().as_secs_f64();
    let Answered { taken, turned_away, otherwise } = answered;
    let asked = taken.len() + turned_away + otherwise;
    let name = |figure: &str| format!("overload, {lines}-line pushes: {figure}");
    figures.add(&name("pushes/s it can take"), Told, capacity);
    figures.add(&name("asked ÷ can take"), Told, asked as f64 / spent / capacity);
    figures.add(&name("taken ÷ can take"), Told, taken.len() as f64 / spent / capacity);
    figures.add(&name("turned away, of all"), Told, turned_away as f64 / asked as f64);
    figures.add(
        &name("answered with 200, or 503 and Retry-After, of all"),
        AtLeast(1.0),
        (asked - otherwise) as f64 / asked as f64,
    );
    figures.add(&name("p99 unloaded, ms"), Told, unloaded.latency(0.99) * 1e3);
    figures.add(
        &name("p99 of what is taken ÷ unloaded"),
        AtMost(5.0),
        part_of(&taken, 0.99) / unloaded.latency(0.99),
    );
    figures.add(&name("p99 of health answers, ms"), AtMost(100.0), part_of(&health, 0.99) * 1e3);
}

/// The value below which that part of the values is.
fn part_of(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len() as f64 * part) as usize;
    sorted[place.min(sorted.len() - 1)]
}

/// Pushes at that pace, whatever is answered, and meanwhile asks how the server is.
fn ask_too_much(
    target: &Target,
    lines: usize,
    pushes_per_second: f64,
    window: Duration,
) -> (Answered, Vec<f64>) {
    let stop = AtomicBool::new(false);
    let pause = Duration::from_secs_f64(ASKING as f64 / pushes_per_second);
    std::thread::scope(|scope| {
        let asking = (0..ASKING).map(|number| {
            let stop = &stop;
            // They begin one after the other, so that they do not ask in step.
            let first = pause.mul_f64(number as f64 / ASKING as f64);
            scope.spawn(move || keep_asking(target, lines, stop, (number as u64, first, pause)))
        });
        let asking: Vec<_> = asking.collect();
        let health = scope.spawn(|| ask_for_health(target, &stop));
        std::thread::sleep(window);
        stop.store(true, Ordering::Relaxed);
        let mut all = Answered::default();
        for one in asking {
            let one = one.join().unwrap();
            all.taken.extend(one.taken);
            all.turned_away += one.turned_away;
            all.otherwise += one.otherwise;
        }
        (all, health.join().unwrap())
    })
}

/// One connection's share. Whoever is late asks at once, and does not make up for what was left out.
fn keep_asking(
    target: &Target,
    lines: usize,
    stop: &AtomicBool,
    (number, first, pause): (u64, Duration, Duration),
) -> Answered {
    let seed = 1 << 20 | u32::try_from(number).unwrap();
    let mut body = Body::new(lines, target.day, seed);
    let mut connection = Connection::open(&target.address);
    let mut answered = Answered::default();
    let path = format!("{}/{}/bankTransactions", target.path, account_id(number % target.accounts));
    let mut due = Instant::now() + first;
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let bytes = body.fill(number % target.accounts);
        let headers = json_headers(&target.authorization, bytes);
        let began = Instant::now();
        let answer = connection.ask("POST", &path, &headers, bytes);
        match (answer.status, answer.head.contains("\r\nretry-after: ")) {
            (200, _) => answered.taken.push(began.elapsed().as_secs_f64()),
            (503, true) => answered.turned_away += 1,
            (_, _) => answered.otherwise += 1,
        }
        due = Instant::now().max(due + pause);
    }
    answered
}

/// Each time on a new connection, as probes come.
fn ask_for_health(target: &Target, stop: &AtomicBool) -> Vec<f64> {
    let mut latencies = Vec::new();
    for path in ["/healthz", "/readyz"].into_iter().cycle() {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let began = Instant::now();
        let status = Connection::open(&target.address).ask("GET", path, "Accept: */*", b"").status;
        assert_eq!(status, 200, "{path}");
        latencies.push(began.elapsed().as_secs_f64());
        std::thread::sleep(HEALTH_PAUSE);
    }
    latencies
}
