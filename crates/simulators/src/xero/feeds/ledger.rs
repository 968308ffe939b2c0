//! The books as a user would see them: what stands in each bank account, in order, with sign and balance.

use super::statement::{Content, Stage, Statement};
use crate::xero::ids::Id;
use crate::xero::organisation::{Account, BankSide, Organisation};
use crate::xero::world::World;
use rust_decimal::Decimal;
use serde::Serialize;
use std::collections::BTreeSet;

/// All bank accounts of all organisations.
#[derive(Debug, Serialize)]
pub(crate) struct Ledger {
    accounts: Vec<Books>,
}

/// What stands in one account.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Books {
    organisation: String,
    tenant_id: Id,
    account_id: Id,
    name: String,
    number: String,
    currency: String,
    #[serde(rename = "type")]
    kind: &'static str,
    /// None before the first statement.
    balance: Option<String>,
    /// Whether every statement began with the balance at which the one before it ended.
    is_continuous: bool,
    /// Lines whose transaction id stood there before: must stay 0, whatever happens.
    repeated: usize,
    lines: Vec<Entry>,
    statements: Vec<Delivered>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    date: String,
    /// Signed; with the digits that came.
    amount: String,
    /// After this line.
    balance: String,
    transaction_id: Option<String>,
    description: Option<String>,
    payee_name: Option<String>,
    reference: Option<String>,
    cheque_number: Option<String>,
    transaction_type: Option<String>,
    statement_id: Id,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Delivered {
    id: Id,
    feed_connection_id: Id,
    start_date: String,
    end_date: String,
    start_balance: String,
    end_balance: String,
    lines: usize,
}

/// The books as they stand.
pub(crate) fn ledger(world: &World) -> Ledger {
    let accounts = world.organisations.iter().flat_map(|organisation| {
        let accounts = organisation.accounts.iter();
        accounts.filter_map(|account| {
            let bank = account.bank.as_ref()?;
            Some(Books::of(organisation, (account, bank), &delivered_to(world, account.id)))
        })
    });
    Ledger { accounts: accounts.collect() }
}

fn delivered_to(world: &World, account: Id) -> Vec<&Statement> {
    let number_of = |statement: &Statement| match statement.stage {
        Stage::Delivered { account: of, number } if of == account => Some(number),
        Stage::Delivered { .. } | Stage::Pending { .. } | Stage::Rejected(_) => None,
    };
    let mut delivered: Vec<_> =
        world.statements.iter().filter(|statement| number_of(statement).is_some()).collect();
    delivered.sort_by_key(|statement| number_of(statement));
    delivered
}

impl Books {
    fn of(
        organisation: &Organisation,
        (account, bank): (&Account, &BankSide),
        delivered: &[&Statement],
    ) -> Self {
        let lines: Vec<_> = delivered.iter().flat_map(|statement| entries(statement)).collect();
        let pairs = delivered.iter().zip(delivered.iter().skip(1));
        let mut seen = BTreeSet::new();
        let known = lines.iter().filter_map(|line| line.transaction_id.as_ref());
        let repeated = known.filter(|id| !seen.insert(*id)).count();
        let last = delivered.last().map(|last| last.content.end_balance);
        Self {
            organisation: organisation.name.clone(),
            tenant_id: organisation.id,
            account_id: account.id,
            name: account.name.clone(),
            number: bank.number.clone(),
            currency: bank.currency.clone(),
            kind: bank.kind.name(),
            balance: last.map(|balance| balance.to_string()),
            is_continuous: pairs
                .into_iter()
                .all(|(one, next)| one.content.end_balance == next.content.start_balance),
            repeated,
            lines,
            statements: delivered.iter().map(|one| Delivered::of(one.id, &one.content)).collect(),
        }
    }
}

fn entries(statement: &Statement) -> Vec<Entry> {
    let mut balance = statement.content.start_balance;
    let entry = |line: &super::statement::Line| {
        balance = balance.checked_add(line.amount).unwrap_or(Decimal::MAX);
        Entry {
            date: line.posted.to_string(),
            amount: line.amount.to_string(),
            balance: balance.to_string(),
            transaction_id: line.transaction_id.clone(),
            description: line.description.clone(),
            payee_name: line.payee.clone(),
            reference: line.reference.clone(),
            cheque_number: line.cheque.clone(),
            transaction_type: line.kind.clone(),
            statement_id: statement.id,
        }
    };
    statement.content.lines.iter().map(entry).collect()
}

impl Delivered {
    fn of(id: Id, content: &Content) -> Self {
        Self {
            id,
            feed_connection_id: content.feed,
            start_date: content.start.to_string(),
            end_date: content.end.to_string(),
            start_balance: content.start_balance.to_string(),
            end_balance: content.end_balance.to_string(),
            lines: content.lines.len(),
        }
    }
}
