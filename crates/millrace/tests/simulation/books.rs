//! What the books of all accounts say, read once for everything that must be true of them.

use super::setting::Account;
use super::story::Story;
use super::{quickbooks, xero};
use domain::link::MappingStage;
use domain::money::Amount;
use domain::platform::Delivery;
use serde_json::Value;
use std::collections::BTreeMap;

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

/// The pages by the numbers of their accounts.
#[derive(Debug)]
pub(crate) struct Books(BTreeMap<String, Page>);

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
                // What was never linked has no books.
                Delivery::Sent => match target(tale, account).await {
                    Some(target) => sent_page(&sent[&target]),
                    None => Page { lines: Vec::new(), balance: None },
                },
            };
            pages.insert(account.number.clone(), page);
        }
        Self(pages)
    }

    pub(crate) fn lines(&self, account: &Account) -> &[Booked] {
        &self.0[&account.number].lines
    }

    pub(crate) fn balance(&self, account: &Account) -> Option<Amount> {
        self.0[&account.number].balance
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

fn fetched_page(shown: &Value) -> Page {
    assert_eq!(shown["changedUnderSameFitid"], 0, "{shown}");
    Page { lines: lines(shown, "fitId"), balance: number(&shown["balance"]) }
}

fn sent_page(shown: &Value) -> Page {
    assert!(shown["repeated"] == 0 && shown["isContinuous"] == true, "{shown}");
    Page { lines: lines(shown, "transactionId"), balance: None }
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
