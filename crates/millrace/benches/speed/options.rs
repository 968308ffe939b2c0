//! The command line.

use clap::{Parser, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// How fast Millrace is, beside bounds and peers that are measured in the same rounds.
#[derive(Clone, Debug, Parser)]
pub(crate) struct Options {
    /// What to measure
    #[arg(required = true, value_name = "PART")]
    pub(crate) parts: Vec<Part>,
    /// How often: a figure is the median of its rounds
    #[arg(long, value_name = "N", default_value = "5", value_parser = rounds)]
    pub(crate) rounds: usize,
    /// How long one measurement in one round takes
    #[arg(long = "seconds", value_name = "S", default_value = "2", value_parser = seconds)]
    pub(crate) window: Duration,
    /// How many lines a filled store holds
    #[arg(long, value_name = "N", default_value_t = 10_000_000)]
    pub(crate) lines: u64,
    /// Leaves out the peers, which need Python and Node.js
    #[arg(long)]
    pub(crate) no_peers: bool,
    /// Writes the figures there
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Draws the figures there
    #[arg(long, value_name = "FILE")]
    pub(crate) chart: Option<PathBuf>,
    /// What cargo adds.
    #[arg(long, hide = true)]
    bench: bool,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Pushes beside bounds and peers, into empty and filled stores
    Ingest,
    /// Lists and operations of a filled store beside a small one
    Reads,
    /// Statements from a filled store beside an empty one
    Ofx,
    /// Bringing events beside bare POSTs
    Webhooks,
    /// Ten times as many pushes as the server can take
    Overload,
}

fn rounds(text: &str) -> Result<usize, String> {
    let rounds = text.parse().ok().filter(|rounds| *rounds > 0);
    rounds.ok_or_else(|| "must be a whole number from 1 on".to_owned())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0.0);
    let window = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    window.ok_or_else(|| "must be a number of seconds, such as 2 or 0.5".to_owned())
}
