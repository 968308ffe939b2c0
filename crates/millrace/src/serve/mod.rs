//! A running server: doors, worker, health and simulators on one listener.

mod arriving;
mod doors;
mod gate;
mod health;
mod stop;
mod workers;

pub(crate) use doors::Doors;
pub(crate) use stop::Stop;
pub(crate) use workers::Workers;

use crate::config::{Settings, Tls};
use crate::encryption::{key_source, open_vault, otp_signer};
use crate::world::{SystemClock, SystemRandom};
use crate::{adapters, wire_up};
use anyhow::Context as _;
use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use domain::clock::Clock;
use domain::ids::IdSource;
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

/// A server that listens.
pub(crate) struct Running {
    /// How to reach it from this machine.
    pub(crate) url: String,
    /// What it keeps everything in.
    pub(crate) store: Arc<dyn Store>,
    /// Held, so that no other server uses it.
    _folder: Option<File>,
    handle: Handle<SocketAddr>,
    worker_stop: CancellationToken,
    tasks: TaskTracker,
    drain: Duration,
}

/// Opens the store, binds the address and begins to serve.
pub(crate) async fn start(settings: &Settings) -> anyhow::Result<Running> {
    let folder = wire_up::hold_folder(settings)?;
    let store = wire_up::open_store(settings).await?;
    let listener = TcpListener::bind(settings.server.listen).with_context(|| {
        format!("cannot listen on {}: choose another with --listen", settings.server.listen)
    })?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let scheme = if settings.server.tls.is_some() { "https" } else { "http" };
    let url = format!("{scheme}://{address}");
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids: Arc<dyn IdSource> = Arc::new(SystemRandom);
    let installation = wire_up::ensure_installation(store.as_ref()).await?;
    let tasks = TaskTracker::new();
    let vault = open_vault(settings, store.as_ref(), &installation).await?;
    let worker_stop = CancellationToken::new();
    let platforms = adapters::build(settings, &url, &store, (&clock, &ids))?;
    let doors = Doors {
        settings,
        store: &store,
        url: &url,
        otp: &otp_signer(&vault, &installation),
        vault: &vault,
        platforms: &platforms,
        stopping: &worker_stop,
        tasks: &tasks,
    };
    let router = doors.router(clock.clone(), ids.clone())?;
    let handle = Handle::new();
    listen(listener, router, settings.server.tls.as_ref(), handle.clone(), &tasks).await?;
    let bank = wire_up::bank(settings, clock.clone())?;
    if settings.worker.enabled {
        let public_url = settings.server.public_url.clone().unwrap_or_else(|| url.clone());
        let store = &store;
        let workers = Workers { settings, store, clock, ids, bank, vault, platforms, public_url };
        workers.start(&tasks, &worker_stop)?;
    }
    info!(%url, storage = ?settings.storage.place, simulators = settings.simulators, "listening");
    Ok(Running {
        url,
        store,
        _folder: folder,
        handle,
        worker_stop,
        tasks,
        drain: settings.server.drain,
    })
}

async fn listen(
    listener: TcpListener,
    router: Router,
    tls: Option<&Tls>,
    handle: Handle<SocketAddr>,
    tasks: &TaskTracker,
) -> anyhow::Result<()> {
    // With the peer's address: limits count by it.
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        None => {
            let server = axum_server::from_tcp(listener)?.handle(handle);
            tasks.spawn(async move { report(server.serve(service).await) });
        }
        Some(tls) => {
            let config = read_certificate(tls).await?;
            let server = axum_server::from_tcp_rustls(listener, config)?.handle(handle);
            tasks.spawn(async move { report(server.serve(service).await) });
        }
    }
    Ok(())
}

/// Refuses what [`start`] would refuse of settings that are right each by itself. It makes and opens nothing.
pub(crate) async fn check(settings: &Settings) -> anyhow::Result<()> {
    key_source(settings)?;
    if let Some(tls) = &settings.server.tls {
        read_certificate(tls).await?;
    }
    wire_up::bank(settings, Arc::new(SystemClock))?;
    Ok(())
}

/// The certificate and its key, read and found to belong together.
async fn read_certificate(tls: &Tls) -> anyhow::Result<RustlsConfig> {
    // Another crate in the tree may bring a second provider: say which one is meant.
    let _already_chosen = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let config = RustlsConfig::from_pem_file(&tls.certificate, &tls.key).await;
    config.with_context(|| {
        format!(
            "the certificate in {} and the key in {} cannot be used: both must be PEM files and belong together",
            tls.certificate.display(),
            tls.key.display()
        )
    })
}

fn report(ended: std::io::Result<()>) {
    if let Err(error) = ended {
        error!(%error, "the listener ended");
    }
}

impl Running {
    /// Stops taking requests, lets those under way and the worker finish within the bound, and closes the store.
    pub(crate) async fn shut_down(self) {
        info!(drain_secs = self.drain.as_secs(), "shutting down");
        // First: whoever waits for an event is answered.
        self.worker_stop.cancel();
        self.handle.graceful_shutdown(Some(self.drain));
        self.tasks.close();
        // The listener keeps the bound itself; the second is for the worker's last settlement.
        let bound = self.drain.saturating_add(Duration::from_secs(1));
        if tokio::time::timeout(bound, self.tasks.wait()).await.is_err() {
            warn!("some work did not finish in time: its leases end by themselves");
        }
        self.store.close().await;
        info!("stopped");
    }
}
