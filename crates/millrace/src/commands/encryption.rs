//! The keys that secrets are kept under: a new one, and sealing everything anew with it.

use crate::cli::ConfigArgs;
use crate::encryption::{new_key, open_vault};
use crate::sealed::{each_consumer, each_link};
use crate::world::{SystemClock, SystemRandom};
use crate::{load, output, wire_up};
use anyhow::{Context as _, bail};
use domain::clock::Clock as _;
use domain::ids::IdSource as _;
use domain::link::{Effects, Link};
use domain::sealed::Sealed;
use domain::webhook::{Consumer, ConsumerChange, SecretsChange};
use store::link_secrets::LinkSecrets;
use store::{
    ConsumerChanged, LinkChange, LinkChanged, SECRETS_COLUMN, SECRETS_TABLE, Store, secrets_row,
};
use vault::{Binding, NONCE_BYTES, Vault};

/// Prints a new key, and does nothing else with it.
pub(crate) fn print_new_key() -> anyhow::Result<()> {
    Ok(output::line(new_key().reveal().as_str())?)
}

/// Seals with the current key whatever an older one sealed.
pub(crate) async fn rotate(config: &ConfigArgs) -> anyhow::Result<()> {
    let (settings, _) = load(config.config.as_deref(), &config.pairs())?;
    let store = wire_up::open_existing_store(&settings).await?;
    let installation = wire_up::ensure_installation(store.as_ref()).await?;
    let vault = open_vault(&settings, store.as_ref(), &installation).await?;
    let rotated = rotate_all(store.as_ref(), &vault).await;
    store.close().await;
    Ok(output::line(format_args!(
        "{} values sealed anew; older keys only serve links and answers that were given before",
        rotated?
    ))?)
}

/// How many values were sealed anew.
async fn rotate_all(store: &dyn Store, vault: &Vault) -> anyhow::Result<u64> {
    let mut count = 0_u64;
    let mut add = |was_done: bool| count = count.saturating_add(was_done.into());
    each_consumer(store, async |consumer| {
        add(reseal(store, vault, &consumer).await?);
        Ok(())
    })
    .await?;
    each_link(store, async |link| {
        add(reseal_link(store, vault, link).await?);
        Ok(())
    })
    .await?;
    Ok(count)
}

/// Whether there was something to do. Workers change links while servers run: each is read again until it is done.
async fn reseal_link(store: &dyn Store, vault: &Vault, mut link: Link) -> anyhow::Result<bool> {
    loop {
        if link.secrets.as_ref().is_none_or(|sealed| vault.is_current(&sealed.0)) {
            return Ok(false);
        }
        let connection = link.path.connection;
        let opened = LinkSecrets::open(vault, &link);
        let opened =
            opened.with_context(|| format!("the secrets of the connection {connection}"))?;
        link.secrets = Some(opened.seal(vault, &SystemRandom, &link.path)?);
        let path = link.path;
        let (effects, now) = (Effects::default(), SystemClock.now());
        let change = LinkChange { link, effects, held_by: None, now };
        match store.change_link(&change).await? {
            LinkChanged::Changed => return Ok(true),
            LinkChanged::Outdated | LinkChanged::LeaseLost => {}
            LinkChanged::Gone => return Ok(false),
        }
        match store.find_link(&path).await? {
            Some(newer) => link = newer,
            None => return Ok(false),
        }
    }
}

/// Whether there was something to do.
async fn reseal(store: &dyn Store, vault: &Vault, consumer: &Consumer) -> anyhow::Result<bool> {
    let Some(sealed) = consumer.secrets.as_ref().filter(|sealed| !vault.is_current(&sealed.0))
    else {
        return Ok(false);
    };
    let row = secrets_row(consumer.client, consumer.id);
    let binding = Binding { table: SECRETS_TABLE, column: SECRETS_COLUMN, row: &row };
    let opened = vault.open(&binding, &sealed.0);
    let opened = opened.with_context(|| format!("the secrets of the consumer {}", consumer.id))?;
    let mut nonce = [0; NONCE_BYTES];
    SystemRandom.fill(&mut nonce);
    let to = Sealed(vault.seal(&binding, &opened, nonce));
    let secrets = Some(SecretsChange { from: Some(sealed.clone()), to });
    let change = ConsumerChange { secrets, ..ConsumerChange::default() };
    let now = SystemClock.now();
    match store.change_consumer(consumer.client, consumer.id, &change, now).await? {
        ConsumerChanged::Changed(_) => Ok(true),
        ConsumerChanged::Unknown => Ok(false),
        // Whoever changed it meanwhile sealed it with the key of the server: that must be the current one.
        ConsumerChanged::Outdated => bail!(
            "the consumer {} was changed meanwhile: restart the servers with the new key, and repeat this",
            consumer.id
        ),
    }
}
