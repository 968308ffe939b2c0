//! Millrace, the binary: one executable with subcommands. Exit status 0 is success, 1 a failure told on stderr, 2 a
//! wrong command line.

mod adapters;
mod cli;
mod commands;
mod config;
mod encryption;
mod logging;
mod output;
mod sealed;
mod serve;
mod wire_up;
mod words;
mod world;

use clap::Parser as _;
use cli::{Cli, Command};
use config::{Settings, Values};
use mimalloc::MiMalloc;
use std::path::Path;
use std::process::ExitCode;

/// A push of a thousand lines is some ten thousand small texts, which one thread takes in and another gives back: with
/// the system's allocator that was a third of the whole (measured).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if output::nobody_reads(&error) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the last words of a command that failed")]
fn report(error: &anyhow::Error) {
    eprintln!("millrace: {}", output::told(error));
}

fn run(command: Command) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command {
            Command::Serve(args) => commands::serve::run(&args).await,
            Command::Worker(config) => commands::worker::run(&config).await,
            Command::Migrate(config) => commands::migrate::run(&config).await,
            Command::Keys(command) => commands::keys::run(command).await,
            Command::Clients(command) => commands::clients::run(command).await,
            Command::Branding(command) => commands::branding::run(command).await,
            Command::Lines(args) => commands::lines::run(&args).await,
            Command::Doctor(args) => commands::doctor::run(&args).await,
            Command::Config(command) => commands::config::run(command).await,
            Command::OpenApi(args) => commands::openapi::run(args),
            Command::Demo(command) => commands::demo::run(command).await,
            Command::Simulate(command) => commands::simulate::run(command).await,
            Command::Listen(args) => commands::webhooks::listen::run(&args).await,
            Command::Tail(args) => commands::webhooks::tail::run(&args).await,
            Command::Trigger(args) => commands::webhooks::trigger::run(&args).await,
            Command::Replay(args) => commands::webhooks::replay::run(&args).await,
        }
    })
}

/// The settings from all sources, with the values they were read from.
fn load(file: Option<&Path>, flags: &[(String, String)]) -> anyhow::Result<(Settings, Values)> {
    let values = config::merge(file, &config::environment(), flags)?;
    Ok((Settings::check(&values)?, values))
}
