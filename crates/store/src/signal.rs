//! Wakes the worker when this process has written work, so that it need not wait for its next look.

use std::sync::Arc;
use tokio::sync::Notify;

/// Shared by the store that writes work and the worker that waits for it.
#[derive(Clone, Debug, Default)]
pub struct WorkSignal(Arc<Notify>);

impl WorkSignal {
    /// Work was written. Called after the commit.
    pub fn raise(&self) {
        self.0.notify_one();
    }

    /// Waits until work was written since the last wait.
    pub async fn raised(&self) {
        self.0.notified().await;
    }
}
