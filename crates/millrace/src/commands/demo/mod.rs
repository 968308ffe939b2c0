//! `millrace demo`: a server of its own on a temporary folder, and a story told step by step. The story talks to the
//! server by HTTP alone.

mod check;
mod lines;
mod quickbooks;
mod teller;
mod wait;
mod xero;

use crate::cli::DemoCommand;
use crate::serve::{self, Running, Stop};
use crate::world::SystemClock;
use crate::{load, output, wire_up};
use domain::clock::{Clock as _, utc_date};
use quickbooks::Story;
use teller::Teller;

/// What follows the story.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Afterwards {
    Stop,
    Keep,
}

/// Tells the story that was asked for.
pub(crate) async fn run(command: DemoCommand) -> anyhow::Result<()> {
    match command {
        DemoCommand::Quickbooks { keep } => {
            play(Which::QuickBooks, if keep { Afterwards::Keep } else { Afterwards::Stop }).await
        }
        DemoCommand::Xero { keep } => {
            play(Which::Xero, if keep { Afterwards::Keep } else { Afterwards::Stop }).await
        }
    }
}

/// The stories.
#[derive(Clone, Copy, Debug)]
enum Which {
    QuickBooks,
    Xero,
}

async fn play(which: Which, afterwards: Afterwards) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().display().to_string();
    let (settings, _) = load(None, &settings(&data))?;
    let stop = Stop::on_signals();
    let running = serve::start(&settings).await?;
    let told = tokio::select! {
        told = tell(&running, which, afterwards) => told,
        () = stop.requested() => Err(anyhow::anyhow!("stopped before the end of the story")),
    };
    let ended = match (told, afterwards) {
        (Ok(()), Afterwards::Keep) => keep(&stop).await,
        (told, Afterwards::Keep | Afterwards::Stop) => told,
    };
    running.shut_down().await;
    ended
}

async fn keep(stop: &Stop) -> anyhow::Result<()> {
    output::line("The server goes on until Ctrl-C; its folder is deleted then.")?;
    stop.requested().await;
    Ok(())
}

/// What the story depends on, whatever a settings file or the environment says.
fn settings(data: &str) -> Vec<(String, String)> {
    let pairs = [
        ("mode", "evaluation"),
        ("server.listen", "127.0.0.1:0"),
        ("server.public_url", ""),
        ("server.tls_certificate", ""),
        ("server.tls_key", ""),
        ("storage.database", ""),
        ("storage.data", data),
        ("storage.migrate", "true"),
        ("worker.enabled", "true"),
        ("simulators.enabled", "true"),
        ("quickbooks.history_days", "7"),
        ("quickbooks.test_transactions", "on"),
        ("xero.client_id", ""),
        ("xero.client_secret", ""),
    ];
    pairs.map(|(path, value)| (path.to_owned(), value.to_owned())).to_vec()
}

async fn tell(running: &Running, which: Which, afterwards: Afterwards) -> anyhow::Result<()> {
    let store = running.store.as_ref();
    let client = wire_up::find_client(store, domain::client::CLIENT_NAME_DEFAULT).await?;
    let key = wire_up::create_key(store, client.id, Some("the demo's".to_owned())).await?;
    let today = utc_date(SystemClock.now());
    output::line(format_args!(
        "A server runs at {}, in this process, on a folder that is deleted afterwards.",
        running.url
    ))?;
    let teller = Teller::new(&running.url, key.reveal(), today)?;
    let verdict = match which {
        Which::QuickBooks => Story(teller).tell().await,
        Which::Xero => xero::tell(teller).await,
    };
    if afterwards == Afterwards::Keep {
        output::line(format_args!("URL      {}\nAPI key  {}", running.url, key.reveal()))?;
    }
    verdict
}
