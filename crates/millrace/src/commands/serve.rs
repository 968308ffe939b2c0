//! `millrace serve`.

use crate::cli::ServeArgs;
use crate::config::{Mode, Settings};
use crate::serve::{self, Running, Stop};
use crate::{load, logging, output, wire_up};

/// Serves until told to stop.
pub(crate) async fn run(args: &ServeArgs) -> anyhow::Result<()> {
    let (settings, _) = load(args.config.config.as_deref(), &args.pairs())?;
    logging::start(settings.log.format, &settings.log.filter)?;
    let stop = Stop::on_signals();
    let running = serve::start(&settings).await?;
    greet(&settings, &running).await?;
    stop.requested().await;
    running.shut_down().await;
    Ok(())
}

/// Tells a newcomer what to do next, and makes the first API key. In production mode an operator makes keys.
async fn greet(settings: &Settings, running: &Running) -> anyhow::Result<()> {
    if settings.simulators {
        output::line(format_args!(
            "Millrace at {} — SIMULATORS ARE ON: nothing here reaches a real platform.",
            running.url
        ))?;
    }
    let client =
        wire_up::find_client(running.store.as_ref(), domain::client::CLIENT_NAME_DEFAULT).await?;
    let keys = running.store.list_api_keys(client.id).await?;
    if !keys.is_empty() {
        return Ok(());
    }
    if settings.mode == Mode::Production {
        tracing::warn!(
            "there is no API key yet: make one with `millrace keys create` and the settings (--data, --database, --config) of this server"
        );
        return Ok(());
    }
    let name = Some("made at the first start".to_owned());
    let show = |key: &str| output::line(format_args!("API key, shown this once: {key}"));
    wire_up::hand_out_key(running.store.as_ref(), client.id, name, show).await
}
