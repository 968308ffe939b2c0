//! Slow hashes, a few at a time: each takes much memory and a core for a while.

use std::sync::Arc;
use std::time::Duration;

use ofx::{Secret, StatusCode};
use tokio::sync::Semaphore;

use super::Refusal;

/// Clients give up after half a minute; one that has waited this long had better come again.
const WAIT_MAX: Duration = Duration::from_secs(5);

/// Where hashes wait for their turn.
#[derive(Debug)]
pub(crate) struct Hashing {
    turns: Arc<Semaphore>,
    wait_max: Duration,
    is_apart: bool,
}

impl Hashing {
    /// So many at once, and at least one.
    pub(crate) fn new(at_once: usize) -> Self {
        let turns = Arc::new(Semaphore::new(at_once.max(1)));
        Self { turns, wait_max: WAIT_MAX, is_apart: true }
    }

    /// The same on the caller's thread.
    pub(crate) fn inline(self) -> Self {
        Self { is_apart: false, ..self }
    }

    /// Runs `verify`; apart, it holds up nobody else.
    pub(super) async fn run(
        &self,
        user_pass: &Secret,
        verify: impl FnOnce(&str) -> bool + Send + 'static,
    ) -> Result<bool, Refusal> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        let turn = tokio::time::timeout(self.wait_max, turn).await;
        let Ok(Ok(turn)) = turn else { return Err(Refusal::Overloaded) };
        tracing::debug!("a password is hashed");
        if !self.is_apart {
            return Ok(verify(user_pass.expose()));
        }
        let user_pass = user_pass.clone();
        let hashed = tokio::task::spawn_blocking(move || {
            let right = verify(user_pass.expose());
            // Given back when the work is done, not when the client hangs up.
            drop(turn);
            right
        });
        hashed.await.map_err(|_lost| Refusal::Status(StatusCode::GeneralError))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_password_is_handed_over_and_the_verdict_comes_back() {
        for hashing in [Hashing::new(0), Hashing::new(0).inline()] {
            for (password, expected) in [("right", true), ("wrong", false)] {
                let verdict = hashing.run(&Secret::new(password), |text| text == "right").await;
                assert_eq!(verdict.unwrap(), expected);
            }
        }
    }

    #[tokio::test]
    async fn who_waits_too_long_for_a_turn_is_sent_away() {
        let hashing = Hashing { wait_max: Duration::ZERO, ..Hashing::new(1) };
        let turn = Arc::clone(&hashing.turns).acquire_owned().await.unwrap();
        let waited = hashing.run(&Secret::new("right"), |_| true).await;
        assert!(matches!(waited, Err(Refusal::Overloaded)), "{waited:?}");
        drop(turn);
        assert!(hashing.run(&Secret::new("right"), |_| true).await.unwrap());
    }
}
