//! The command line.

use std::path::PathBuf;
use std::time::Duration;

/// What is measured, and for how long.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) parts: Vec<String>,
    pub(crate) rounds: usize,
    /// Of one measurement in one round.
    pub(crate) window: Duration,
    /// How many lines a filled store holds.
    pub(crate) lines: u64,
    /// Whether the peers are measured, too: they need PostgreSQL, Python and Node.js.
    pub(crate) peers: bool,
    pub(crate) json: Option<PathBuf>,
    /// Where the picture is kept.
    pub(crate) chart: Option<PathBuf>,
}

impl Options {
    pub(crate) fn read() -> Self {
        let mut options = Self {
            parts: Vec::new(),
            rounds: 5,
            window: Duration::from_secs(2),
            lines: 10_000_000,
            peers: true,
            json: None,
            chart: None,
        };
        let mut words = std::env::args().skip(1);
        while let Some(word) = words.next() {
            let mut value = || words.next().expect("a flag needs a value");
            match word.as_str() {
                "--rounds" => options.rounds = value().parse().unwrap(),
                "--seconds" => options.window = Duration::from_secs_f64(value().parse().unwrap()),
                "--lines" => options.lines = value().parse().unwrap(),
                "--json" => options.json = Some(value().into()),
                "--chart" => options.chart = Some(value().into()),
                "--no-peers" => options.peers = false,
                // What cargo adds.
                "--bench" => {}
                part => options.parts.push(part.to_owned()),
            }
        }
        assert!(
            !options.parts.is_empty(),
            "say what to measure: ingest, reads, ofx, webhooks, overload"
        );
        options
    }
}
