//! `cargo xtask crash`: the release binary under load is killed again and again, and sometimes its PostgreSQL; in between
//! and in the end everything acknowledged must be there, once. What is done and checked is in `crates/millrace/tests/it/crash`.

use std::process::Command;

use anyhow::Result;
use clap::ValueEnum;

use crate::provision::{self, Need};
use crate::step::run_shown;
use crate::workspace::root;

#[derive(clap::Args)]
pub(crate) struct Options {
    /// How often somebody is killed
    #[arg(long, default_value_t = 25)]
    rounds: u32,
    /// What the server keeps everything in
    #[arg(long, default_value = "sqlite")]
    database: Database,
    /// Sends the same and kills at the same moments as an earlier run
    #[arg(long)]
    seed: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let needs: &[Need] = match options.database {
        Database::Sqlite => &[],
        Database::Postgres => &[Need::Postgres],
    };
    let variables = provision::provide(needs, |_| vec!["crash"])?;
    let variables = variables.iter().map(|(name, path)| (name, path));
    run_shown(Command::new("cargo").args(words(options)).envs(variables).current_dir(root()))
}

fn words(options: &Options) -> Vec<String> {
    let words = ["bench", "--package", "millrace", "--bench", "crash", "--", "--rounds"];
    let mut words = words.map(str::to_owned).to_vec();
    words.push(options.rounds.to_string());
    words.extend(["--database".to_owned(), options.database.name().to_owned()]);
    words.extend(options.seed.into_iter().flat_map(|seed| ["--seed".to_owned(), seed.to_string()]));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_handed_on_when_there_is_one() {
        let options = Options { rounds: 500, database: Database::Sqlite, seed: None };
        assert_eq!(
            words(&options).join(" "),
            "bench --package millrace --bench crash -- --rounds 500 --database sqlite"
        );
        let options = Options { rounds: 2, database: Database::Postgres, seed: Some(7) };
        assert!(words(&options).join(" ").ends_with("--rounds 2 --database postgres --seed 7"));
    }
}
