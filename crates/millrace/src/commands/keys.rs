//! `millrace keys`: prints the bare key on stdout, everything else for people.

use super::encryption;
use crate::cli::{ConfigArgs, KeysCommand};
use crate::{load, output, wire_up};
use anyhow::bail;
use domain::api_key::{API_KEY_NAME_CHARS_MAX, Revocation};
use domain::ids::ApiKeyId;
use store::LastKey;

/// Does what was asked for.
pub(crate) async fn run(command: KeysCommand) -> anyhow::Result<()> {
    match command {
        KeysCommand::Create { config, client, name } => create(&config, &client, name).await,
        KeysCommand::List { config, client } => list(&config, &client).await,
        KeysCommand::Revoke { config, client, id, force } => {
            let last = if force { LastKey::Revoke } else { LastKey::Keep };
            revoke(&config, &client, &id, last).await
        }
        KeysCommand::NewEncryptionKey => encryption::print_new_key(),
        KeysCommand::RotateEncryption { config } => encryption::rotate(&config).await,
    }
}

async fn create(config: &ConfigArgs, client: &str, name: Option<String>) -> anyhow::Result<()> {
    if name.as_deref().is_some_and(|name| name.chars().count() > API_KEY_NAME_CHARS_MAX) {
        bail!("--name: at most {API_KEY_NAME_CHARS_MAX} characters");
    }
    let store = wire_up::open_store(&load(config.config.as_deref(), &config.pairs())?.0).await?;
    let client = wire_up::find_client(store.as_ref(), client).await?;
    let show = |key: &str| output::line(key);
    let handed_out = wire_up::hand_out_key(store.as_ref(), client.id, name, show).await;
    store.close().await;
    handed_out
}

async fn list(config: &ConfigArgs, client: &str) -> anyhow::Result<()> {
    let store =
        wire_up::open_existing_store(&load(config.config.as_deref(), &config.pairs())?.0).await?;
    let client = wire_up::find_client(store.as_ref(), client).await?;
    for key in store.list_api_keys(client.id).await? {
        let name = key.name.as_deref().unwrap_or("-");
        output::line(format_args!("{}  …{}  {}  {name}", key.id, key.hint, key.created_at))?;
    }
    store.close().await;
    Ok(())
}

async fn revoke(config: &ConfigArgs, client: &str, id: &str, last: LastKey) -> anyhow::Result<()> {
    let Some(id) = ApiKeyId::parse(id) else {
        bail!("{id:?} is not a key's id: `millrace keys list` shows them");
    };
    let store =
        wire_up::open_existing_store(&load(config.config.as_deref(), &config.pairs())?.0).await?;
    let client = wire_up::find_client(store.as_ref(), client).await?;
    let revocation = store.revoke_api_key(client.id, id, last).await?;
    store.close().await;
    match revocation {
        Revocation::Revoked => Ok(output::line(format_args!("revoked {id}"))?),
        Revocation::Unknown => bail!(
            "the client {name:?} has no key {id}: `millrace keys list --client {name}` shows its keys; \
             another client's are revoked with --client",
            name = client.name.as_str()
        ),
        Revocation::LastKey => {
            bail!("{id} is the client's last key: make another first, or say --force")
        }
    }
}
