//! Being told to stop: the first signal asks, the second does not wait.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// 128 + SIGINT, as shells have it.
const EXIT_FORCED: i32 = 130;

/// SIGXFSZ of Linux on all common processors, and of the BSDs.
const FILE_TOO_LARGE: i32 = 25;

/// Cancelled by SIGTERM or SIGINT.
#[derive(Clone, Debug)]
pub(crate) struct Stop(CancellationToken);

impl Stop {
    /// Begins to listen for signals.
    pub(crate) fn on_signals() -> Self {
        let token = CancellationToken::new();
        let cancelled = token.clone();
        // A file that may not grow is a failed write, which is told and got over. Unheard, the signal ends the process.
        if let Err(error) = signal(SignalKind::from_raw(FILE_TOO_LARGE)) {
            warn!(%error, "a limit of file sizes will end the process when it is reached");
        }
        let term = signal(SignalKind::terminate());
        let interrupt = signal(SignalKind::interrupt());
        match (term, interrupt) {
            (Ok(term), Ok(interrupt)) => {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "it outlives everything that is drained"
                )]
                let _watch = tokio::spawn(watch(term, interrupt, cancelled));
            }
            (Err(error), _) | (_, Err(error)) => {
                warn!(%error, "signals cannot be caught: stopping will not drain");
            }
        }
        Self(token)
    }

    /// The token that is cancelled.
    pub(crate) fn token(&self) -> CancellationToken {
        self.0.clone()
    }

    /// Waits for the first signal.
    pub(crate) async fn requested(&self) {
        self.0.cancelled().await;
    }
}

async fn watch(mut term: Signal, mut interrupt: Signal, stop: CancellationToken) {
    either(&mut term, &mut interrupt).await;
    info!("asked to stop: a second signal stops at once");
    stop.cancel();
    either(&mut term, &mut interrupt).await;
    warn!("stopped at once");
    std::process::exit(EXIT_FORCED);
}

async fn either(term: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = term.recv() => {}
        _ = interrupt.recv() => {}
    }
}
