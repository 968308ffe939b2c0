//! Whoever tells a story: does what a bank does, by HTTP, and says what was sent and what came.

use super::lines::{DemoAccount, DemoLine, push_body};
use super::wait::ended_pushes;
use crate::commands::remote::{Remote, need_text};
use crate::output;
use anyhow::bail;
use jiff::civil::Date;
use serde_json::{Value, json};

/// Tells one story.
pub(super) struct Teller<'a> {
    pub(super) remote: Remote,
    pub(super) key: &'a str,
    pub(super) today: Date,
    step: u32,
}

/// What the first steps make.
pub(super) struct Place {
    pub(super) company: String,
    pub(super) connection: String,
}

impl<'a> Teller<'a> {
    /// A teller at the server of that URL.
    pub(super) fn new(url: &str, key: &'a str, today: Date) -> anyhow::Result<Self> {
        Ok(Self { remote: Remote::at(url)?, key, today, step: 0 })
    }

    /// Makes a company, a connection to the platform, and accounts.
    pub(super) async fn set_up(
        &mut self,
        platform: &str,
        accounts: &[DemoAccount],
        currency: &str,
    ) -> anyhow::Result<Place> {
        let body = json!({"name": "Elaborate Events, Inc"});
        let company = self.remote.post(self.key, &["companies"], body.to_string()).await?;
        let company = need_text(&company, "id")?.to_owned();
        self.told(&format!("POST /companies {body}"), &format!("company {company}"))?;
        let body = json!({"platformKey": platform});
        let path = ["companies", &company, "connections"];
        let connection = self.remote.post(self.key, &path, body.to_string()).await?;
        let status = need_text(&connection, "status")?;
        let connection_id = need_text(&connection, "id")?.to_owned();
        self.told(
            &format!("POST …/connections {body}"),
            &format!("connection {connection_id}, {status}"),
        )?;
        let place = Place { company, connection: connection_id };
        for account in accounts {
            let path = place.path(&["connectionInfo", "bankFeedAccounts"]);
            let body = format!(
                "{{\"id\":{},\"accountName\":{},\"accountType\":\"{}\",\"accountNumber\":\"{}\",\"currency\":\"{currency}\",\"balance\":{}}}",
                json!(account.id),
                json!(account.name),
                account.account_type,
                account.number,
                account.opening()
            );
            let made = self.remote.post(self.key, &path, body).await?;
            let sent = format!(
                "POST …/bankFeedAccounts {:?}, {}, balance {}",
                account.name,
                account.account_type,
                account.opening()
            );
            self.told(
                &sent,
                &format!("account {:?}, {}", account.id, need_text(&made, "status")?),
            )?;
        }
        Ok(place)
    }

    /// Pushes to accounts, waits for the end of all pushes, and answers the operations.
    pub(super) async fn push(
        &mut self,
        place: &Place,
        all: &[(&DemoAccount, Vec<DemoLine>)],
    ) -> anyhow::Result<Vec<Value>> {
        let mut pushes = Vec::new();
        for (account, lines) in all {
            let path = place.path(&["push", "bankAccounts", account.id, "bankTransactions"]);
            let operation = self.remote.post(self.key, &path, push_body(account, lines)).await?;
            let push = need_text(&operation, "pushOperationKey")?.to_owned();
            let sent = format!(
                "POST …/push/bankAccounts/{}/bankTransactions, {} lines",
                account.id,
                lines.len()
            );
            self.told(&sent, &format!("push {push}, {}", need_text(&operation, "status")?))?;
            pushes.push(push);
        }
        ended_pushes(&self.remote, self.key, &place.company, &pushes).await
    }

    /// The same for pushes that must succeed; tells what was skipped.
    pub(super) async fn deliver(
        &mut self,
        place: &Place,
        all: &[(&DemoAccount, Vec<DemoLine>)],
    ) -> anyhow::Result<()> {
        for operation in self.push(place, all).await? {
            let status = need_text(&operation, "status")?;
            let push = need_text(&operation, "pushOperationKey")?;
            if status != "Success" {
                bail!("the push {push} ended as {status}: {operation}");
            }
            let path = ["ext", "v1", "companies", &place.company, "push", push];
            let shown = self.remote.get(self.key, &path).await?;
            let known = shown.get("knownLines").and_then(Value::as_u64).unwrap_or_default();
            let skipped = match known {
                0 => String::new(),
                known => format!(", {known} lines were known and skipped"),
            };
            self.told(&format!("GET …/push/{push}"), &format!("{status}{skipped}"))?;
        }
        Ok(())
    }

    /// Says what was sent and what came.
    pub(super) fn told(&mut self, sent: &str, came: &str) -> anyhow::Result<()> {
        self.step += 1;
        output::line(format_args!("{:>3}  {sent}\n     → {came}", self.step))?;
        Ok(())
    }
}

impl Place {
    pub(super) fn path<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        [&["companies", &self.company, "connections", &self.connection], rest].concat()
    }
}

/// The lines from one place up to another.
pub(super) fn part(lines: &[DemoLine], from: usize, to: usize) -> Vec<DemoLine> {
    lines.iter().take(to).skip(from).cloned().collect()
}
