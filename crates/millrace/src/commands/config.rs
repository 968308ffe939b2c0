//! `millrace config`: checks the settings, or shows them.

use crate::cli::{ConfigArgs, ConfigCommand};
use crate::config::keys::KEYS;
use crate::world::SystemClock;
use crate::{load, output, serve, wire_up};
use std::sync::Arc;

/// Does what was asked for.
pub(crate) async fn run(command: ConfigCommand) -> anyhow::Result<()> {
    match command {
        ConfigCommand::Check(config) => check(&config).await,
        ConfigCommand::Dump(config) => dump(&config),
    }
}

async fn check(config: &ConfigArgs) -> anyhow::Result<()> {
    let (settings, _) = load(config.config.as_deref(), &config.pairs())?;
    if let Some(tls) = &settings.server.tls {
        serve::read_certificate(tls).await?;
    }
    wire_up::bank(&settings, Arc::new(SystemClock))?;
    output::line("the settings are right")?;
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
            output::line(format_args!("\n[{section}]"))?;
        }
        let hidden = key.secret && !sourced.value.is_empty();
        let value = if hidden { "(hidden)" } else { sourced.value.as_str() };
        output::line(format_args!("{name} = {value:?}  # {}; {}", sourced.origin, key.help))?;
    }
    Ok(())
}
