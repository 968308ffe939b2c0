//! `millrace clients`: prints the bare id on stdout.

use crate::cli::{ClientsCommand, ConfigArgs};
use crate::{load, output, wire_up};
use anyhow::{Context as _, bail};
use domain::client::ClientName;
use store::ClientKept;

/// Does what was asked for.
pub(crate) async fn run(command: ClientsCommand) -> anyhow::Result<()> {
    match command {
        ClientsCommand::Create { config, name } => create(&config, &name).await,
        ClientsCommand::List { config } => list(&config).await,
    }
}

async fn create(config: &ConfigArgs, name: &str) -> anyhow::Result<()> {
    let name = ClientName::parse(name)?;
    let store = wire_up::open_store(&load(config.config.as_deref(), &config.pairs())?.0).await?;
    if let ClientKept::NameTaken(client) =
        wire_up::create_client(store.as_ref(), name.clone()).await?
    {
        bail!("there is a client {:?} already, with the id {}", name.as_str(), client.id);
    }
    let client = store.find_client(&name).await?.context("the new client is gone again")?;
    store.close().await;
    output::line(client.id)?;
    Ok(())
}

async fn list(config: &ConfigArgs) -> anyhow::Result<()> {
    let store =
        wire_up::open_existing_store(&load(config.config.as_deref(), &config.pairs())?.0).await?;
    for client in store.list_clients().await? {
        output::line(format_args!(
            "{}  {}  {}",
            client.id,
            client.created_at,
            client.name.as_str()
        ))?;
    }
    store.close().await;
    Ok(())
}
