//! `cargo xtask ci`: everything that must hold before a change lands. A step that fails does not
//! keep the later ones from running, so one run shows all there is to mend.

use std::process::Command;

use anyhow::{Result, bail};

use crate::step::{Answer, last_lines, run_quietly, run_shown, succeeds, timed};

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

type Step = (&'static str, fn() -> Result<()>);

const STEPS: &[Step] = &[
    ("components", provide_components),
    ("fetch", || cargo(&["fetch", "--locked"])),
    ("fmt", || cargo(&["fmt", "--all", "--check"])),
    ("tidy", crate::tidy::run),
    ("clippy", || cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])),
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

fn cargo(words: &[&str]) -> Result<()> {
    run_shown(Command::new("cargo").args(words))
}

/// A toolchain installed with rustup's minimal profile has neither.
fn provide_components() -> Result<()> {
    for (tool, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !succeeds(Command::new("cargo").args([tool, "--version"])) {
            println!("installing once, with rustup: {component}");
            run_shown(Command::new("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

fn deny() -> Result<()> {
    provide_deny()?;
    let quiet = ["--offline", "--log-level", "error", "check", "--hide-inclusion-graph"];
    cargo(&[&["deny"], &quiet[..], &["bans", "licenses", "sources"]].concat())
}

/// A known hole fails the run; a database that cannot be had is said and does not.
fn advisories() -> Result<()> {
    provide_deny()?;
    let words = [ADVISORIES_SECS_MAX, "cargo", "deny", "check", "advisories"];
    let answer = run_quietly(Command::new("timeout").args(words))?;
    match verdict(&answer) {
        Verdict::Clean => Ok(()),
        Verdict::NotChecked => {
            println!("advisories: NOT CHECKED, their database cannot be fetched from here");
            Ok(())
        }
        Verdict::Failed => bail!("{}", last_lines(&answer.text, LINES_SHOWN_MAX)),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Clean,
    NotChecked,
    Failed,
}

/// Whatever is not plainly a database out of reach is a failure.
fn verdict(answer: &Answer) -> Verdict {
    if answer.is_content() {
        return Verdict::Clean;
    }
    let is_late = answer.exit_code == Some(EXIT_CODE_LATE);
    if is_late || answer.text.contains(DENY_UNREACHABLE) {
        return Verdict::NotChecked;
    }
    Verdict::Failed
}

/// Built without optimisation: it runs for seconds, and building it that way takes a third.
fn provide_deny() -> Result<()> {
    if succeeds(Command::new("cargo").args(["deny", "--version"])) {
        return Ok(());
    }
    println!("installing once, from crates.io: cargo-deny {DENY_VERSION}");
    cargo(&["install", "--quiet", "--locked", "--debug", "cargo-deny", "--version", DENY_VERSION])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_step_is_named_and_the_later_ones_still_run() {
        let steps: &[Step] = &[
            ("first", || bail!("broken")),
            ("second", || Ok(())),
            ("third", || bail!("broken too")),
        ];
        let error = run_all(steps).unwrap_err().to_string();
        assert_eq!(error, "these steps failed: first, third");
    }

    #[test]
    fn an_advisory_fails_and_an_unreachable_database_does_not() {
        let cases = [
            (0, "advisories ok", Verdict::Clean),
            (1, "error[vulnerability]: …\nadvisories FAILED", Verdict::Failed),
            (1, "[ERROR] failed to deserialize config", Verdict::Failed),
            (1, "[ERROR] failed to fetch advisory database https://…", Verdict::NotChecked),
            (124, "", Verdict::NotChecked),
        ];
        for (exit_code, text, expected) in cases {
            let answer = Answer { exit_code: Some(exit_code), text: text.to_owned() };
            assert_eq!(verdict(&answer), expected, "{exit_code} {text:?}");
        }
    }

    #[test]
    fn the_run_ends_with_the_tests() {
        assert_eq!(STEPS.last().map(|(name, _)| *name), Some("test"));
    }
}
