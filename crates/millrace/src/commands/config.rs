//! `millrace config`: checks the settings, or shows them.
#![expect(clippy::print_stdout, reason = "what these commands print is their result")]

use crate::cli::{ConfigArgs, ConfigCommand};
use crate::config::keys::KEYS;
use crate::load;

/// Does what was asked for.
pub(crate) fn run(command: ConfigCommand) -> anyhow::Result<()> {
    match command {
        ConfigCommand::Check(config) => check(&config),
        ConfigCommand::Dump(config) => dump(&config),
    }
}

fn check(config: &ConfigArgs) -> anyhow::Result<()> {
    load(config.config.as_deref(), &config.pairs())?;
    println!("the settings are right");
    Ok(())
}

fn dump(config: &ConfigArgs) -> anyhow::Result<()> {
    let (_, values) = load(config.config.as_deref(), &config.pairs())?;
    let mut section = "";
    for key in KEYS {
        let Some(sourced) = values.get(key.path) else { continue };
        let (head, name) = key.path.split_once('.').unwrap_or(("", key.path));
        if head != section {
            section = head;
            println!("\n[{section}]");
        }
        let hidden = key.secret && !sourced.value.is_empty();
        let value = if hidden { "(hidden)" } else { sourced.value.as_str() };
        println!("{name} = {value:?}  # {}; {}", sourced.origin, key.help);
    }
    Ok(())
}
