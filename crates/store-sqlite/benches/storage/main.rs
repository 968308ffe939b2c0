//! Compares layouts for keeping lines, on SQLite and nothing else: no traits, no queue, no HTTP. What the figures led to is
//! in docs/decisions/storage-layout.md. Run it with `cargo xtask bench storage`.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

mod layout;
mod lines;
mod options;
mod report;
mod rounds;
mod shape;

use options::Options;
use std::error::Error;
use std::process::ExitCode;

/// What can go wrong in a bench is only reported.
type Answer<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match Options::parse(std::env::args().skip(1)).and_then(|options| rounds::run(&options)) {
        Ok(figures) => {
            println!("{}", report::of(&figures));
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}
