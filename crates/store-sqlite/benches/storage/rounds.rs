//! The order of the measurements: all layouts are filled first, then every round measures everything once, an empty
//! database beside a filled one, so that a slow minute of the machine meets them all.

use crate::Answer;
use crate::layout::{Layout, LayoutKind};
use crate::lines::Feed;
use crate::options::Options;
use crate::shape::{Load, Shape};
use domain::line::Line;
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const CACHE_KIB: u32 = 65_536;
/// Pushes of a commit while a database is filled.
const FILL_COMMIT_PUSHES: u64 = 256;
const READS: usize = 101;

/// What one round saw of a layout under a load.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    pub(crate) shape: Shape,
    pub(crate) layout: LayoutKind,
    pub(crate) load: Load,
    /// Lines a second.
    pub(crate) empty: f64,
    pub(crate) filled: f64,
    /// The middle one of the times to read an account's newest hundred lines, in microseconds.
    pub(crate) read_empty: f64,
    pub(crate) read_filled: f64,
}

/// What filling a layout showed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filling {
    pub(crate) shape: Shape,
    pub(crate) layout: LayoutKind,
    pub(crate) lines: u64,
    pub(crate) bytes: u64,
    pub(crate) lines_per_second: f64,
}

/// All that was measured.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) fillings: Vec<Filling>,
    pub(crate) rounds: Vec<Figure>,
}

/// A database in one layout.
struct Bench {
    path: PathBuf,
    database: Connection,
    layout: Box<dyn Layout>,
    feed: Feed,
    touched: Vec<u64>,
}

/// One push to be made.
type Push = (u64, Vec<Line>);

