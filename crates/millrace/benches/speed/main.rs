//! How fast Millrace is, as ratios to bounds and peers that are measured in the same rounds.
//!
//!     cargo xtask bench all -- [--rounds N] [--seconds S] [--lines N] [--json FILE] [--chart FILE]
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

use figures::Figures;
use options::Options;

#[tokio::main]
async fn main() {
    let options = Options::read();
    let mut figures = Figures::default();
    for part in &options.parts {
        match part.as_str() {
            "ingest" => ingest::run(&options, &mut figures).await,
            "reads" => reads::run(&options, &mut figures).await,
            "ofx" => ofx::run(&options, &mut figures).await,
            "webhooks" => webhooks::run(&options, &mut figures).await,
            "overload" => overload::run(&options, &mut figures).await,
            other => panic!("there is no part {other:?}: ingest, reads, ofx, webhooks, overload"),
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
