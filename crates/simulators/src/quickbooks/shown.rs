//! The books as scripts and people see them: the JSON that mod.rs promises.

use super::books::{Account, Books, Customer, Line};
use super::{AccountKind, PollOutcome};
use serde::Serialize;

/// All customers' books.
#[derive(Clone, Debug, Serialize)]
pub struct ShownBooks {
    customers: Vec<ShownCustomer>,
    polls: Vec<PollOutcome>,
}

#[derive(Clone, Debug, Serialize)]
struct ShownCustomer {
    connection: String,
    accounts: Vec<ShownAccount>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownAccount {
    account_id: String,
    number: String,
    name: String,
    kind: AccountKind,
    books_type: super::books::BooksType,
    connected: bool,
    attention: Option<String>,
    start_date: String,
    balance: Option<String>,
    imported: u64,
    seen_again: u64,
    changed_under_same_fitid: u64,
    lines: Vec<Line>,
}

impl ShownBooks {
    /// `books`, without credentials.
    pub(super) fn of(books: &Books) -> Self {
        let customer = |(connection, customer): (&String, &Customer)| ShownCustomer {
            connection: connection.clone(),
            accounts: customer.accounts.iter().map(ShownAccount::of).collect(),
        };
        Self {
            customers: books.customers.iter().map(customer).collect(),
            polls: books.polls.clone(),
        }
    }
}

impl ShownAccount {
    fn of(account: &Account) -> Self {
        let offer = &account.offer;
        Self {
            account_id: account.source_id.clone(),
            number: offer.number.clone(),
            name: offer.name.clone(),
            kind: offer.kind,
            books_type: account.books_type,
            connected: account.connected,
            attention: account.attention.map(|attention| attention.to_string()),
            start_date: account.start.into(),
            balance: account.balance.clone(),
            imported: account.imported,
            seen_again: account.seen_again,
            changed_under_same_fitid: account.changed_under_same_fitid,
            lines: account.lines.clone(),
        }
    }
}
