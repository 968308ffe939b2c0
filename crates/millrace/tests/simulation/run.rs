//! Which seeds are told, and what is said of those that fail.

use super::count::Counts;
use super::stage::Stage;
use super::story::{self, Digest};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, mpsc};
use std::time::{Duration, Instant};

/// Told with every run of the tests.
const SEEDS: std::ops::Range<u64> = 1..31;
/// Each found a fault that is mended.
const SEEDS_THAT_FAILED: &[u64] = &[
    2_109, 2_215, 3_203, 3_719, 102_635, 103_909, 104_192, 106_796, 107_789, 108_784, 113_542,
    114_787, 121_432, 122_000, 203_408, 304_067, 329_373, 330_339, 506_755, 602_388, 605_012,
    618_037, 770_940, 6_002_631, 7_005_163, 8_402_698, 8_403_657, 8_552_420, 8_718_098, 8_915_420,
    9_237_870,
];
/// Some more, while there is time.
const RANDOM_FOR: Duration = Duration::from_secs(10);
const FROM_VARIABLE: &str = "MILLRACE_SIMULATION_FROM";
const COUNT_VARIABLE: &str = "MILLRACE_SIMULATION_COUNT";
/// Has the latest steps of a world that fails shown, and its folder kept.
pub(crate) const TRACE_VARIABLE: &str = "MILLRACE_SIMULATION_TRACE";
/// In so many worlds everything happens that can.
const WORLDS_WITH_EVERYTHING: u64 = 500;
/// How often a long run says how far it is.
const PROGRESS_EVERY: Duration = Duration::from_secs(10);

/// Tells a seed, and counts what happened; why it failed.
fn tell(seed: u64, counts: &Counts) -> Result<Digest, String> {
    let stage: OnceLock<Arc<Stage>> = OnceLock::new();
    let told = catch_unwind(AssertUnwindSafe(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(story::tell(seed, |world| {
            let _first = stage.set(world.ground.stage.clone());
        }))
    }));
    if let Some(stage) = stage.get() {
        counts.take(&stage.counts);
    }
    told.map_err(|panic| {
        if std::env::var_os(TRACE_VARIABLE).is_some() {
            let latest = stage.get().map(|stage| stage.latest()).unwrap_or_default();
            println!("{}", latest.join("\n"));
        }
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        text.unwrap_or_else(|| "no reason".to_owned())
    })
}

/// What several threads tell together.
#[derive(Default)]
struct Tally {
    told: AtomicU64,
    counts: Counts,
    failed: Mutex<Vec<u64>>,
}

impl Tally {
    fn take(&self, seed: u64) {
        if let Err(why) = tell(seed, &self.counts) {
            let again = format!("cargo xtask simulate --seeds 1 --from {seed}");
            println!("seed {seed} fails ({again}): {why}");
            self.failed.lock().unwrap().push(seed);
        }
        self.told.fetch_add(1, Ordering::Relaxed);
    }

    fn end(&self) {
        let mut failed = self.failed.lock().unwrap().clone();
        failed.sort_unstable();
        assert!(failed.is_empty(), "seeds {failed:?} fail");
    }
}

fn on_all_cores(work: impl Fn() + Sync) {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(&work);
        }
    });
}

/// Tells seeds as they come, on all cores, until there are no more.
fn tell_all(seeds: impl Iterator<Item = u64> + Send) -> Tally {
    let (tally, seeds) = (Tally::default(), Mutex::new(seeds));
    on_all_cores(|| {
        loop {
            let seed = seeds.lock().unwrap().next();
            let Some(seed) = seed else { return };
            tally.take(seed);
        }
    });
    tally
}

#[test]
fn the_facts_hold_in_the_same_worlds_every_time() {
    let tally = tell_all(SEEDS.chain(SEEDS_THAT_FAILED.iter().copied()));
    tally.end();
    let missing = tally.counts.missing_of_few();
    assert!(missing.is_empty(), "{missing:?} never happened");
}

/// `cargo xtask simulate` says which.
#[test]
fn the_facts_hold_in_any_world() {
    match asked() {
        Some((from, count)) => tell_asked(from, count),
        None => tell_any(),
    }
}

#[test]
fn a_world_is_told_again_by_its_seed() {
    for seed in (1..=5).chain([1_709_208_000]) {
        let told = || {
            let counts = Counts::default();
            (tell(seed, &counts), counts.to_string())
        };
        assert_eq!(told(), told(), "seed {seed}");
    }
}

fn asked() -> Option<(u64, u64)> {
    let number = |name| std::env::var(name).ok()?.parse().ok();
    Some((number(FROM_VARIABLE)?, number(COUNT_VARIABLE)?))
}

fn tell_any() {
    let began = Instant::now();
    let any = std::iter::from_fn(|| {
        let mut bytes = [0; 4];
        getrandom::fill(&mut bytes).unwrap();
        (began.elapsed() < RANDOM_FOR).then(|| u64::from(u32::from_le_bytes(bytes)))
    });
    tell_all(any).end();
}

fn tell_asked(from: u64, count: u64) {
    let (tally, next, began) = (Tally::default(), AtomicU64::new(from), Instant::now());
    let (end, is_over) = mpsc::channel();
    std::thread::scope(|scope| {
        let told = &tally;
        scope.spawn(move || say_how_far(told, count, began, &is_over));
        on_all_cores(|| {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= from + count {
                    return;
                }
                tally.take(seed);
            }
        });
        drop(end);
    });
    println!("{}{}", tally.counts, progress(&tally, count, began));
    tally.end();
    let missing = tally.counts.missing();
    assert!(count < WORLDS_WITH_EVERYTHING || missing.is_empty(), "{missing:?} never happened");
}

/// Until the other end of `is_over` is gone.
fn say_how_far(tally: &Tally, count: u64, began: Instant, is_over: &mpsc::Receiver<()>) {
    while is_over.recv_timeout(PROGRESS_EVERY) == Err(mpsc::RecvTimeoutError::Timeout) {
        println!("{}", progress(tally, count, began));
    }
}

fn progress(tally: &Tally, count: u64, began: Instant) -> String {
    let told = tally.told.load(Ordering::Relaxed);
    let failed = tally.failed.lock().unwrap().len();
    let secs = began.elapsed().as_secs().max(1);
    format!("{told} of {count} worlds in {secs} s, {} a second, {failed} failed", told / secs)
}
