//! The customer of a connection to Xero: opens the link, says yes at Xero, comes back, and maps accounts.

use super::browser::{Browser, Page};
use crate::commands::remote::{Remote, items, need_text};
use crate::output;
use anyhow::{anyhow, bail};
use reqwest::Url;
use serde_json::{Value, json};
use std::time::Duration;

/// Much longer than a mapping takes at the simulator.
const WAIT_SECS_MAX: u64 = 60;
const WAIT_STEP: Duration = Duration::from_millis(200);

/// The customer of one connection.
pub(in crate::commands) struct Customer<'a> {
    pub(in crate::commands) remote: &'a Remote,
    pub(in crate::commands) key: &'a str,
    pub(in crate::commands) company: &'a str,
    pub(in crate::commands) connection: &'a str,
}

impl Customer<'_> {
    fn path<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        [&["companies", self.company, "connections", self.connection], rest].concat()
    }

    /// Opens the link and lets us into the first organisation. Answers what the last page says.
    pub(in crate::commands) async fn consent(&self) -> anyhow::Result<String> {
        let connection = self.remote.get(self.key, &self.path(&[])).await?;
        let mut browser = Browser::new()?;
        let link = Url::parse(need_text(&connection, "linkUrl")?)?;
        let home = sound(browser.open(link).await?)?;
        let go = home.form("/authorize").ok_or_else(|| anyhow!("the link shows no way to Xero"))?;
        let asked = sound(browser.send(&home, &go, &[]).await?)?;
        let Some(question) = asked.form("") else {
            bail!("Xero asks nothing: {}", asked.words());
        };
        let organisations = asked.choices("organisation");
        let first = organisations.first().ok_or_else(|| anyhow!("Xero has no organisation"))?;
        let answer = [("organisation", first.as_str()), ("decision", "allow")];
        let mut page = sound(browser.send(&asked, &question, &answer).await?)?;
        let waited = async {
            // Until the worker has done its part the page asks for itself again.
            while page.url.path().contains("/consent/") {
                if let Some(form) = page.form("") {
                    let choices = page.choices("organisation");
                    let Some(first) = choices.first() else {
                        bail!("{}", page.words());
                    };
                    page = sound(browser.send(&page, &form, &[("organisation", first)]).await?)?;
                } else {
                    tokio::time::sleep(WAIT_STEP).await;
                    page = sound(browser.open(page.url.clone()).await?)?;
                }
            }
            Ok(page.words())
        };
        let waited = tokio::time::timeout(Duration::from_secs(WAIT_SECS_MAX), waited).await;
        waited.map_err(|_late| anyhow!("the server did not link within {WAIT_SECS_MAX} seconds"))?
    }

    /// Maps an account to one of the books, or to a new one, and waits until lines flow.
    pub(in crate::commands) async fn map(
        &self,
        account: &str,
        target: Option<&str>,
        start: Option<&str>,
    ) -> anyhow::Result<Value> {
        let path = self.path(&["bankFeedAccounts", "mapping"]);
        let wish = json!({
            "sourceAccountId": account,
            "targetAccountId": target,
            "feedStartDate": start,
        });
        let mapped = self.remote.post(self.key, &path, wish.to_string()).await?;
        if let Some(error) = mapped.get("error").and_then(Value::as_str) {
            bail!("{account} was not mapped: {error}");
        }
        let waiting = async {
            loop {
                let listed = self.remote.get(self.key, &path).await?;
                let all = listed.as_array().map(Vec::as_slice).unwrap_or_default();
                let entry = all.iter().find(|entry| entry["sourceAccountId"] == account);
                let entry = entry.ok_or_else(|| anyhow!("there is no account {account:?}"))?;
                match need_text(entry, "status")? {
                    // An account that was opened for it has its name when the books are read again.
                    "connected" if entry.get("targetAccountName").is_some() => {
                        return Ok(entry.clone());
                    }
                    "connected" | "connecting" => tokio::time::sleep(WAIT_STEP).await,
                    status => bail!("{account} was not mapped: it is {status}, see /ext/v1"),
                }
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(WAIT_SECS_MAX), waiting).await;
        waited
            .map_err(|_late| anyhow!("{account} was not mapped within {WAIT_SECS_MAX} seconds"))?
    }

    /// Links if need be, and maps the accounts of these ids.
    pub(super) async fn link(
        &self,
        accounts: &[String],
        start: Option<&str>,
    ) -> anyhow::Result<()> {
        let connection = self.remote.get(self.key, &self.path(&[])).await?;
        if need_text(&connection, "status")? != "Linked" {
            output::line("The customer opens the link, says yes at Xero, and comes back.")?;
            self.consent().await?;
        }
        for account in accounts {
            let entry = self.map(account, None, start).await?;
            let target = ["targetAccountName", "targetAccountId"];
            let target = target.into_iter().find_map(|name| entry.get(name)?.as_str());
            output::line(format_args!(
                "The customer maps {account}: it leads to {} from now on.",
                target.unwrap_or("a new account")
            ))?;
        }
        let connection = self.remote.get(self.key, &self.path(&[])).await?;
        output::line(format_args!("The connection is {}.", need_text(&connection, "status")?))?;
        Ok(())
    }

    /// The ids of the connection's source accounts.
    pub(super) async fn accounts(&self) -> anyhow::Result<Vec<String>> {
        let path = self.path(&["connectionInfo", "bankFeedAccounts"]);
        let listed = self.remote.get(self.key, &path).await?;
        let all = listed.as_array().map_or_else(|| items(&listed, "results"), Vec::as_slice);
        all.iter().map(|account| need_text(account, "id").map(str::to_owned)).collect()
    }
}

/// A page that is no refusal.
fn sound(page: Page) -> anyhow::Result<Page> {
    if page.status < 400 {
        return Ok(page);
    }
    bail!("{} answers HTTP {}: {}", page.url.path(), page.status, page.words())
}
