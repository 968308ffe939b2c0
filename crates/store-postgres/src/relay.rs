//! Passing the word that there is work, within this process at once and to the others by LISTEN and NOTIFY. It only
//! saves waiting: a worker that misses the word finds the work at its next look.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use store::WorkSignal;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio_postgres::{AsyncMessage, Client, Config, Connection};
use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, info};

const LISTEN: &str = "listen millrace_work";
const NOTIFY: &str = "notify millrace_work";
/// Between two attempts to listen: the word is a convenience, so there is no hurry.
const RECONNECT_SECS: u64 = 5;
/// Between two notifications. Sending them apart from the transactions and never in a burst keeps them off the lock
/// that a notifying commit takes over the whole server.
const NOTIFY_PAUSE_MS: u64 = 20;

/// This process's ear and mouth.
#[derive(Debug)]
pub(crate) struct Relay {
    signal: WorkSignal,
    news: Arc<Notify>,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl Relay {
    /// Listens on a connection of its own, and on another one when that is lost.
    pub(crate) fn start(config: Config, connector: MakeRustlsConnect) -> Self {
        let relay = Self {
            signal: WorkSignal::default(),
            news: Arc::default(),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
        };
        let (signal, news) = (relay.signal.clone(), relay.news.clone());
        let stopping = relay.stopping.clone();
        relay.tasks.spawn(async move {
            let listening = listen_always(config, connector, signal, news);
            stopping.run_until_cancelled(listening).await;
        });
        relay.tasks.close();
        relay
    }

    /// There is work.
    pub(crate) fn tell(&self) {
        self.signal.raise();
        self.news.notify_one();
    }

    pub(crate) fn signal(&self) -> WorkSignal {
        self.signal.clone()
    }

    pub(crate) async fn stop(&self) {
        self.stopping.cancel();
        self.tasks.wait().await;
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

async fn listen_always(
    config: Config,
    connector: MakeRustlsConnect,
    signal: WorkSignal,
    news: Arc<Notify>,
) {
    loop {
        match config.connect(connector.clone()).await {
            Ok((client, connection)) => {
                // Words may have been missed meanwhile.
                signal.raise();
                let error = tokio::select! {
                    error = hear(connection, &signal) => error,
                    error = speak(&client, &news) => error,
                };
                info!(
                    error = error.as_ref().map(ToString::to_string),
                    "no longer listening for work"
                );
            }
            Err(error) => debug!(error = %error, "cannot listen for work"),
        }
        tokio::time::sleep(Duration::from_secs(RECONNECT_SECS)).await;
    }
}

/// Drives the connection and raises the signal at each word, until the connection ends.
async fn hear<S, T>(
    connection: Connection<S, T>,
    signal: &WorkSignal,
) -> Option<tokio_postgres::Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    let mut connection = pin!(connection);
    loop {
        match poll_fn(|context| connection.as_mut().poll_message(context)).await? {
            Ok(AsyncMessage::Notification(_)) => signal.raise(),
            Ok(_) => {}
            Err(error) => return Some(error),
        }
    }
}

/// Passes on what this process tells, many words as one, until the connection ends.
async fn speak(client: &Client, news: &Notify) -> Option<tokio_postgres::Error> {
    if let Err(error) = client.batch_execute(LISTEN).await {
        return Some(error);
    }
    loop {
        news.notified().await;
        if let Err(error) = client.batch_execute(NOTIFY).await {
            return Some(error);
        }
        tokio::time::sleep(Duration::from_millis(NOTIFY_PAUSE_MS)).await;
    }
}
