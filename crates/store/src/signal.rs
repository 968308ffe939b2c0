//! Wakes who waits for what this process writes, so that nobody need wait for the next look.

use std::sync::Arc;
use tokio::sync::{Notify, watch};

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

/// Tells any number of listeners that something was written.
#[derive(Clone, Debug, Default)]
pub struct EventSignal(Arc<watch::Sender<()>>);

/// Hears of everything that was written since it last heard.
#[derive(Debug)]
pub struct EventListener(watch::Receiver<()>);

impl EventSignal {
    /// Something was written. Called after the commit.
    pub fn raise(&self) {
        self.0.send_replace(());
    }

    /// Hears of what is written from now on.
    pub fn listen(&self) -> EventListener {
        EventListener(self.0.subscribe())
    }
}

impl EventListener {
    /// Waits until something was written since the last wait.
    pub async fn raised(&mut self) {
        if self.0.changed().await.is_err() {
            // The store is gone: nothing will be written any more.
            std::future::pending::<()>().await;
        }
    }
}
