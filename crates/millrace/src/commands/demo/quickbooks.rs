//! The story: a bank's customer links QuickBooks, the bank pushes, QuickBooks fetches, and the books are compared with
//! what was sent.

use super::super::simulate::shown_account;
use super::check::findings;
use super::lines::{
    CARD, CHECKING, DemoAccount, DemoLine, FIRST_PUSH_LINES, OLDEST_DAYS, OVERLAP_LINES,
};
use super::teller::{Place, Teller, part};
use crate::commands::remote::{items, need_text};
use crate::output;
use anyhow::{anyhow, bail};
use domain::clock::days_before;
use domain::platform::QUICKBOOKS;
use reqwest::Method;
use serde_json::{Map, Value, json};

const ACCOUNTS: [DemoAccount; 2] = [CHECKING, CARD];

/// Tells it.
pub(super) struct Story<'a>(pub(super) Teller<'a>);

impl Story<'_> {
    /// Tells it all. An error means that it did not end well.
    pub(super) async fn tell(mut self) -> anyhow::Result<()> {
        let place = self.0.set_up(QUICKBOOKS.key, &ACCOUNTS, "USD").await?;
        self.link(&place).await?;
        let before = self.books().await?;
        let all = ACCOUNTS.map(|account| account.lines(self.0.today));
        let parts = |from: usize, to: usize| -> Vec<(&DemoAccount, Vec<DemoLine>)> {
            ACCOUNTS
                .iter()
                .zip(&all)
                .map(|(account, lines)| (account, part(lines, from, to)))
                .collect()
        };
        self.0.deliver(&place, &parts(0, FIRST_PUSH_LINES)).await?;
        self.poll().await?;
        self.0.deliver(&place, &parts(FIRST_PUSH_LINES - OVERLAP_LINES, usize::MAX)).await?;
        self.poll().await?;
        let after = self.books().await?;
        self.compare(&before, &after, &all)
    }

    async fn link(&mut self, place: &Place) -> anyhow::Result<()> {
        let path = place.path(&["connectionInfo", "bankFeedAccounts", "credentials"]);
        let credentials = self.0.remote.post(self.0.key, &path, "{}").await?;
        let username = need_text(&credentials, "username")?;
        self.0.told(
            "POST …/credentials",
            &format!("user name {username} and a password, told this once"),
        )?;
        let path = [&["ext", "v1"], place.path(&["accounts"]).as_slice()].concat();
        let mut ids = Map::new();
        for account in self.0.remote.list(self.0.key, &path).await? {
            let number = need_text(&account, "publicNumber")?.to_owned();
            ids.insert(number, Value::from(need_text(&account, "id")?));
        }
        let start = days_before(self.0.today, OLDEST_DAYS);
        let body = json!({
            "connection": place.connection,
            "username": username,
            "password": need_text(&credentials, "password")?,
            "accounts": "all",
            "start": start.to_string(),
            "sourceAccountIds": ids,
        });
        let linked = self.0.remote.quickbooks(Method::POST, "link", body).await?;
        let institution = need_text(&linked, "institution")?;
        let sent = format!(
            "The customer signs in at {institution:?} inside QuickBooks and chooses both accounts from {start} on"
        );
        self.0.told(
            &sent,
            &format!("test transactions arrive: {}", imported(items(&linked, "chosen"))),
        )?;
        let connection = self.0.remote.get(self.0.key, &place.path(&[])).await?;
        self.0.told(
            "GET …/connections/{id}",
            &format!("connection {}", need_text(&connection, "status")?),
        )?;
        Ok(())
    }

    async fn poll(&mut self) -> anyhow::Result<()> {
        let polled = self.0.remote.quickbooks(Method::POST, "poll", Value::Null).await?;
        for poll in items(&polled, "polls") {
            if let Some(error) = poll["error"].as_str() {
                bail!("QuickBooks could not fetch: {error}");
            }
        }
        self.0
            .told("QuickBooks fetches both accounts by OFX", &imported(items(&polled, "polls")))?;
        Ok(())
    }

    async fn books(&self) -> anyhow::Result<Value> {
        self.0.remote.quickbooks(Method::GET, "books", Value::Null).await
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
        self.0.told(
            &format!("{lines} lines were sent, some of them twice"),
            "each stands in the books once, with its sign; both balances agree",
        )?;
        Ok(())
    }
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
