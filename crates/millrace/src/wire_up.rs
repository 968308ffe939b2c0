//! Wiring: the only place that knows which database is behind the store's traits.

use crate::config::{Place, Settings};
use crate::output::OutputError;
use crate::world::{SystemClock, SystemRandom};
use anyhow::Context as _;
use domain::api_key::{ApiKey, ApiKeySecret};
use domain::client::{CLIENT_NAME_DEFAULT, Client, ClientName};
use domain::clock::Clock;
use domain::ids::{ApiKeyId, ClientId, IdSource as _, random_uuid};
use domain::platform::{History, Profiles, QUICKBOOKS, XERO};
use outbound::{Outbound, OutboundOptions, Plaintext, Reach, Subnet};
use std::fs::{File, TryLockError};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;
use store::migration::Migrate;
use store::{Installation, KeyKept, LastKey, OTP_SALT_BYTES, Store};
use store_postgres::{PostgresOptions, PostgresStore};
use store_sqlite::{SqliteOptions, SqliteStore};
use worker::managed_sync::{BankSource, HttpBank, HttpBankOptions};

/// The database's file in the data folder.
const DATABASE_FILE: &str = "millrace.db";
/// Locked while a server uses the folder; the lock goes with the process, however that ends.
const LOCK_FILE: &str = "serve.lock";

/// A bench puts it into the data folder.
#[cfg(feature = "bench")]
const ANSWER_ONLY_FILE: &str = "answer-only";

/// Opens the store that the settings name, and makes the data folder if need be.
pub(crate) async fn open_store(settings: &Settings) -> anyhow::Result<Arc<dyn Store>> {
    let migrate = if settings.storage.migrate { Migrate::Apply } else { Migrate::Forbid };
    match &settings.storage.place {
        Place::Folder(folder) => {
            make_private_folder(folder)?;
            let path = folder.join(DATABASE_FILE);
            let options = SqliteOptions { path, migrate, opened_at: SystemClock.now() };
            let store = SqliteStore::open(options).with_context(|| {
                format!("the database in {} cannot be opened", folder.display())
            })?;
            #[cfg(feature = "bench")]
            if folder.join(ANSWER_ONLY_FILE).exists() {
                return Ok(Arc::new(store.answering_only()));
            }
            Ok(Arc::new(store))
        }
        Place::Url(url) => {
            let options = PostgresOptions { migrate, ..PostgresOptions::new(url) };
            let store =
                PostgresStore::connect(options).await.context("PostgreSQL cannot be used")?;
            Ok(Arc::new(store))
        }
    }
}

/// Opens the store that the settings name for a command that only looks: it makes nothing.
pub(crate) async fn open_existing_store(settings: &Settings) -> anyhow::Result<Arc<dyn Store>> {
    if let Place::Folder(folder) = &settings.storage.place {
        let is_there = folder.join(DATABASE_FILE).try_exists();
        let is_there = is_there.with_context(|| {
            format!("the data folder {} cannot be looked into", folder.display())
        })?;
        anyhow::ensure!(
            is_there,
            "there is no database in {}: name the folder that `millrace serve` uses with --data",
            folder.display()
        );
    }
    open_store(settings).await
}

/// Holds the folder for one server: a second one would be a mistake, and its worker would look at the same work.
pub(crate) fn hold_folder(settings: &Settings) -> anyhow::Result<Option<File>> {
    let Place::Folder(folder) = &settings.storage.place else { return Ok(None) };
    make_private_folder(folder)?;
    let path = folder.join(LOCK_FILE);
    let lock = File::create(&path).with_context(|| format!("{} cannot be made", path.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => anyhow::bail!(
            "another server uses {}: stop it, or name another folder with --data, or use PostgreSQL for several",
            folder.display()
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("{} cannot be locked", path.display()))
        }
    }
}

fn make_private_folder(folder: &Path) -> anyhow::Result<()> {
    // Only its owner may look inside: it holds customers' transactions.
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("the data folder {} cannot be made", folder.display()))
}

/// The installation's facts, made at the first start.
pub(crate) async fn ensure_installation(store: &dyn Store) -> anyhow::Result<Installation> {
    let mut otp_salt = [0; OTP_SALT_BYTES];
    SystemRandom.fill(&mut otp_salt);
    let proposed = Installation { otp_salt, created_at: SystemClock.now() };
    Ok(store.ensure_installation(&proposed).await?)
}