pub(crate) fn run(options: &Options) -> Answer<Figures> {
    let folder = options.folder.join(format!("millrace-bench-storage-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let figures = measure(options, &folder);
    std::fs::remove_dir_all(&folder)?;
    figures
}

fn measure(options: &Options, folder: &Path) -> Answer<Figures> {
    let mut figures = Figures::default();
    let mut filled = Vec::new();
    for shape in Shape::ALL {
        for layout in LayoutKind::ALL {
            let (bench, filling) = fill(options, folder, shape, layout)?;
            progress(&format!(
                "{} {}: {} lines in place",
                shape.name(),
                layout.name(),
                filling.lines
            ));
            figures.fillings.push(filling);
            filled.push((shape, layout, bench));
        }
    }
    for round in 0..options.rounds {
        for load in Load::ALL {
            for (place, (shape, layout, bench)) in filled.iter_mut().enumerate() {
                let seed = 1_000 + u64::try_from(round * 100 + place)?;
                let accounts = shape.accounts(options.lines);
                let mut empty = Bench::open(
                    &folder.join("empty.db"),
                    *layout,
                    options,
                    Feed::new(seed, accounts),
                )?;
                empty.database.pragma_update(None, "synchronous", "full")?;
                let both = if round % 2 == 0 {
                    let first = empty.rate(load)?;
                    (first, bench.rate(load)?)
                } else {
                    let first = bench.rate(load)?;
                    (empty.rate(load)?, first)
                };
                let (read_empty, read_filled) = (empty.read_micros()?, bench.read_micros()?);
                empty.delete()?;
                let (shape, layout, (empty, filled)) = (*shape, *layout, both);
                figures.rounds.push(Figure {
                    shape,
                    layout,
                    load,
                    empty,
                    filled,
                    read_empty,
                    read_filled,
                });
            }
        }
        progress(&format!("round {} of {} done", round + 1, options.rounds));
    }
    Ok(figures)
}

fn fill(
    options: &Options,
    folder: &Path,
    shape: Shape,
    kind: LayoutKind,
) -> Answer<(Bench, Filling)> {
    let path = folder.join(format!("{}-{}.db", shape.name(), kind.name().replace(' ', "-")));
    let accounts = shape.accounts(options.lines);
    let mut bench = Bench::open(&path, kind, options, Feed::new(1, accounts))?;
    bench.database.pragma_update(None, "synchronous", "off")?;
    let (mut lines, mut spent, mut turn) = (0, Duration::ZERO, 0_u64);
    while lines < options.lines && spent.as_secs() < options.fill_seconds {
        let count = FILL_COMMIT_PUSHES.min((options.lines - lines).div_ceil(shape.fill_lines()));
        let mut pushes = Vec::new();
        for _ in 0..count {
            // A prime stride visits the accounts in turn, far from one another.
            pushes.push((turn * 7_919 % accounts, bench.feed.push(shape.fill_lines())?));
            turn += 1;
        }
        spent += bench.commit(&pushes)?;
        lines += count * shape.fill_lines();
    }
    bench.database.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(()))?;
    bench.database.pragma_update(None, "synchronous", "full")?;
    bench.touched = (0..turn.min(accounts)).map(|turn| turn * 7_919 % accounts).collect();
    let bytes = std::fs::metadata(&path)?.len();
    let lines_per_second = f64::from(u32::try_from(lines)?) / spent.as_secs_f64();
    let filling = Filling { shape, layout: kind, lines, bytes, lines_per_second };
    Ok((bench, filling))
}

impl Bench {
    fn open(path: &Path, kind: LayoutKind, options: &Options, feed: Feed) -> Answer<Self> {
        let database = Connection::open(path)?;
        database.set_prepared_statement_cache_capacity(64);
        database.pragma_update(None, "page_size", kind.page_bytes())?;
        database.pragma_update(None, "journal_mode", "wal")?;
        database.pragma_update(None, "cache_size", -i64::from(CACHE_KIB))?;
        let layout = kind.make(options.run_cache_bytes);
        database.execute_batch(layout.schema())?;
        Ok(Self { path: path.to_owned(), database, layout, feed, touched: Vec::new() })
    }

    /// Makes the pushes in one transaction; answers how long it took.
    fn commit(&mut self, pushes: &[Push]) -> Answer<Duration> {
        let start = now();
        self.database.execute_batch("begin immediate")?;
        for (account, lines) in pushes {
            self.layout.push(&self.database, *account, lines)?;
        }
        self.database.execute_batch("commit")?;
        Ok(now() - start)
    }

    /// How many lines a second it takes under a load.
    fn rate(&mut self, load: Load) -> Answer<f64> {
        let mut spent = Duration::ZERO;
        for _ in 0..load.commits {
            let mut pushes = Vec::new();
            for _ in 0..load.commit_pushes {
                pushes.push((self.feed.account(), self.feed.push(load.push_lines)?));
            }
            spent += self.commit(&pushes)?;
            self.touched.extend(pushes.iter().map(|(account, _)| *account));
        }
        let lines = u32::try_from(load.push_lines * load.commit_pushes)? * load.commits;
        Ok(f64::from(lines) / spent.as_secs_f64())
    }

    /// The middle time to read an account's newest lines.
    fn read_micros(&mut self) -> Answer<f64> {
        let mut times = Vec::with_capacity(READS);
        for _ in 0..READS {
            let choice = self.feed.any_of(self.touched.len())?;
            let account = self.touched.get(choice).copied().unwrap_or_default();
            let start = now();
            let found = self.layout.read_newest(&self.database, account)?;
            times.push(now() - start);
            if found == 0 {
                return Err(format!("account {account} has no lines").into());
            }
        }
        times.sort_unstable();
        Ok(times.get(READS / 2).map_or(0.0, |time| time.as_secs_f64() * 1e6))
    }

    fn delete(self) -> Answer<()> {
        self.database.close().map_err(|(_, error)| error)?;
        std::fs::remove_file(self.path)?;
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench looks at the clock")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::print_stderr, reason = "a long bench tells how far it is")]
fn progress(text: &str) {
    eprintln!("{text}");
}
