//! `millrace simulate books`: the simulated books, for people or for programs.

use super::table::{Side, table};
use crate::cli::ServerArgs;
use crate::commands::remote::{Remote, items};
use crate::output;
use reqwest::Method;
use serde_json::{Value, json};

/// How books are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Table,
    Json,
}

/// Prints the books.
pub(super) async fn run(server: &ServerArgs, form: Form) -> anyhow::Result<()> {
    let remote = Remote::at(&server.server)?;
    let books = remote.quickbooks(Method::GET, "books", Value::Null).await?;
    // A server that talks with the real Xero simulates none.
    let ledger = remote.xero(Method::GET, "ledger", Value::Null).await.unwrap_or_default();
    let customers = books.get("customers").cloned().unwrap_or_default();
    let books = json!({"customers": customers, "xero": ledger});
    match form {
        Form::Json => output::line(format_args!("{books:#}"))?,
        Form::Table => output::line(shown(&books).trim_end())?,
    }
    Ok(())
}

fn shown(books: &Value) -> String {
    let customers = items(books, "customers");
    let fed = items(&books["xero"], "accounts").iter();
    let fed: Vec<_> = fed.filter(|account| !items(account, "statements").is_empty()).collect();
    if customers.is_empty() && fed.is_empty() {
        return "Nothing stands in any books yet: `millrace simulate link` links QuickBooks or Xero.\n"
            .to_owned();
    }
    let mut text = String::new();
    for account in fed {
        text.push_str(&shown_xero_account(account));
        text.push('\n');
    }
    for customer in customers {
        text.push_str("Connection ");
        text.push_str(&word(&customer["connection"]));
        text.push('\n');
        let accounts = items(customer, "accounts");
        if accounts.is_empty() {
            text.push_str("  no account chosen\n");
        }
        for account in accounts {
            text.push('\n');
            text.push_str(&shown_account(account));
        }
    }
    text
}

/// One account's books: what it is, its counters, its lines.
pub(in crate::commands) fn shown_account(account: &Value) -> String {
    let mut text = format!(
        "{} — {} {} ({}), from {}, balance {}\n  {} imported, {} seen again, {} changed under the same FITID\n",
        word(&account["accountId"]),
        word(&account["name"]),
        word(&account["number"]),
        word(&account["kind"]),
        word(&account["startDate"]),
        word(&account["balance"]),
        account["imported"],
        account["seenAgain"],
        account["changedUnderSameFitid"],
    );
    if let Some(attention) = account["attention"].as_str() {
        text.push_str("  needs attention: ");
        text.push_str(attention);
        text.push_str("; `millrace simulate link` links it anew\n");
    }
    let lines = items(account, "lines").iter();
    let row =
        |line: &Value| ["date", "amount", "name", "type", "fitId"].map(|field| word(&line[field]));
    let rows: Vec<_> = lines.map(row).collect();
    if !rows.is_empty() {
        let heading = [
            ("date", Side::Left),
            ("amount", Side::Right),
            ("name", Side::Left),
            ("type", Side::Left),
            ("FITID", Side::Left),
        ];
        text.push_str(&table(heading, &rows));
    }
    text
}

/// One account of Xero's: whose it is, its balance, its lines.
pub(in crate::commands) fn shown_xero_account(account: &Value) -> String {
    let statements = items(account, "statements");
    let mut text = format!(
        "{} — {} {} ({} {}), balance {}\n  {} statements{}, {} lines repeated\n",
        word(&account["organisation"]),
        word(&account["name"]),
        word(&account["number"]),
        word(&account["type"]),
        word(&account["currency"]),
        word(&account["balance"]),
        statements.len(),
        if account["isContinuous"] == true { "" } else { " with a gap between two" },
        account["repeated"],
    );
    let row = |line: &Value| {
        ["date", "amount", "balance", "description", "transactionId"]
            .map(|field| word(&line[field]))
    };
    let rows: Vec<_> = items(account, "lines").iter().map(row).collect();
    let heading = [
        ("date", Side::Left),
        ("amount", Side::Right),
        ("balance", Side::Right),
        ("description", Side::Left),
        ("id", Side::Left),
    ];
    text.push_str(&table(heading, &rows));
    text
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or("-").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_shows_its_counters_and_lines() {
        let account = json!({"accountId": "acc-1", "name": "Current", "number": "MR-1", "kind": "bank",
            "startDate": "2024-02-22", "balance": "57.50", "imported": 1, "seenAgain": 2, "changedUnderSameFitid": 0,
            "lines": [{"fitId": "t-1", "date": "2024-02-29", "amount": "-42.50", "name": "Coffee", "memo": "", "type": "DEBIT"}]});
        assert_eq!(
            shown_account(&account),
            "acc-1 — Current MR-1 (bank), from 2024-02-22, balance 57.50\n  1 imported, 2 seen again, 0 changed under the same FITID\n  \
             date        amount  name    type   FITID\n  2024-02-29  -42.50  Coffee  DEBIT  t-1\n"
        );
    }

    #[test]
    fn a_dead_link_says_why_and_what_helps() {
        let account =
            json!({"attention": "gone: the bank answered OFX status 2003 (account not found)"});
        let shown = shown_account(&account);
        assert!(
            shown.contains("needs attention: gone: the bank") && shown.contains("simulate link")
        );
        assert!(!shown_account(&json!({"attention": null})).contains("attention"));
    }

    #[test]
    fn empty_books_say_how_to_fill_them() {
        assert!(shown(&json!({"customers": []})).contains("millrace simulate link"));
        let account = json!({"organisation": "Demo Company", "name": "Current", "number": "12",
            "type": "BANK", "currency": "GBP", "balance": "57.50", "isContinuous": true,
            "repeated": 0, "statements": [{}], "lines": [{"date": "2024-02-29", "amount": "-42.50",
            "balance": "57.50", "description": "Coffee", "transactionId": "t-1"}]});
        let fed = shown(&json!({"customers": [], "xero": {"accounts": [account]}}));
        assert!(fed.starts_with("Demo Company — Current 12 (BANK GBP), balance 57.50\n"));
        assert!(fed.contains("2024-02-29  -42.50    57.50  Coffee"), "{fed}");
        let customer = json!({"connection": "c-1", "accounts": []});
        assert!(shown(&json!({"customers": [customer]})).contains("no account chosen"));
    }
}
