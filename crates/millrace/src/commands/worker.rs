//! `millrace worker`: settles pushes beside other processes that serve.

use crate::cli::ConfigArgs;
use crate::serve::Stop;
use crate::world::{SystemClock, SystemRandom};
use crate::{load, logging, serve, wire_up};
use std::sync::Arc;
use tracing::info;

/// Works until told to stop.
pub(crate) async fn run(config: &ConfigArgs) -> anyhow::Result<()> {
    let (settings, _) = load(config.config.as_deref(), &config.pairs())?;
    logging::start(settings.log.format, &settings.log.filter)?;
    let store = wire_up::open_store(&settings).await?;
    let stop = Stop::on_signals();
    let worker = serve::worker(&settings, &store, Arc::new(SystemClock), Arc::new(SystemRandom));
    info!(storage = ?settings.storage.place, "working");
    worker.run(stop.token()).await;
    store.close().await;
    info!("stopped");
    Ok(())
}
