//! `millrace worker`: settles pushes and fetches managed feeds beside other processes that serve.

use crate::cli::ConfigArgs;
use crate::serve::{Stop, Workers};
use crate::world::{SystemClock, SystemRandom};
use crate::{load, logging, wire_up};
use std::sync::Arc;
use tokio_util::task::TaskTracker;
use tracing::info;

/// Works until told to stop.
pub(crate) async fn run(config: &ConfigArgs) -> anyhow::Result<()> {
    let (settings, _) = load(config.config.as_deref(), &config.pairs())?;
    logging::start(settings.log.format, &settings.log.filter)?;
    let store = wire_up::open_store(&settings).await?;
    let stop = Stop::on_signals();
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let bank = wire_up::bank(&settings, clock.clone())?;
    let tasks = TaskTracker::new();
    let workers = Workers { settings: &settings, store: &store, clock, ids, bank };
    workers.start(&tasks, &stop.token());
    tasks.close();
    info!(storage = ?settings.storage.place, "working");
    tasks.wait().await;
    store.close().await;
    info!("stopped");
    Ok(())
}
