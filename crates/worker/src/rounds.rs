//! Round after round until somebody says stop: at once while there is something to do, otherwise when work is signalled
//! or after a while. What a round does is its caller's.

use std::time::Duration;
use store::{Answer, WorkSignal};
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// Works until `stop`. A round answers how much it found to do; one that fails is tried again after a longer pause.
pub(crate) async fn go_round<Round: Future<Output = Answer<usize>> + Send>(
    what: &str,
    poll: Duration,
    (signal, stop): (WorkSignal, CancellationToken),
    round: impl Fn() -> Round + Send,
) {
    while !stop.is_cancelled() {
        let pause = match round().await {
            Ok(0) => poll,
            Ok(_) => continue,
            Err(error) => {
                warn!(%error, "{what}: it tries again");
                poll.saturating_mul(4)
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = signal.raised() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}
