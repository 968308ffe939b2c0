//! Round after round until somebody says stop: at once while there is something to do, otherwise when work is signalled
//! or after a while. What a round does is its caller's.

use crate::trouble::Trouble;
use std::time::Duration;
use store::{Answer, WorkSignal};
use tokio_util::sync::CancellationToken;

/// Works until `stop`. A round answers how much it found to do; one that fails is tried again after a longer pause.
pub(crate) async fn go_round<Round: Future<Output = Answer<usize>> + Send>(
    what: &'static str,
    poll: Duration,
    (signal, stop): (WorkSignal, CancellationToken),
    round: impl Fn() -> Round + Send,
) {
    let mut trouble = Trouble::of(what);
    while !stop.is_cancelled() {
        let pause = match round().await {
            Ok(count) => {
                trouble.end();
                if count > 0 {
                    continue;
                }
                poll
            }
            Err(error) => trouble.go_on(&error, poll),
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = signal.raised() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}
