//! Whether the encryption key opens whatever is sealed: after a restore with another key it does not.

use super::report::{Report, Told};
use crate::config::Settings;
use crate::encryption::find_vault;
use serde_json::json;
use store::link_secrets::LinkSecrets;
use store::{SECRETS_COLUMN, SECRETS_TABLE, Store, secrets_row};
use vault::{Binding, Vault};

/// So many rows are looked at in one go.
const ROWS_AT_ONCE: u32 = 100;
const CHECK: &str = "encryption";
const ADVICE: &str = "set encryption.key, or encryption.older_keys, to the key that it was sealed with; without that key, \
     make the secrets of the consumer anew, or let the customer connect again";

/// Opens them all, and keeps none.
pub(super) async fn check(
    settings: &Settings,
    store: &dyn Store,
    report: &mut Report,
) -> anyhow::Result<()> {
    let installation = store.find_installation().await?;
    let vault = match find_vault(settings, installation.as_ref()) {
        Ok(vault) => vault,
        Err(error) => return report.wrong(CHECK, &format!("{error:#}"), ADVICE),
    };
    let mut tally = Tally::default();
    consumers(store, vault.as_ref(), report, &mut tally).await?;
    links(store, vault.as_ref(), report, &mut tally).await?;
    match (tally.is_whole(), vault) {
        (false, _) => Ok(()),
        (true, None) => report.right(CHECK, "nothing is sealed, and the first start makes a key"),
        (true, Some(_)) => {
            report.right(CHECK, &format!("the key opens all that is sealed ({})", tally.sealed))
        }
    }
}

#[derive(Debug, Default)]
struct Tally {
    sealed: u64,
    opened: u64,
}

impl Tally {
    fn is_whole(&self) -> bool {
        self.sealed == self.opened
    }

    /// Counts a sealed value; what to say when it could not be opened.
    fn count<E: std::fmt::Display>(&mut self, opened: Option<Result<(), E>>) -> Option<String> {
        self.sealed = self.sealed.saturating_add(1);
        match opened {
            Some(Ok(())) => {
                self.opened = self.opened.saturating_add(1);
                None
            }
            Some(Err(error)) => Some(error.to_string()),
            None => Some("it is sealed, and there is no key".to_owned()),
        }
    }
}

async fn consumers(
    store: &dyn Store,
    vault: Option<&Vault>,
    report: &mut Report,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let page = store.list_all_consumers(after, ROWS_AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.client, last.id));
        for consumer in &page {
            let Some(sealed) = &consumer.secrets else { continue };
            let row = secrets_row(consumer.client, consumer.id);
            let binding = Binding { table: SECRETS_TABLE, column: SECRETS_COLUMN, row: &row };
            let opened = vault.map(|vault| vault.open(&binding, &sealed.0).map(drop));
            if let Some(what) = tally.count(opened) {
                let (client, id) = (consumer.client, consumer.id);
                let words = format!("client {client}, webhook consumer {id}");
                let object = json!({"client": client.to_string(), "consumer": id.to_string()});
                report.wrong_at(CHECK, &what, &Told { words, object }, ADVICE)?;
            }
        }
    }
}

async fn links(
    store: &dyn Store,
    vault: Option<&Vault>,
    report: &mut Report,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    let mut after = None;
    loop {
        let page = store.list_all_links(after, ROWS_AT_ONCE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.path.client, last.path.connection));
        for link in page.iter().filter(|link| link.secrets.is_some()) {
            let opened = vault.map(|vault| LinkSecrets::open(vault, link).map(drop));
            if let Some(what) = tally.count(opened) {
                let path = link.path;
                let words = format!(
                    "client {}, company {}, connection {}",
                    path.client, path.company, path.connection
                );
                let object = json!({
                    "client": path.client.to_string(),
                    "company": path.company.to_string(),
                    "connection": path.connection.to_string(),
                });
                report.wrong_at(CHECK, &what, &Told { words, object }, ADVICE)?;
            }
        }
    }
}
