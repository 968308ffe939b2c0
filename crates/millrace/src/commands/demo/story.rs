//! The story: a bank's customer links QuickBooks, the bank pushes, QuickBooks fetches, and the books are compared with
//! what was sent.

use super::super::simulate::{Remote, items, need_text, shown_account};
use super::check::findings;
use super::lines::DemoLine;
use super::lines::{
    CARD, CHECKING, DemoAccount, FIRST_PUSH_LINES, OLDEST_DAYS, OVERLAP_LINES, push_body,
};
use super::wait::ended_pushes;
use crate::output;
use anyhow::{anyhow, bail};
use domain::clock::days_before;
use jiff::civil::Date;
use reqwest::Method;
use serde_json::{Map, Value, json};

const ACCOUNTS: [DemoAccount; 2] = [CHECKING, CARD];

/// Who tells it, and to whom.
pub(super) struct Story<'a> {
    remote: Remote,
    key: &'a str,
    today: Date,
    step: u32,
}

/// What the first steps make.
struct Place {
    company: String,
    connection: String,
}

impl<'a> Story<'a> {
    /// A story at the server of that URL.
    pub(super) fn new(url: &str, key: &'a str, today: Date) -> anyhow::Result<Self> {
        Ok(Self { remote: Remote::at(url)?, key, today, step: 0 })
    }

    /// Tells it all. An error means that it did not end well.
    pub(super) async fn tell(mut self) -> anyhow::Result<()> {
        let place = self.set_up().await?;
        self.link(&place).await?;
        let before = self.books().await?;
        let all = ACCOUNTS.map(|account| account.lines(self.today));
        let first = all.each_ref().map(|lines| part(lines, 0, FIRST_PUSH_LINES));
        self.push(&place, &first).await?;
        self.poll().await?;
        let second =
            all.each_ref().map(|lines| part(lines, FIRST_PUSH_LINES - OVERLAP_LINES, lines.len()));
        self.push(&place, &second).await?;
        self.poll().await?;
        let after = self.books().await?;
        self.compare(&before, &after, &all)
    }

