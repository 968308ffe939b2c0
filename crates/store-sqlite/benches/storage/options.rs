//! What the bench is asked for.

use crate::Answer;
use std::path::PathBuf;

/// The figures of the note need ten million lines; a hundred thousand show in seconds that the bench works.
const LINES_DEFAULT: u64 = 1_000_000;
const ROUNDS_DEFAULT: usize = 5;
/// When `cargo test --all-targets` runs the bench, it only has to show that it works.
const LINES_TRIED: u64 = 20_000;
const CACHE_MB_DEFAULT: usize = 128;
const FILL_SECONDS_DEFAULT: u64 = 300;

/// What to measure.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// Lines in place before the filled databases are measured.
    pub(crate) lines: u64,
    /// How often everything is measured.
    pub(crate) rounds: usize,
    /// Where the databases are made; a temporary folder by default.
    pub(crate) folder: PathBuf,
    /// For decoded runs.
    pub(crate) run_cache_bytes: usize,
    /// After so long, a layout is measured with as many lines as it has.
    pub(crate) fill_seconds: u64,
}

impl Options {
    /// Reads the arguments; `cargo bench` adds `--bench` to them, `cargo test` does not.
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Answer<Self> {
        let arguments: Vec<String> = arguments.collect();
        let is_trial = !arguments.iter().any(|argument| argument == "--bench");
        let mut options = Self {
            lines: if is_trial { LINES_TRIED } else { LINES_DEFAULT },
            rounds: if is_trial { 1 } else { ROUNDS_DEFAULT },
            folder: std::env::temp_dir(),
            run_cache_bytes: CACHE_MB_DEFAULT << 20,
            fill_seconds: FILL_SECONDS_DEFAULT,
        };
        let mut arguments = arguments.into_iter().filter(|argument| argument != "--bench");
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--lines" => options.lines = value.replace('_', "").parse()?,
                "--rounds" => options.rounds = value.parse()?,
                "--folder" => options.folder = value.into(),
                "--run-cache-mb" => options.run_cache_bytes = value.parse::<usize>()? << 20,
                "--fill-seconds" => options.fill_seconds = value.parse()?,
                _ => return Err(format!(
                    "{name} is none of --lines, --rounds, --folder, --run-cache-mb, --fill-seconds"
                )
                .into()),
            }
        }
        Ok(options)
    }
}
