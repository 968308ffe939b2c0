//! The project's own commands, run as `cargo xtask …`. What each one does is in its module; this
//! file only reads the command line.
#![expect(clippy::print_stdout, reason = "the commands are read at a terminal and in CI logs")]

mod bench;
mod ci;
mod crash;
mod fuzz;
mod new_platform;
mod provision;
mod simulate;
mod step;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Millrace's own commands")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Everything that must hold before a change lands: format, lints, tidy, licences, tests
    Ci,
    /// Install what the tests need (each thing once), then run them
    Test(test::Options),
    /// Check what no compiler checks: floors, mirrors, sizes, forbidden text
    Tidy,
    /// Write the folder of a platform that lines are sent to, and the list of what to prove of it
    NewPlatform(new_platform::Options),
    /// Measure: `bench` alone lists what can be measured
    Bench(bench::Options),
    /// Invent inputs for every reader of strangers' bytes, and stop at the first that breaks something
    Fuzz(fuzz::Options),
    /// Kill the server under load again and again, and look whether anything is lost or twice
    Crash(crash::Options),
    /// Tell worlds in which everything goes wrong, by their seeds, and see whether the facts hold
    Simulate(simulate::Options),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Ci => ci::run(),
        Command::Test(options) => test::run(&options),
        Command::Tidy => tidy::run(),
        Command::NewPlatform(options) => new_platform::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Fuzz(options) => fuzz::run(&options),
        Command::Crash(options) => crash::run(&options),
        Command::Simulate(options) => simulate::run(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
