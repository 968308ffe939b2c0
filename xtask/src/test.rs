//! `cargo xtask test`: provide what the tests need, then run them. Without `--only` that is the
//! whole suite, and nothing in it is skipped.

use std::process::Command;

use anyhow::Result;
use clap::ValueEnum;

use crate::provision::{self, Need};
use crate::step::{run_shown, succeeds};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Run one group of tests, and install only what that group needs
    #[arg(long, value_name = "GROUP")]
    only: Option<Group>,
    /// Handed to cargo-nextest, or to `cargo test`, as they are
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Tests that need the same things installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Group {
    /// Every crate by itself, without a database server
    Crates,
    /// The PostgreSQL backend
    Postgres,
    /// The whole binary: stories, simulation, foreign clients
    Stories,
}

/// The store as the simulation needs it.
const SIMULATION: &str = "--features=millrace/simulation";

impl Group {
    const ALL: &[Self] = &[Self::Crates, Self::Postgres, Self::Stories];

    fn name(self) -> &'static str {
        match self {
            Self::Crates => "crates",
            Self::Postgres => "postgres",
            Self::Stories => "stories",
        }
    }

    fn needs(self) -> &'static [Need] {
        match self {
            Self::Crates => &[Need::OfxGrammar],
            Self::Postgres => &[Need::Postgres],
            Self::Stories => &[
                Need::Postgres,
                Need::OfxGrammar,
                Need::OfxClients,
                Need::Sdks,
                Need::Browser,
                Need::Clock,
            ],
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Crates => &["--workspace", "--exclude=store-postgres", "--exclude=millrace"],
            Self::Postgres => &["--package=store-postgres"],
            Self::Stories => &["--package=millrace", SIMULATION],
        }
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let needs = needs(options.only);
    let variables = provision::provide(&needs, |need| groups_with(need, options.only))?;
    // Each runs, whatever the ones before it said: one run shows all there is to mend.
    let outcomes = commands(options, Runner::installed()).into_iter().map(|words| {
        let variables = variables.iter().map(|(name, path)| (name, path));
        run_shown(Command::new("cargo").args(words).envs(variables))
    });
    outcomes.fold(Ok(()), Result::and)
}

/// What runs the tests. nextest is quicker, and not worth compiling where it is not installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Runner {
    Nextest,
    CargoTest,
}

impl Runner {
    fn installed() -> Self {
        let has_nextest = succeeds(Command::new("cargo").args(["nextest", "--version"]));
        if has_nextest { Self::Nextest } else { Self::CargoTest }
    }

    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Nextest => &["nextest", "run"],
            Self::CargoTest => &["test"],
        }
    }
}

fn chosen(only: Option<Group>) -> Vec<Group> {
    only.map_or_else(|| Group::ALL.to_vec(), |group| vec![group])
}

fn needs(only: Option<Group>) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for need in chosen(only).into_iter().flat_map(Group::needs) {
        if !needs.contains(need) {
            needs.push(*need);
        }
    }
    needs
}

fn groups_with(need: Need, only: Option<Group>) -> Vec<&'static str> {
    let groups = chosen(only).into_iter().filter(|group| group.needs().contains(&need));
    groups.map(Group::name).collect()
}

/// What to run with cargo. nextest does not run the tests in documentation, `cargo test` does.
fn commands(options: &Options, runner: Runner) -> Vec<Vec<String>> {
    let packages = options.only.map_or(&["--workspace", SIMULATION][..], Group::packages);
    let words = [runner.words(), packages, &["--no-fail-fast"]].concat();
    let mut suite: Vec<String> = words.into_iter().map(str::to_owned).collect();
    suite.extend(options.arguments.iter().cloned());
    let is_whole_suite = options.only.is_none() && options.arguments.is_empty();
    if runner == Runner::Nextest && is_whole_suite {
        let documentation = ["test", "--workspace", "--doc"].map(str::to_owned).to_vec();
        return vec![documentation, suite];
    }
    vec![suite]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(only: Option<Group>, arguments: &[&str], runner: Runner) -> Vec<String> {
        let arguments = arguments.iter().map(ToString::to_string).collect();
        let options = Options { only, arguments };
        commands(&options, runner).iter().map(|words| words.join(" ")).collect()
    }

    #[test]
    fn the_whole_suite_includes_the_tests_in_documentation() {
        assert_eq!(
            shown(None, &[], Runner::Nextest),
            [
                "test --workspace --doc".to_owned(),
                format!("nextest run --workspace {SIMULATION} --no-fail-fast"),
            ]
        );
        assert_eq!(
            shown(None, &[], Runner::CargoTest),
            [format!("test --workspace {SIMULATION} --no-fail-fast")]
        );
    }

    #[test]
    fn a_group_runs_only_its_packages_and_takes_arguments() {
        assert_eq!(
            shown(Some(Group::Postgres), &["leases"], Runner::Nextest),
            ["nextest run --package=store-postgres --no-fail-fast leases"]
        );
    }

    #[test]
    fn the_groups_together_are_the_whole_suite() {
        let left_out: Vec<&str> = Group::Crates
            .packages()
            .iter()
            .filter_map(|word| word.strip_prefix("--exclude="))
            .collect();
        let elsewhere: Vec<&str> = [Group::Postgres, Group::Stories]
            .iter()
            .flat_map(|group| group.packages())
            .filter_map(|word| word.strip_prefix("--package="))
            .collect();
        assert_eq!(left_out, elsewhere);
    }

    #[test]
    fn the_whole_suite_has_every_need_once() {
        let every = [
            Need::OfxGrammar,
            Need::Postgres,
            Need::OfxClients,
            Need::Sdks,
            Need::Browser,
            Need::Clock,
        ];
        assert_eq!(needs(None), every);
        assert_eq!(needs(Some(Group::Crates)), [Need::OfxGrammar]);
    }

    #[test]
    fn an_unmet_need_names_the_groups_that_cannot_run() {
        assert_eq!(groups_with(Need::Postgres, None), ["postgres", "stories"]);
        assert_eq!(groups_with(Need::Postgres, Some(Group::Stories)), ["stories"]);
    }
}
