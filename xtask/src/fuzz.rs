//! `cargo xtask fuzz`: invents inputs for every target in `fuzz/` until each has had so many, and says in a line how it
//! went. What must hold is in `crates/fuzz-checks`; whether the corpora still hold is a test there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use toml::{Table, Value};

use crate::step::{Answer, last_lines, run_quietly, run_shown, succeeds};
use crate::workspace::{cache_folder, root};

/// The version whose options are used here.
const CARGO_FUZZ_VERSION: &str = "0.13.2";
/// Of one input: more is a finding, and far less is usual.
const INPUT_SECS_MAX: u32 = 10;
/// Room for every fault and state; longer inputs only take longer.
const INPUT_BYTES_MAX: u32 = 4_096;
/// Enough to see what a finding is.
const LINES_SHOWN_MAX: usize = 40;
/// What libFuzzer says at the end of how many inputs it tried.
const EXECUTED: &str = "stat::number_of_executed_units:";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// One target, not all of them
    #[arg(long)]
    target: Option<String>,
    /// How many inputs each target is given
    #[arg(long, default_value_t = 1_000_000)]
    runs: u64,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml"));
    let known = targets(&manifest.context("cannot read fuzz/Cargo.toml")?)?;
    let chosen = chosen(&known, options.target.as_deref())?;
    provide()?;
    let mut found = Vec::new();
    for target in chosen {
        let folders = Folders::of(&target);
        folders.make()?;
        run_shown(&mut command("build", &target))?;
        println!("fuzzing {target} with {} inputs", options.runs);
        let answer = run_quietly(&mut hunt(&target, &folders, options.runs))?;
        let (line, is_content) = closing_line(&target, &answer);
        println!("{line}");
        if !is_content {
            println!("{}", last_lines(&answer.text, LINES_SHOWN_MAX));
            println!("the input is in {}", folders.findings.display());
            found.push(target);
        }
    }
    if !found.is_empty() {
        bail!("targets with a finding: {}", found.join(", "));
    }
    Ok(())
}

/// Where the fuzzer of one target reads and writes.
struct Folders {
    /// What is committed.
    seeds: PathBuf,
    /// What the fuzzer adds from one run to the next.
    grown: PathBuf,
    /// Inputs that break something.
    findings: PathBuf,
}

impl Folders {
    fn of(target: &str) -> Self {
        let cache = cache_folder().join("fuzz");
        Self {
            seeds: root().join("fuzz/corpus").join(target),
            grown: cache.join("corpus").join(target),
            findings: cache.join("findings").join(target),
        }
    }

    fn make(&self) -> Result<()> {
        for folder in [&self.grown, &self.findings] {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot make {}", folder.display()))?;
        }
        Ok(())
    }
}

/// Built without optimisation: it only calls cargo.
fn provide() -> Result<()> {
    if succeeds(Command::new("cargo").args(["fuzz", "--version"])) {
        return Ok(());
    }
    println!("installing once, from crates.io: cargo-fuzz {CARGO_FUZZ_VERSION}");
    let words = ["install", "--quiet", "--locked", "--debug", "cargo-fuzz", "--version"];
    run_shown(Command::new("cargo").args(words).arg(CARGO_FUZZ_VERSION))
}

/// A call of cargo-fuzz. Without a sanitizer a stable toolchain does; all of our code is safe, so that there is little
/// for one to find.
fn command(verb: &str, target: &str) -> Command {
    let mut command = Command::new("cargo");
    command.args(["fuzz", verb, "--sanitizer", "none", "--target-dir"]);
    command.arg(root().join("target/fuzz")).arg(target);
    command.current_dir(root().join("fuzz"));
    command
}

fn hunt(target: &str, folders: &Folders, runs: u64) -> Command {
    let mut command = command("run", target);
    command.args([&folders.grown, &folders.seeds]).arg("--");
    command.arg(format!("-artifact_prefix={}/", folders.findings.display()));
    command.args(["-print_final_stats=1".to_owned(), format!("-runs={runs}")]);
    command.arg(format!("-timeout={INPUT_SECS_MAX}")).arg(format!("-max_len={INPUT_BYTES_MAX}"));
    let dictionary = dictionary(target);
    if dictionary.is_file() {
        command.arg(format!("-dict={}", dictionary.display()));
    }
    command
}

/// Words of the target's language, if it has one.
fn dictionary(target: &str) -> PathBuf {
    root().join("fuzz/dictionaries").join(Path::new(target).with_extension("dict"))
}

/// How it went, and whether well.
fn closing_line(target: &str, answer: &Answer) -> (String, bool) {
    let executed = answer.text.lines().find_map(|line| line.strip_prefix(EXECUTED));
    let executed = executed.map_or("an unknown number of", str::trim);
    let findings = if answer.is_content() { "no finding" } else { "A FINDING" };
    (format!("== {target}: {executed} executions, {findings}"), answer.is_content())
}

/// The targets that the manifest names.
fn targets(manifest: &str) -> Result<Vec<String>> {
    let table: Table = manifest.parse().context("fuzz/Cargo.toml is not TOML")?;
    let binaries = table.get("bin").and_then(Value::as_array).into_iter().flatten();
    let names = binaries.filter_map(|binary| binary.get("name").and_then(Value::as_str));
    Ok(names.map(str::to_owned).collect())
}

fn chosen(known: &[String], wanted: Option<&str>) -> Result<Vec<String>> {
    let Some(wanted) = wanted else { return Ok(known.to_vec()) };
    if !known.iter().any(|target| target == wanted) {
        bail!("no target is called {wanted:?}; the targets are: {}", known.join(", "));
    }
    Ok(vec![wanted.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(exit_code: i32, text: &str) -> Answer {
        Answer { exit_code: Some(exit_code), text: text.to_owned() }
    }

    #[test]
    fn the_targets_are_those_of_the_manifest() {
        let manifest =
            "[package]\nname = \"x\"\n[[bin]]\nname = \"dates\"\n[[bin]]\nname = \"ofx\"\n";
        assert_eq!(targets(manifest).unwrap(), ["dates", "ofx"]);
        let own = fs::read_to_string(root().join("fuzz/Cargo.toml")).unwrap();
        assert!(targets(&own).unwrap().contains(&"money".to_owned()));
    }

    #[test]
    fn an_unknown_target_is_an_error_that_lists_the_known_ones() {
        let known = ["dates".to_owned(), "ofx".to_owned()];
        assert_eq!(chosen(&known, None).unwrap(), known);
        assert_eq!(chosen(&known, Some("ofx")).unwrap(), ["ofx"]);
        let error = chosen(&known, Some("oxf")).unwrap_err().to_string();
        assert_eq!(error, "no target is called \"oxf\"; the targets are: dates, ofx");
    }

    #[test]
    fn the_closing_line_tells_executions_and_findings() {
        let well = answer(0, "#2 INITED\nstat::number_of_executed_units: 20000000\n");
        assert_eq!(
            closing_line("ofx", &well),
            ("== ofx: 20000000 executions, no finding".to_owned(), true)
        );
        let badly = answer(77, "panicked at …\nstat::number_of_executed_units: 812\n");
        assert_eq!(
            closing_line("ofx", &badly),
            ("== ofx: 812 executions, A FINDING".to_owned(), false)
        );
        let (line, _) = closing_line("ofx", &answer(1, "killed"));
        assert_eq!(line, "== ofx: an unknown number of executions, A FINDING");
    }
}