    async fn set_up(&mut self) -> anyhow::Result<Place> {
        let body = json!({"name": "Elaborate Events, Inc"});
        let company = self.remote.post(self.key, &["companies"], body.to_string()).await?;
        let company = need_text(&company, "id")?.to_owned();
        self.told(&format!("POST /companies {body}"), &format!("company {company}"))?;
        let body = json!({"platformKey": "hcws"});
        let path = ["companies", &company, "connections"];
        let connection = self.remote.post(self.key, &path, body.to_string()).await?;
        let status = need_text(&connection, "status")?;
        let connection_id = need_text(&connection, "id")?.to_owned();
        self.told(
            &format!("POST …/connections {body}"),
            &format!("connection {connection_id}, {status}"),
        )?;
        let place = Place { company, connection: connection_id };
        for account in &ACCOUNTS {
            let path = place.path(&["connectionInfo", "bankFeedAccounts"]);
            let body = format!(
                "{{\"id\":{},\"accountName\":{},\"accountType\":\"{}\",\"accountNumber\":\"{}\",\"currency\":\"USD\",\"balance\":{}}}",
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

    async fn link(&mut self, place: &Place) -> anyhow::Result<()> {
        let path = place.path(&["connectionInfo", "bankFeedAccounts", "credentials"]);
        let credentials = self.remote.post(self.key, &path, "{}").await?;
        let username = need_text(&credentials, "username")?;
        self.told(
            "POST …/credentials",
            &format!("user name {username} and a password, told this once"),
        )?;
        let path = [&["ext", "v1"], place.path(&["accounts"]).as_slice()].concat();
        let mut ids = Map::new();
        for account in self.remote.list(self.key, &path).await? {
            let number = need_text(&account, "publicNumber")?.to_owned();
            ids.insert(number, Value::from(need_text(&account, "id")?));
        }
        let start = days_before(self.today, OLDEST_DAYS);
        let body = json!({
            "connection": place.connection,
            "username": username,
            "password": need_text(&credentials, "password")?,
            "accounts": "all",
            "start": start.to_string(),
            "sourceAccountIds": ids,
        });
        let linked = self.remote.quickbooks(Method::POST, "link", body).await?;
        let institution = need_text(&linked, "institution")?;
        let sent = format!(
            "The customer signs in at {institution:?} inside QuickBooks and chooses both accounts from {start} on"
        );
        self.told(
            &sent,
            &format!("test transactions arrive: {}", imported(items(&linked, "chosen"))),
        )?;
        let connection = self.remote.get(self.key, &place.path(&[])).await?;
        self.told(
            "GET …/connections/{id}",
            &format!("connection {}", need_text(&connection, "status")?),
        )?;
        Ok(())
    }

    /// Pushes to both accounts, waits for the end of both, and tells what was skipped.
    async fn push(&mut self, place: &Place, lines: &[Vec<DemoLine>; 2]) -> anyhow::Result<()> {
        let mut pushes = Vec::new();
        for (account, lines) in ACCOUNTS.iter().zip(lines) {
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
        let ended = ended_pushes(&self.remote, self.key, &place.company, &pushes).await?;
        for (operation, push) in ended.iter().zip(&pushes) {
            let status = need_text(operation, "status")?;
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

    async fn poll(&mut self) -> anyhow::Result<()> {
        let polled = self.remote.quickbooks(Method::POST, "poll", Value::Null).await?;
        for poll in items(&polled, "polls") {
            if let Some(error) = poll["error"].as_str() {
                bail!("QuickBooks could not fetch: {error}");
            }
        }
        self.told("QuickBooks fetches both accounts by OFX", &imported(items(&polled, "polls")))?;
        Ok(())
    }

    async fn books(&self) -> anyhow::Result<Value> {
        self.remote.quickbooks(Method::GET, "books", Value::Null).await
    }

    fn compare(
        &mut self,
        before: &Value,
        after: &Value,
        sent: &[Vec<DemoLine>; 2],
    ) -> anyhow::Result<()> {
        let mut found = Vec::new();
        output::line("")?;
        for (account, sent) in ACCOUNTS.iter().zip(sent) {
            let stood = items(find_account(before, account.id)?, "lines").iter();
            let stood: Vec<_> =
                stood.filter_map(|line| line["fitId"].as_str()).map(str::to_owned).collect();
            let books = find_account(after, account.id)?;
            output::line(shown_account(books))?;
            let of_account = findings(books, &stood, sent);
            found
                .extend(of_account.into_iter().map(|finding| format!("{}: {finding}", account.id)));
        }
        let lines: usize = sent.iter().map(Vec::len).sum();
        if !found.is_empty() {
            bail!("the books differ from what was sent: {}", found.join("; "));
        }
        self.told(
            &format!("{lines} lines were sent, some of them twice"),
            "each stands in the books once, with its sign; both balances agree",
        )?;
        Ok(())
    }

    fn told(&mut self, sent: &str, came: &str) -> anyhow::Result<()> {
        self.step += 1;
        output::line(format_args!("{:>3}  {sent}\n     → {came}", self.step))?;
        Ok(())
    }
}

impl Place {
    fn path<'a>(&'a self, rest: &[&'a str]) -> Vec<&'a str> {
        [&["companies", &self.company, "connections", &self.connection], rest].concat()
    }
}

fn part(lines: &[DemoLine], from: usize, to: usize) -> Vec<DemoLine> {
    lines.iter().take(to).skip(from).cloned().collect()
}

fn imported(polls: &[Value]) -> String {
    let one = |poll: &Value| {
        let account = poll["accountId"].as_str().unwrap_or("-");
        format!("{account} {} new, {} seen again", poll["imported"], poll["seenAgain"])
    };
    let polls: Vec<_> = polls.iter().map(one).collect();
    polls.join("; ")
}

fn find_account<'a>(books: &'a Value, id: &str) -> anyhow::Result<&'a Value> {
    let customers = items(books, "customers").iter();
    let mut accounts = customers.flat_map(|customer| items(customer, "accounts"));
    let found = accounts.find(|account| account["accountId"] == id);
    found.ok_or_else(|| anyhow!("the books have no account {id:?}"))
}
