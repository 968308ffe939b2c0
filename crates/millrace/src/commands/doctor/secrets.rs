//! Whether the encryption key opens whatever is sealed: after a restore with another key it does not.

use super::report::{Report, Told};
use crate::config::Settings;
use crate::encryption::{find_vault, key_source};
use crate::output;
use crate::sealed::{each_consumer, each_link};
use domain::ids::ConnectionPath;
use domain::webhook::Consumer;
use serde_json::json;
use store::link_secrets::LinkSecrets;
use store::{SECRETS_COLUMN, SECRETS_TABLE, Store, secrets_row};
use vault::{Binding, Vault};

const CHECK: &str = "encryption";
const ADVICE: &str = "set encryption.key, or encryption.older_keys, to the key that it was sealed with; without that key, \
     make the secrets of the consumer anew, or let the customer connect again";

/// Opens them all, and keeps none.
pub(super) async fn check(
    settings: &Settings,
    store: &dyn Store,
    report: &mut Report,
) -> anyhow::Result<()> {
    if key_source(settings).is_err() {
        // The check of the settings has said so, and there is nothing to open with.
        return Ok(());
    }
    let installation = store.find_installation().await?;
    let vault = match find_vault(settings, installation.as_ref()) {
        Ok(vault) => vault,
        Err(error) => return report.wrong(CHECK, &output::told(&error), ADVICE),
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
    each_consumer(store, async |Consumer { client, id, secrets, .. }| {
        let Some(sealed) = secrets else { return Ok(()) };
        let row = secrets_row(client, id);
        let binding = Binding { table: SECRETS_TABLE, column: SECRETS_COLUMN, row: &row };
        let opened = vault.map(|vault| vault.open(&binding, &sealed.0).map(drop));
        let Some(what) = tally.count(opened) else { return Ok(()) };
        let words = format!("client {client}, webhook consumer {id}");
        let object = json!({"client": client.to_string(), "consumer": id.to_string()});
        report.wrong_at(CHECK, &what, &Told { words, object }, ADVICE)
    })
    .await
}

async fn links(
    store: &dyn Store,
    vault: Option<&Vault>,
    report: &mut Report,
    tally: &mut Tally,
) -> anyhow::Result<()> {
    each_link(store, async |link| {
        if link.secrets.is_none() {
            return Ok(());
        }
        let opened = vault.map(|vault| LinkSecrets::open(vault, &link).map(drop));
        let Some(what) = tally.count(opened) else { return Ok(()) };
        let ConnectionPath { client, company, connection } = link.path;
        let words = format!("client {client}, company {company}, connection {connection}");
        let object = json!({
            "client": client.to_string(),
            "company": company.to_string(),
            "connection": connection.to_string(),
        });
        report.wrong_at(CHECK, &what, &Told { words, object }, ADVICE)
    })
    .await
}
