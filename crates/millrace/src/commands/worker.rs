//! `millrace worker`: settles pushes and fetches managed feeds beside other processes that serve.

use crate::cli::ConfigArgs;
use crate::encryption::open_vault;
use crate::serve::{Stop, Workers};
use crate::world::{SystemClock, SystemRandom};
use crate::{adapters, load, logging, wire_up};
use domain::clock::Clock;
use domain::ids::IdSource;
use std::sync::Arc;
use tokio_util::task::TaskTracker;
use tracing::info;

/// Works until told to stop.
pub(crate) async fn run(config: &ConfigArgs) -> anyhow::Result<()> {
    let (settings, _) = load(config.config.as_deref(), &config.pairs())?;
    logging::start(settings.log.format, &settings.log.filter)?;
    let store = wire_up::open_store(&settings).await?;
    let stop = Stop::on_signals();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids: Arc<dyn IdSource> = Arc::new(SystemRandom);
    let bank = wire_up::bank(&settings, clock.clone())?;
    let installation = wire_up::ensure_installation(store.as_ref()).await?;
    let vault = open_vault(&settings, store.as_ref(), &installation).await?;
    // Without it, where a server with the same settings listens.
    let listening = || format!("http://{}", settings.server.listen);
    let public_url = settings.server.public_url.clone().unwrap_or_else(listening);
    let tasks = TaskTracker::new();
    let platforms = adapters::build(&settings, &listening(), &store, (&clock, &ids))?;
    let store = &store;
    let workers =
        Workers { settings: &settings, store, clock, ids, bank, vault, platforms, public_url };
    workers.start(&tasks, &stop.token())?;
    tasks.close();
    info!(storage = ?settings.storage.place, "working");
    tasks.wait().await;
    store.close().await;
    info!("stopped");
    Ok(())
}
