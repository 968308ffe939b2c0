//! `millrace config`: checks the settings, or shows them.

use crate::cli::{ConfigArgs, ConfigCommand};
use crate::config::Sourced;
use crate::config::keys::{KEYS, Key};
use crate::{load, output, serve};

/// Does what was asked for.
pub(crate) async fn run(command: ConfigCommand) -> anyhow::Result<()> {
    match command {
        ConfigCommand::Check(config) => check(&config).await,
        ConfigCommand::Dump(config) => dump(&config),
    }
}

async fn check(config: &ConfigArgs) -> anyhow::Result<()> {
    let (settings, _) = load(config.config.as_deref(), &config.pairs())?;
    serve::check(&settings).await?;
    output::line("the settings are right")?;
    Ok(())
}

fn dump(config: &ConfigArgs) -> anyhow::Result<()> {
    let (_, values) = load(config.config.as_deref(), &config.pairs())?;
    let mut last = "";
    for key in KEYS {
        let Some(sourced) = values.get(key.path) else { continue };
        let (section, _) = key.section_and_name();
        if section != last {
            last = section;
            output::line(format_args!("\n[{section}]"))?;
        }
        output::line(dumped(key, sourced))?;
    }
    Ok(())
}

/// A setting as a settings file has it; of one that is secret not the value.
fn dumped(key: &Key, Sourced { value, origin }: &Sourced) -> String {
    let (_, name) = key.section_and_name();
    let help = key.help;
    if key.secret && !value.is_empty() {
        return format!("# {name} is set, and not shown  # {origin}; {help}");
    }
    // Texts are written alike in JSON and TOML.
    let value = serde_json::Value::from(value.as_str());
    format!("{name} = {value}  # {origin}; {help}")
}
