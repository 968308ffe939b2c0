//! `millrace migrate`: brings the schema up to date.
#![expect(clippy::print_stdout, reason = "what this command prints is its result")]

use crate::cli::ConfigArgs;
use crate::{load, wire_up};

/// Does it.
pub(crate) async fn run(config: &ConfigArgs) -> anyhow::Result<()> {
    let mut pairs = config.pairs();
    pairs.push(("storage.migrate".to_owned(), true.to_string()));
    let (settings, _) = load(config.config.as_deref(), &pairs)?;
    let store = wire_up::open_store(&settings).await?;
    store.check_health().await?;
    store.close().await;
    println!("the database is up to date");
    Ok(())
}
