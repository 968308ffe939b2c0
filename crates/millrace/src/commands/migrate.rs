//! `millrace migrate`: brings the schema up to date.

use crate::cli::ConfigArgs;
use crate::{load, output, wire_up};

/// Does it.
pub(crate) async fn run(config: &ConfigArgs) -> anyhow::Result<()> {
    let mut pairs = config.pairs();
    pairs.push(("storage.migrate".to_owned(), true.to_string()));
    let (settings, _) = load(config.config.as_deref(), &pairs)?;
    let store = wire_up::open_store(&settings).await?;
    store.check_health().await?;
    store.close().await;
    output::line("the database is up to date")?;
    Ok(())
}
