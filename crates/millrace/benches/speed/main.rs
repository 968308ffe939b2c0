//! How fast Millrace is, as ratios to bounds and peers that are measured in the same rounds.
//!
//!     cargo xtask bench all -- [--rounds N] [--seconds S] [--lines N] [--no-peers] [--json FILE] [--chart FILE]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a bench that cannot go on has failed; it prints, takes the time and reckons with it"
)]

mod body;
mod bounds;
mod chart;
mod figures;
mod ingest;
mod load;
mod ofx;
mod options;
mod overload;
mod peers;
mod process;
mod reads;
mod seed;
mod server;
mod webhooks;
#[path = "../../src/words.rs"]
mod words;

use clap::Parser;
use figures::Figures;
use options::{Options, Part};

#[tokio::main]
async fn main() {
    let options = Options::parse();
    let mut figures = Figures::default();
    for part in &options.parts {
        match part {
            Part::Ingest => ingest::run(&options, &mut figures).await,
            Part::Reads => reads::run(&options, &mut figures).await,
            Part::Ofx => ofx::run(&options, &mut figures).await,
            Part::Webhooks => webhooks::run(&options, &mut figures).await,
            Part::Overload => overload::run(&options, &mut figures).await,
        }
    }
    println!("\n{}", figures.table());
    if let Some(path) = &options.json {
        std::fs::write(path, figures.json()).unwrap();
    }
    if let Some(path) = &options.chart {
        std::fs::write(path, chart::draw(&figures.judged())).unwrap();
    }
    println!("{}", figures.closing());
    // Cargo's own words after a panic would hide the closing line.
    std::process::exit(i32::from(!figures.hold()));
}
