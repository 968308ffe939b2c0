//! The folder with the database: files that outlive processes, and what a power cut leaves of them.

use super::run::TRACE_VARIABLE;
use super::stage::Files;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tempfile::TempDir;
use testkit::Dice;

const NAMES: [&str; 2] = ["millrace.db", "millrace.db-wal"];
/// What a disk writes at once, or not at all.
const SECTOR_BYTES: usize = 512;

#[derive(Debug)]
pub(crate) struct Folder {
    home: TempDir,
    dice: Dice,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Each cut leads to a folder within the folder.
    generation: u64,
    before: Option<[Vec<u8>; 2]>,
    /// What there is when the power is back.
    left: Option<[Vec<u8>; 2]>,
}

impl Folder {
    /// A copy of a database file.
    pub(crate) fn open(template: &Path, seed: u64) -> Self {
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let mut home = TempDir::with_prefix_in("millrace-world-", place).unwrap();
        home.disable_cleanup(std::env::var_os(TRACE_VARIABLE).is_some());
        let made = Self { home, dice: Dice::of(seed, "disk"), state: Mutex::default() };
        fs::create_dir(made.place(0)).unwrap();
        fs::copy(template, made.database()).unwrap();
        made
    }

    /// Where the database is now.
    pub(crate) fn database(&self) -> PathBuf {
        self.place(self.state.lock().unwrap().generation).join(NAMES[0])
    }

    fn place(&self, generation: u64) -> PathBuf {
        self.home.path().join(generation.to_string())
    }

    fn read(&self, generation: u64) -> [Vec<u8>; 2] {
        NAMES.map(|name| fs::read(self.place(generation).join(name)).unwrap_or_default())
    }

    /// Whether the power was cut, and has not come back.
    pub(crate) fn is_torn(&self) -> bool {
        self.state.lock().unwrap().left.is_some()
    }

    /// The files move to where no dead process has them open.
    pub(crate) fn move_on(&self) {
        let mut state = self.state.lock().unwrap();
        let left = state.left.take();
        let files = left.unwrap_or_else(|| self.read(state.generation));
        state.generation += 1;
        fs::create_dir(self.place(state.generation)).unwrap();
        for (name, bytes) in NAMES.iter().zip(files) {
            fs::write(self.place(state.generation).join(name), bytes).unwrap();
        }
    }

    /// A file of which some of what was being written has arrived. What was there before was synced, and stays.
    fn torn(&self, before: &[u8], after: &[u8]) -> Vec<u8> {
        let dice = &self.dice;
        let mut left = after.to_vec();
        let manner = dice.between(0, 3);
        for (number, sector) in left.chunks_mut(SECTOR_BYTES).enumerate() {
            let start = number * SECTOR_BYTES;
            let old = before.get(start..before.len().min(start + SECTOR_BYTES)).unwrap_or(&[]);
            if old == sector {
                continue;
            }
            match manner {
                0 => {}
                1 if dice.percent(50) => {}
                // Never written, or half and half.
                1 | 2 => overwrite(sector, old),
                _ if dice.percent(70) => {}
                // What stands in the same sector and is not written stays: SQLite counts on it ("powersafe overwrite").
                _ => garble(sector, old, dice),
            }
        }
        if dice.percent(50) && after.len() > before.len() {
            let length = |file: &[u8]| u64::try_from(file.len()).unwrap();
            let kept = dice.between(length(before), length(after));
            left.truncate(usize::try_from(kept).unwrap());
        }
        left
    }
}

fn overwrite(sector: &mut [u8], old: &[u8]) {
    for (place, byte) in sector.iter_mut().enumerate() {
        *byte = old.get(place).copied().unwrap_or(0);
    }
}

fn garble(sector: &mut [u8], old: &[u8], dice: &Dice) {
    for (place, byte) in sector.iter_mut().enumerate() {
        if old.get(place) != Some(byte) {
            *byte ^= u8::try_from(dice.between(0, 255)).unwrap();
        }
    }
}

impl Files for Folder {
    fn before(&self) {
        let mut state = self.state.lock().unwrap();
        let files = self.read(state.generation);
        state.before = Some(files);
    }

    fn after(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let Some([database, log]) = state.before.take() else { return false };
        let after = self.read(state.generation);
        let left = if database == after[0] {
            [database, self.torn(&log, &after[1])]
        } else {
            // The log was synced before anything of it went into the database.
            [self.torn(&database, &after[0]), after[1].clone()]
        };
        let is_torn = left != after;
        state.left = Some(left);
        is_torn
    }
}
