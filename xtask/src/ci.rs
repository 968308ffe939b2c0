//! `cargo xtask ci`: everything that must hold before a change lands. A step that fails does not
//! keep the later ones from running, so one run shows all there is to mend.

use std::process::Command;

use anyhow::{Result, bail};

use crate::step::{Answer, Ending, last_lines, run_quietly, run_shown, succeeds, timed};

/// The version whose settings `deny.toml` is written for.
const DENY_VERSION: &str = "0.20.2";
/// What cargo-deny says when the database of advisories cannot be fetched.
const DENY_UNREACHABLE: &str = "failed to fetch advisory database";
/// A network that swallows packets would let the fetch hang.
const ADVISORIES_SECS_MAX: &str = "120";
/// What `timeout` ends with when it had to end the command.
const EXIT_CODE_LATE: i32 = 124;
/// Enough for the advisories of a few crates.
const LINES_SHOWN_MAX: usize = 60;

/// Of the workspaces: what is shipped, and the fuzzer's targets.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "fuzz/Cargo.toml"];

type Step = (&'static str, fn() -> Result<Ending>);

const STEPS: &[Step] = &[
    ("components", components),
    ("fetch", || each_workspace(&["fetch", "--locked"], &[])),
    ("fmt", || cargo(&["fmt", "--all", "--check"])),
    ("tidy", || crate::tidy::run().map(passed)),
    ("clippy", || {
        cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"])
    }),
    ("deny", deny),
    ("advisories", advisories),
    ("test", || cargo(&["xtask", "test"])),
];

pub(crate) fn run() -> Result<()> {
    run_all(STEPS)
}

fn run_all(steps: &[Step]) -> Result<()> {
    let mut failed = Vec::new();
    for (name, work) in steps {
        if let Err(error) = timed(name, work) {
            println!("{name}: {error:#}");
            failed.push(*name);
        }
    }
    if !failed.is_empty() {
        bail!("these steps failed: {}", failed.join(", "));
    }
    Ok(())
}

fn cargo(words: &[&str]) -> Result<Ending> {
    run_shown(Command::new("cargo").args(words)).map(passed)
}

fn passed((): ()) -> Ending {
    Ending::Passed
}

/// A toolchain installed with rustup's minimal profile has neither.
fn components() -> Result<Ending> {
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !succeeds(Command::new("cargo").args([tool, "--version"])) {
            println!("installing once, with rustup: {component}");
            run_shown(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(Ending::Passed)
}

fn deny() -> Result<Ending> {
    provide_deny()?;
    let quiet = ["deny", "--offline", "--log-level", "error"];
    let checks = ["check", "--hide-inclusion-graph", "bans", "licenses", "sources"];
    each_workspace(&quiet, &checks)
}

/// Also in `fuzz/`, which has a lock file of its own.
fn each_workspace(words: &[&str], more: &[&str]) -> Result<Ending> {
    for manifest in MANIFESTS {
        cargo(&[words, &["--manifest-path", manifest], more].concat())?;
    }
    Ok(Ending::Passed)
}

/// A known hole fails the run; a database that cannot be had is said and does not.
fn advisories() -> Result<Ending> {
    provide_deny()?;
    for manifest in MANIFESTS {
        let deny = [ADVISORIES_SECS_MAX, "cargo", "deny", "--manifest-path", manifest];
        let words = [&deny[..], &["check", "advisories"]].concat();
        if judge(&run_quietly(Command::new("timeout").args(words))?)? == Ending::NotChecked {
            return Ok(Ending::NotChecked);
        }
    }
    Ok(Ending::Passed)
}

/// Whatever is not plainly a database out of reach is a failure.
fn judge(answer: &Answer) -> Result<Ending> {
    if answer.is_content() {
        return Ok(Ending::Passed);
    }
    let is_late = answer.exit_code == Some(EXIT_CODE_LATE);
    if is_late || answer.text.contains(DENY_UNREACHABLE) {
        println!("the database of advisories cannot be fetched from here");
        return Ok(Ending::NotChecked);
    }
    bail!("{}", last_lines(&answer.text, LINES_SHOWN_MAX));
}

/// Built without optimisation: it runs for seconds, and optimising it would take minutes.
fn provide_deny() -> Result<()> {
    if succeeds(Command::new("cargo").args(["deny", "--version"])) {
        return Ok(());
    }
    println!("installing once, from crates.io: cargo-deny {DENY_VERSION}");
    let words = ["install", "--quiet", "--locked", "--debug", "cargo-deny", "--version"];
    run_shown(Command::new("cargo").args(words).arg(DENY_VERSION))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_step_is_named_and_the_later_ones_still_run() {
        let steps: &[Step] = &[
            ("first", || bail!("broken")),
            ("second", || Ok(Ending::NotChecked)),
            ("third", || bail!("broken too")),
        ];
        let error = run_all(steps).unwrap_err().to_string();
        assert_eq!(error, "these steps failed: first, third");
    }

    #[test]
    fn an_advisory_fails_and_an_unreachable_database_does_not() {
        let cases = [
            (0, "advisories ok", Some(Ending::Passed)),
            (1, "error[vulnerability]: …\nadvisories FAILED", None),
            (1, "[ERROR] failed to deserialize config", None),
            (1, "[ERROR] failed to fetch advisory database https://…", Some(Ending::NotChecked)),
            (EXIT_CODE_LATE, "", Some(Ending::NotChecked)),
        ];
        for (exit_code, text, expected) in cases {
            let answer = Answer { exit_code: Some(exit_code), text: text.to_owned() };
            assert_eq!(judge(&answer).ok(), expected, "{exit_code} {text:?}");
        }
    }

    #[test]
    fn the_run_ends_with_the_tests() {
        assert_eq!(STEPS.last().map(|(name, _)| *name), Some("test"));
    }
}
