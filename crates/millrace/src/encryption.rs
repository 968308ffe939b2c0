//! Where the keys come from that secrets are kept under: settings, or a file that is made beside SQLite's.

use crate::config::{Place, Settings};
use crate::sealed::{each_consumer, each_link};
use crate::world::SystemRandom;
use anyhow::{Context as _, bail};
use domain::ids::IdSource;
use domain::link_otp::OtpSigner;
use jiff::Timestamp;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use store::{Installation, OTP_SALT_BYTES, Store};
use vault::{KEY_BYTES, Vault, VaultKey};

/// The key's file in the data folder.
const KEY_FILE: &str = "encryption.key";
/// What tells the keys that sign links' passwords from every other key that is made of a vault's.
const OTP_PURPOSE: &str = "one-time passwords of links";

/// The vault of an installation, which may be new.
pub(crate) async fn open_vault(
    settings: &Settings,
    store: &dyn Store,
    installation: &Installation,
) -> anyhow::Result<Vault> {
    if let Some(vault) = find_vault(settings, Some(installation))? {
        return Ok(vault);
    }
    if holds_secrets(store).await? {
        bail!(
            "{KEY_FILE} is missing beside a database that holds sealed secrets: put it back, or set encryption.key to \
             what it was. If it is lost, set a new one (`millrace keys new-encryption-key`), and `millrace doctor` names what \
             has to be made anew"
        );
    }
    build_vault(settings, installation)
}

/// What signs and checks the passwords of links. Neither the database alone nor the key alone makes one; those that were
/// handed out under an older key still open while that is configured.
pub(crate) fn otp_signer(vault: &Vault, installation: &Installation) -> OtpSigner {
    let keys = vault.derive_keys(OTP_PURPOSE, &installation.otp_salt);
    let signer = OtpSigner::new(&keys.current);
    keys.older.iter().fold(signer, |signer, key| signer.also_accepting(key))
}

/// Whether anything is sealed.
async fn holds_secrets(store: &dyn Store) -> anyhow::Result<bool> {
    let mut holds = false;
    each_consumer(store, async |consumer| {
        holds |= consumer.secrets.is_some();
        Ok(())
    })
    .await?;
    each_link(store, async |link| {
        holds |= link.secrets.is_some();
        Ok(())
    })
    .await?;
    Ok(holds)
}

/// Where the key comes from that seals.
#[derive(Debug)]
pub(crate) enum KeySource<'a> {
    Setting(&'a VaultKey),
    /// A file that is made beside the database.
    File(PathBuf),
    /// The database itself: every process on it comes to the same key. Whoever has the database has it too, which will
    /// do for an evaluation and for nothing else.
    Installation,
}

/// Refuses settings that name none. Only what seals or opens needs one.
pub(crate) fn key_source(settings: &Settings) -> anyhow::Result<KeySource<'_>> {
    match (&settings.encryption.key, &settings.storage.place) {
        (Some(key), _) => Ok(KeySource::Setting(key)),
        (None, Place::Folder(folder)) => Ok(KeySource::File(folder.join(KEY_FILE))),
        (None, Place::Url(_)) if settings.simulators => Ok(KeySource::Installation),
        (None, Place::Url(_)) => bail!(
            "encryption.key is not set: with PostgreSQL every process needs the same key. \
             `millrace keys new-encryption-key` makes one"
        ),
    }
}

fn build_vault(settings: &Settings, installation: &Installation) -> anyhow::Result<Vault> {
    let current = match key_source(settings)? {
        KeySource::Setting(key) => key.clone(),
        KeySource::File(path) => read_or_make(&path)?,
        KeySource::Installation => VaultKey::derive(&installation.otp_salt, "evaluation"),
    };
    Ok(Vault::new(current, settings.encryption.older.clone()))
}

/// The same of what is there: makes no key. Nothing when there is none yet.
pub(crate) fn find_vault(
    settings: &Settings,
    installation: Option<&Installation>,
) -> anyhow::Result<Option<Vault>> {
    let is_made_by_start = match key_source(settings)? {
        KeySource::Setting(_) => false,
        KeySource::File(path) => !is_there(&path),
        KeySource::Installation => installation.is_none(),
    };
    let nobody = Installation { otp_salt: [0; OTP_SALT_BYTES], created_at: Timestamp::UNIX_EPOCH };
    if is_made_by_start {
        return Ok(None);
    }
    build_vault(settings, installation.unwrap_or(&nobody)).map(Some)
}

/// A new key.
pub(crate) fn new_key() -> VaultKey {
    let mut bytes = [0; KEY_BYTES];
    SystemRandom.fill(&mut bytes);
    VaultKey::new(bytes)
}

fn read_or_make(path: &Path) -> anyhow::Result<VaultKey> {
    if is_there(path) { read(path) } else { make(path) }
}

/// A link that leads nowhere is there, too: no key may be made in the place of one that is lost.
fn is_there(path: &Path) -> bool {
    let looked = std::fs::symlink_metadata(path);
    !looked.is_err_and(|error| error.kind() == ErrorKind::NotFound)
}

fn read(path: &Path) -> anyhow::Result<VaultKey> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("{} cannot be read", path.display()))?;
    VaultKey::parse(&text)
        .with_context(|| format!("{} does not hold an encryption key", path.display()))
}

fn make(path: &Path) -> anyhow::Result<VaultKey> {
    let key = new_key();
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(key.reveal().as_bytes())?;
        file.write_all(b"\n")?;
        // What is sealed with it must not outlive it.
        file.sync_all()
    };
    match write() {
        Ok(()) => {
            tracing::info!(
                file = %path.display(),
                "made an encryption key: keep it safe, and apart from the backups of the database"
            );
            Ok(key)
        }
        // Another command was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => read(path),
        Err(error) => Err(error).with_context(|| format!("{} cannot be made", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;
    use vault::Binding;

    const PLACE: Binding<'_> = Binding { table: "t", column: "c", row: b"r" };

    #[test]
    fn a_key_is_made_once_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(KEY_FILE);
        let sealed =
            Vault::new(read_or_make(&path).unwrap(), Vec::new()).seal(&PLACE, b"s", [1; 24]);
        let again = Vault::new(read_or_make(&path).unwrap(), Vec::new());
        assert_eq!(again.open(&PLACE, &sealed).unwrap().as_slice(), b"s");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "short").unwrap();
        let refusal = format!("{:#}", read_or_make(&path).unwrap_err());
        assert!(refusal.contains("does not hold an encryption key"), "{refusal}");
        let lost = folder.path().join("lost.key");
        std::os::unix::fs::symlink("nowhere", &lost).unwrap();
        let refusal = format!("{:#}", read_or_make(&lost).unwrap_err());
        assert!(refusal.contains("lost.key cannot be read"), "{refusal}");
    }
}
