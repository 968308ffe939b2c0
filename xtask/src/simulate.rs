//! `cargo xtask simulate`: tells worlds by their seeds, on all cores, and names those in which a fact does not hold. What
//! a world is stands in `crates/millrace/tests/simulation`.

use std::process::Command;

use anyhow::Result;

use crate::step::run_shown;
use crate::workspace::root;

const TEST: &str = "run::the_facts_hold_in_any_world";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How many worlds
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    seeds: u64,
    /// The seed of the first; the others follow
    #[arg(long, value_name = "S", default_value_t = 1)]
    from: u64,
    /// Show what happened last in a world that fails
    #[arg(long)]
    trace: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let mut command = Command::new("cargo");
    command.args(["test", "--quiet", "--profile", "simulation", "--package", "millrace"]);
    command.args(["--features", "simulation", "--test", "simulation"]);
    command.args(["--", "--exact", TEST, "--nocapture"]);
    command.env("MILLRACE_SIMULATION_FROM", options.from.to_string());
    command.env("MILLRACE_SIMULATION_COUNT", options.seeds.to_string());
    // Where a test stands says nothing of what went wrong in a world.
    command.env("RUST_BACKTRACE", "0");
    if options.trace {
        command.env("MILLRACE_SIMULATION_TRACE", "1");
    }
    run_shown(command.current_dir(root()))
}
