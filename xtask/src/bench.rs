//! The benches and their names. A bench is a function in a module of its own; this file only
//! finds it.

use std::process::Command;

use anyhow::{Result, bail};

use crate::step::run_shown;
use crate::workspace::root;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Which bench to run; without a name the benches are listed
    name: Option<String>,
    /// Handed to the bench as they are
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Something that can be measured.
struct Bench {
    name: &'static str,
    measures: &'static str,
    run: fn(&[String]) -> Result<()>,
}

/// Every bench there is. A new one is one line here and one module.
const BENCHES: &[Bench] = &[
    Bench {
        name: "all",
        measures: "everything that has a goal, in a table: -- [--rounds N] [--seconds S] [--lines N] [--no-peers] [--json FILE] [--chart FILE]",
        run: |arguments| speed(&["ingest", "reads", "ofx", "webhooks", "overload"], arguments),
    },
    Bench {
        name: "ingest",
        measures: "pushes beside bounds and peers, into empty and filled stores: the same flags",
        run: |arguments| speed(&["ingest"], arguments),
    },
    Bench {
        name: "reads",
        measures: "lists and operations of a filled store beside a small one: the same flags",
        run: |arguments| speed(&["reads"], arguments),
    },
    Bench {
        name: "ofx",
        measures: "statements from a filled store beside an empty one: the same flags",
        run: |arguments| speed(&["ofx"], arguments),
    },
    Bench {
        name: "webhooks",
        measures: "bringing events beside bare POSTs: the same flags",
        run: |arguments| speed(&["webhooks"], arguments),
    },
    Bench {
        name: "overload",
        measures: "ten times as many pushes as the server can take: the same flags",
        run: |arguments| speed(&["overload"], arguments),
    },
    Bench {
        name: "storage",
        measures: "layouts for lines on SQLite, empty and filled: -- [--lines N] [--rounds N]",
        run: |arguments| cargo_bench("store-sqlite", "storage", arguments),
    },
];

pub(crate) fn run(options: &Options) -> Result<()> {
    let Some(name) = &options.name else {
        println!("{}", listing(BENCHES));
        return Ok(());
    };
    (find(BENCHES, name)?.run)(&options.arguments)
}

/// Runs parts of the bench of the whole product.
fn speed(parts: &[&str], arguments: &[String]) -> Result<()> {
    let mut command = Command::new("cargo");
    command.args(["bench", "--package", "millrace", "--features", "bench", "--bench", "speed"]);
    command.arg("--").args(parts).args(arguments);
    run_shown(command.current_dir(root()))
}

/// Runs a bench that cargo knows, in its package.
fn cargo_bench(package: &str, bench: &str, arguments: &[String]) -> Result<()> {
    let mut command = Command::new("cargo");
    command.args(["bench", "--package", package, "--bench", bench, "--"]).args(arguments);
    run_shown(command.current_dir(root()))
}

fn find<'b>(benches: &'b [Bench], name: &str) -> Result<&'b Bench> {
    let Some(bench) = benches.iter().find(|bench| bench.name == name) else {
        bail!("no bench is called {name:?}; {}", listing(benches));
    };
    Ok(bench)
}

fn listing(benches: &[Bench]) -> String {
    if benches.is_empty() {
        return "there are no benches yet".to_owned();
    }
    let lines = benches.iter().map(|bench| format!("\n  {}  {}", bench.name, bench.measures));
    format!("the benches are:{}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &[Bench] =
        &[Bench { name: "storage", measures: "lines kept per second", run: |_| Ok(()) }];

    #[test]
    fn a_bench_is_found_by_its_name() {
        assert_eq!(find(ONE, "storage").unwrap().measures, "lines kept per second");
    }

    #[test]
    fn an_unknown_bench_is_an_error_that_lists_the_known_ones() {
        let error = find(ONE, "sotrage").map(|bench| bench.name).unwrap_err().to_string();
        assert!(error.contains("\"sotrage\"") && error.contains("storage  lines kept"), "{error}");
    }

    #[test]
    fn an_empty_list_says_that_it_is_empty() {
        assert_eq!(listing(&[]), "there are no benches yet");
    }
}
