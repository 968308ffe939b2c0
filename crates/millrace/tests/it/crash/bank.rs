//! What the bank knows: its customers' accounts, their lines, and which pushes were acknowledged.

use crate::harness::{a_line, today};
use jiff::civil::Date;
use serde_json::Value;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Mutex;

/// Amounts repeat after so many lines.
const AMOUNTS: u32 = 997;

/// Whose books an account leads into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    QuickBooks,
    Xero,
}

/// The bank's side.
pub(super) struct Bank {
    pub(super) accounts: Vec<Account>,
    /// Every push that was answered with 200, in the order of the answers.
    acknowledged: Mutex<Vec<Acknowledged>>,
    /// Of all lines: a world is shorter than a day, and may see midnight.
    day: Date,
}

/// An account.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) side: Side,
    pub(super) company: String,
    pub(super) connection: String,
    /// Also its name, in no other account of any customer.
    pub(super) id: String,
    /// The numbers of the lines that were acknowledged.
    kept: Mutex<BTreeSet<u32>>,
}

/// A push that was acknowledged.
#[derive(Clone, Debug)]
pub(super) struct Acknowledged {
    pub(super) account: usize,
    /// The operation's.
    pub(super) key: String,
    pub(super) lines: Range<u32>,
}

impl Account {
    pub(super) fn new(side: Side, company: &str, connection: &str, id: String) -> Self {
        let (company, connection) = (company.to_owned(), connection.to_owned());
        Self { side, company, connection, id, kept: Mutex::default() }
    }

    /// A path below the connection's.
    pub(super) fn at(&self, rest: &str) -> String {
        let Self { company, connection, .. } = self;
        format!("/companies/{company}/connections/{connection}/{rest}")
    }

    pub(super) fn push_path(&self) -> String {
        self.at(&format!("push/bankAccounts/{}/bankTransactions", self.id))
    }

    pub(super) fn lines_path(&self) -> String {
        self.at(&format!("data/bankAccounts/{}/bankTransactions", self.id))
    }

    /// The id of a line by its number.
    pub(super) fn line_id(&self, number: u32) -> String {
        format!("{}-{number:06}", self.id)
    }

    /// What a line is about, in quarters so that no digit is lost.
    pub(super) fn amount(number: u32) -> f64 {
        let size = f64::from(number % AMOUNTS) + 0.25;
        if number.is_multiple_of(3) { size } else { -size }
    }

    /// How many lines were acknowledged so far.
    pub(super) fn kept(&self) -> usize {
        self.kept.lock().unwrap().len()
    }

    /// The ids of the lines that were acknowledged.
    pub(super) fn kept_ids(&self) -> BTreeSet<String> {
        self.kept.lock().unwrap().iter().map(|number| self.line_id(*number)).collect()
    }
}

impl Bank {
    pub(super) fn new(accounts: Vec<Account>) -> Self {
        Self { accounts, acknowledged: Mutex::default(), day: today() }
    }

    /// A line as it is pushed.
    pub(super) fn line(&self, account: usize, number: u32) -> Value {
        a_line(&self.accounts[account].line_id(number), self.day, Account::amount(number))
    }

    /// A push was answered.
    pub(super) fn acknowledge(&self, push: Acknowledged) {
        let mut kept = self.accounts[push.account].kept.lock().unwrap();
        kept.extend(push.lines.clone());
        drop(kept);
        self.acknowledged.lock().unwrap().push(push);
    }

    /// All that were acknowledged so far.
    pub(super) fn acknowledged(&self) -> Vec<Acknowledged> {
        self.acknowledged.lock().unwrap().clone()
    }

    /// The latest that were acknowledged, and how many there are in all.
    pub(super) fn latest(&self, count: usize) -> Vec<Acknowledged> {
        let all = self.acknowledged.lock().unwrap();
        all[all.len().saturating_sub(count)..].to_vec()
    }

    /// One that was acknowledged earlier, by any number.
    pub(super) fn any(&self, number: u64) -> Option<Acknowledged> {
        let all = self.acknowledged.lock().unwrap();
        let place = number.checked_rem(u64::try_from(all.len()).unwrap())?;
        all.get(usize::try_from(place).unwrap()).cloned()
    }
}