/// The client of that name; the default one is made when it is not there.
pub(crate) async fn find_client(store: &dyn Store, name: &str) -> anyhow::Result<Client> {
    let name = ClientName::parse(name)?;
    if let Some(client) = store.find_client(&name).await? {
        return Ok(client);
    }
    if name.as_str() != CLIENT_NAME_DEFAULT {
        anyhow::bail!(
            "there is no client {:?}: make it with `millrace clients create {}`",
            name.as_str(),
            name.as_str()
        );
    }
    create_client(store, name.clone()).await?;
    // Two processes may have made it at once: whichever is kept is the one.
    let client = store.find_client(&name).await?;
    client.context("the default client is gone again")
}

/// Makes a client; whether the name was free.
pub(crate) async fn create_client(
    store: &dyn Store,
    name: ClientName,
) -> anyhow::Result<store::ClientKept> {
    let id = ClientId::new(random_uuid(&SystemRandom));
    let client = Client { id, name, created_at: SystemClock.now() };
    Ok(store.create_client(&client).await?)
}

/// Makes an API key for `client`.
pub(crate) async fn create_key(
    store: &dyn Store,
    client: ClientId,
    name: Option<String>,
) -> anyhow::Result<ApiKeySecret> {
    let (_, secret) = keep_new_key(store, client, name).await?;
    Ok(secret)
}

/// Makes an API key for `client` and has it shown. One that could not be shown is of no use: it is revoked.
pub(crate) async fn hand_out_key(
    store: &dyn Store,
    client: ClientId,
    name: Option<String>,
    show: impl FnOnce(&str) -> Result<(), OutputError>,
) -> anyhow::Result<()> {
    let (id, secret) = keep_new_key(store, client, name).await?;
    if let Err(error) = show(secret.reveal()) {
        store.revoke_api_key(client, id, LastKey::Revoke).await?;
        let told = "the key could not be shown and was revoked";
        return Err(anyhow::Error::from(error).context(told));
    }
    Ok(())
}

async fn keep_new_key(
    store: &dyn Store,
    client: ClientId,
    name: Option<String>,
) -> anyhow::Result<(ApiKeyId, ApiKeySecret)> {
    let secret = ApiKeySecret::generate(&SystemRandom);
    let key = ApiKey {
        id: ApiKeyId::new(random_uuid(&SystemRandom)),
        client,
        name,
        hash: secret.hash(),
        hint: secret.hint(),
        created_at: SystemClock.now(),
    };
    match store.create_api_key(&key).await? {
        KeyKept::Kept => Ok((key.id, secret)),
        KeyKept::TooMany => anyhow::bail!(
            "the client has {} keys, which is the most: revoke one first (`millrace keys list`)",
            domain::api_key::API_KEYS_MAX
        ),
    }
}

/// The platforms' rules with what the operator configured.
pub(crate) fn profiles(settings: &Settings) -> Profiles {
    let history = History::Days(settings.quickbooks.history_days);
    let quickbooks = domain::platform::Profile { history, ..QUICKBOOKS.profile };
    let before_feed_start = settings.xero.before_feed_start;
    let xero = domain::platform::Profile { before_feed_start, ..XERO.profile };
    Profiles::standard().with(&QUICKBOOKS, quickbooks).with(&XERO, xero)
}

/// The bank that managed feeds are fetched from, if one is configured.
pub(crate) fn bank(
    settings: &Settings,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Option<Arc<dyn BankSource>>> {
    let Some(feeds) = &settings.managed_feeds else { return Ok(None) };
    let options = HttpBankOptions {
        url: feeds.url.clone(),
        authorization: feeds.authorization.clone(),
        timeout: feeds.timeout,
        proxy: feeds.proxy.clone(),
        plaintext: if feeds.allow_http { Plaintext::Anywhere } else { Plaintext::Loopback },
    };
    let bank = HttpBank::new(options, clock).context("managed feeds cannot be fetched")?;
    tracing::info!(bank = bank.origin(), "managed feeds are on");
    Ok(Some(Arc::new(bank)))
}

/// Where webhooks may go: while simulators are on, also to this machine, where a newcomer tries them.
pub(crate) fn webhook_reach(settings: &Settings) -> Reach {
    let mut also = settings.webhooks.allowed_subnets.clone();
    if settings.simulators {
        also.extend(Subnet::loopback());
    }
    Reach::Public { also }
}

/// What webhooks are sent by.
pub(crate) fn webhook_client(settings: &Settings) -> anyhow::Result<Outbound> {
    let options = OutboundOptions {
        reach: webhook_reach(settings),
        proxy: settings.webhooks.proxy.clone(),
        ..OutboundOptions::default()
    };
    Outbound::new(&options).context("webhooks cannot be sent")
}
