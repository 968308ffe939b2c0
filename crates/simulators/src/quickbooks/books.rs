//! What the simulator keeps: customers, their accounts, and the lines in their books. Importing is import.rs.

use super::attention::Attention;
use super::simulator::PollOutcome;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which of OFX's two kinds of statement an account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AccountKind {
    /// A bank account.
    Bank,
    /// A credit card.
    Card,
}

/// An account as the bank offered it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// `ACCTID`.
    pub number: String,
    /// `DESC`, or the number without one.
    pub name: String,
    /// Which kind of statement it has.
    pub kind: AccountKind,
    /// `BANKID`; empty for cards.
    pub bank_id: String,
    /// `ACCTTYPE`; empty for cards.
    pub account_type: String,
}

/// Everything that is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Books {
    /// How many requests were made: it numbers them.
    pub(super) requests: u64,
    /// By connection.
    pub(super) customers: BTreeMap<String, Customer>,
    /// The latest polls, the oldest first.
    pub(super) polls: Vec<PollOutcome>,
}

/// Enough to see what happened, not enough to fill a disk.
const POLLS_KEPT_MAX: usize = 1_000;

/// One customer of the bank.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Customer {
    pub(super) username: String,
    pub(super) password: String,
    pub(super) offered: Vec<Offer>,
    pub(super) accounts: Vec<Account>,
}

impl std::fmt::Debug for Customer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The password stays out of logs, even a simulated customer's.
        f.debug_struct("Customer").field("accounts", &self.accounts).finish_non_exhaustive()
    }
}

/// An account that the customer chose.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    pub(super) offer: Offer,
    /// The bank's own id of it.
    pub(super) source_id: String,
    /// What the customer made of it in the books.
    pub(super) books_type: BooksType,
    /// Where the feed begins, as the bank's first answer stated it.
    pub(super) start: Day,
    /// The end of the last good answer: the next one begins a little before it.
    pub(super) last_end: Option<Day>,
    pub(super) connected: bool,
    /// Why it is not asked for although it is connected. Files from before this was kept have none.
    #[serde(default)]
    pub(super) attention: Option<Attention>,
    pub(super) balance: Option<String>,
    pub(super) imported: u64,
    pub(super) seen_again: u64,
    pub(super) changed_under_same_fitid: u64,
    pub(super) lines: Vec<Line>,
}

/// A QuickBooks account's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum BooksType {
    Bank,
    CreditCard,
}

/// A line in the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line {
    pub(super) fit_id: String,
    pub(super) date: Day,
    /// The digits that came.
    pub(super) amount: String,
    pub(super) name: String,
    pub(super) memo: String,
    #[serde(rename = "type")]
    pub(super) trntype: String,
}

/// A date that is written as `2024-02-29`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(super) struct Day(pub(super) Date);

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.0.to_string()
    }
}

impl TryFrom<String> for Day {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, jiff::Error> {
        text.parse().map(Self)
    }
}

impl Books {
    /// A number that no request had before, for `TRNUID`.
    pub(super) fn next_request(&mut self) -> String {
        self.requests = self.requests.saturating_add(1);
        format!("SIM-{:08}", self.requests)
    }

    /// Keeps what a poll came to.
    pub(super) fn record(&mut self, outcome: PollOutcome) {
        self.polls.push(outcome);
        let surplus = self.polls.len().saturating_sub(POLLS_KEPT_MAX);
        self.polls.drain(..surplus);
    }

    /// An account by connection and number.
    pub(super) fn account(&mut self, connection: &str, number: &str) -> Option<&mut Account> {
        let accounts = &mut self.customers.get_mut(connection)?.accounts;
        accounts.iter_mut().find(|account| account.offer.number == number)
    }
}

impl Account {
    /// An account that was just chosen, with empty books.
    pub(super) fn chosen(offer: Offer, source_id: String, start: Date) -> Self {
        let books_type = match offer.kind {
            AccountKind::Bank => BooksType::Bank,
            AccountKind::Card => BooksType::CreditCard,
        };
        Self {
            offer,
            source_id,
            books_type,
            start: Day(start),
            last_end: None,
            connected: true,
            attention: None,
            balance: None,
            imported: 0,
            seen_again: 0,
            changed_under_same_fitid: 0,
            lines: Vec::new(),
        }
    }
}
