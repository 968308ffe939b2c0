//! What the books of all accounts say, read once for everything that must be true of them.

use super::setting::Account;
use super::story::Story;
use super::{quickbooks, xero};
use domain::delivery::SentStatement;
use domain::link::MappingStage;
use domain::money::Amount;
use domain::page::{ListRequest, PageRequest};
use domain::platform::Delivery;
use domain::push::PushOperation;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Far more than a world has.
const PUSHES_MAX: u32 = 1_000;

/// A line as the books have it.
#[derive(Debug)]
pub(crate) struct Booked {
    pub(crate) id: String,
    pub(crate) date: String,
    pub(crate) amount: Amount,
    /// Of a line in Xero.
    pub(crate) balance: Option<Amount>,
}

/// An account in the books.
#[derive(Debug)]
struct Page {
    lines: Vec<Booked>,
    /// Of an account in QuickBooks.
    balance: Option<Amount>,
}

/// The books.
#[derive(Debug)]
pub(crate) struct Books {
    /// By the numbers of their accounts.
    pages: BTreeMap<String, Page>,
    /// What is in the books of Xero.
    delivered: Vec<Delivered>,
}

/// A statement in the books of Xero.
#[derive(Debug)]
struct Delivered {
    id: String,
    feed: String,
    opening: Amount,
    closing: Amount,
}

impl Books {
    pub(crate) async fn read(tale: &Story) -> Self {
        let fetched = quickbooks::books(&tale.quickbooks).await;
        let sent = xero::ledger(&tale.world.ground.outside).await;
        let mut pages = BTreeMap::new();
        for account in &tale.setting.accounts {
            let page = match account.platform.delivery {
                Delivery::Pulled => {
                    let connection = account.path.connection.connection.to_string();
                    fetched_page(&fetched[&(connection, account.number.clone())])
                }
                // It may have led elsewhere before.
                Delivery::Sent if account.parted.ever() => {
                    fed_page(&feeds(tale, account).await, sent.values())
                }
                // What was never linked has no books.
                Delivery::Sent => match target(tale, account).await {
                    Some(target) => sent_page(&sent[&target]),
                    None => Page { lines: Vec::new(), balance: None },
                },
            };
            pages.insert(account.number.clone(), page);
        }
        Self { pages, delivered: sent.values().flat_map(statements).collect() }
    }

    pub(crate) fn lines(&self, account: &Account) -> &[Booked] {
        &self.pages[&account.number].lines
    }

    /// Whether a statement that we sent is there.
    pub(crate) fn have(&self, sent: &SentStatement) -> bool {
        let SentStatement { feed, opening, closing, .. } = sent;
        let is_it =
            |one: &Delivered| (&one.feed, &one.opening, &one.closing) == (feed, opening, closing);
        self.delivered.iter().any(is_it)
    }

    pub(crate) fn balance(&self, account: &Account) -> Option<Amount> {
        self.pages[&account.number].balance
    }
}

/// Where an account leads in Xero.
async fn target(tale: &Story, account: &Account) -> Option<String> {
    let store = tale.world.alive()[0].store.clone();
    let link = store.find_link(&account.path.connection).await.unwrap()?;
    match &link.mapping(&account.path.account)?.stage {
        MappingStage::Connected { target } => Some(target.clone()),
        MappingStage::Connecting { .. } | MappingStage::Failed { .. } => None,
    }
}

/// The feeds that an account ever had and that anything was sent to.
async fn feeds(tale: &Story, account: &Account) -> BTreeSet<String> {
    let store = tale.world.alive()[0].store.clone();
    let mut feeds = BTreeSet::new();
    for push in pushes_of(tale, account).await {
        let sent = store.list_statements(account.path.connection.client, push.key).await.unwrap();
        feeds.extend(sent.into_iter().map(|statement| statement.feed));
    }
    feeds
}

/// All pushes of an account, known to its bank or not.
pub(crate) async fn pushes_of(tale: &Story, account: &Account) -> Vec<PushOperation> {
    let store = tale.world.alive()[0].store.clone();
    let (at, page) = (account.path.connection, PageRequest::new(1, PUSHES_MAX).unwrap());
    let request = ListRequest { page, ..ListRequest::default() };
    let pushes = store.list_pushes(at.client, at.company, &request).await.unwrap().unwrap();
    assert!(pushes.total <= u64::from(PUSHES_MAX));
    pushes.items.into_iter().filter(|push| push.account == account.path.account).collect()
}

fn fetched_page(shown: &Value) -> Page {
    assert_eq!(shown["changedUnderSameFitid"], 0, "{shown}");
    Page { lines: lines(shown, "fitId"), balance: number(&shown["balance"]) }
}

fn sent_page(shown: &Value) -> Page {
    assert!(shown["repeated"] == 0 && shown["isContinuous"] == true, "{shown}");
    Page { lines: lines(shown, "transactionId"), balance: None }
}

/// Everything that came by the feeds of an account, to wherever they led.
fn fed_page<'a>(feeds: &BTreeSet<String>, sent: impl Iterator<Item = &'a Value>) -> Page {
    let mut page = Page { lines: Vec::new(), balance: None };
    for shown in sent {
        let own = statements(shown).filter(|one| feeds.contains(one.feed.as_str()));
        let own: BTreeSet<_> = own.map(|one| one.id).collect();
        let all = lines(shown, "transactionId").into_iter();
        let of = items(shown, "lines").map(|line| &line["statementId"]);
        let own = all.zip(of).filter(|(_, of)| own.contains(of.as_str().unwrap()));
        page.lines.extend(own.map(|(line, _)| line));
    }
    page
}

fn items<'v>(shown: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    shown[name].as_array().into_iter().flatten()
}

fn statements(shown: &Value) -> impl Iterator<Item = Delivered> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    items(shown, "statements").map(move |one| Delivered {
        id: text(&one["id"]),
        feed: text(&one["feedConnectionId"]),
        opening: number(&one["startBalance"]).unwrap(),
        closing: number(&one["endBalance"]).unwrap(),
    })
}

fn lines(shown: &Value, id: &str) -> Vec<Booked> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let booked = |line: &Value| Booked {
        id: text(&line[id]),
        date: text(&line["date"]),
        amount: number(&line["amount"]).unwrap(),
        balance: number(&line["balance"]),
    };
    shown["lines"].as_array().into_iter().flatten().map(booked).collect()
}

fn number(value: &Value) -> Option<Amount> {
    value.as_str().map(|text| Amount::parse(text).unwrap())
}
