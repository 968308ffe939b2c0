//! A customer whose account is linked, and the lines that a bank pushes to it.

use super::{Caller, OfxCaller};
use jiff::civil::Date;
use serde_json::{Value, json};

/// One company with one connection and one connected account.
pub(crate) struct Books {
    pub(crate) caller: Caller,
    pub(crate) company: String,
    pub(crate) connection: String,
    pub(crate) account: String,
    pub(crate) ofx: OfxCaller,
    /// The account's number for OFX clients.
    pub(crate) number: String,
}

/// Makes a company, a connection and an account, and links them from `start` on.
pub(crate) async fn a_linked_account(caller: &Caller, start: Date) -> Books {
    let account = json!({"id": "acc-1", "accountName": "Current", "accountType": "Debit", "currency": "USD", "balance": 100.5});
    link_account(caller, account, start).await
}

/// The same with an account of one's own.
pub(crate) async fn link_account(caller: &Caller, account: Value, start: Date) -> Books {
    let company = caller.post("/companies", json!({"name": "Elaborate Events, Inc"})).await;
    let company = text(&company.expect(200).json()["id"]);
    let connections = format!("/companies/{company}/connections");
    let connection = caller.post(&connections, json!({"platformKey": "hcws"})).await;
    let connection = text(&connection.expect(200).json()["id"]);
    let accounts = format!("{connections}/{connection}/connectionInfo/bankFeedAccounts");
    let id = text(&account["id"]);
    caller.post(&accounts, account).await.expect(200);
    let credentials = caller.post(&format!("{accounts}/credentials"), "\"{}\"").await;
    let credentials = credentials.expect(200).json();
    let ofx =
        OfxCaller::new(caller, &text(&credentials["username"]), &text(&credentials["password"]));
    let number = ofx.numbers().await.remove(0);
    let window = format!("<DTSTART>{}", start.strftime("%Y%m%d"));
    ofx.statement(&number, &window).await;
    let caller = caller.clone();
    Books { caller, company, connection, account: id, ofx, number }
}

impl Books {
    /// The path of the connection.
    pub(crate) fn path(&self) -> String {
        format!("/companies/{}/connections/{}", self.company, self.connection)
    }

    /// The path to push to.
    pub(crate) fn push_path(&self) -> String {
        format!("{}/push/bankAccounts/{}/bankTransactions", self.path(), self.account)
    }

    /// The path of the lines kept.
    pub(crate) fn lines_path(&self) -> String {
        format!("{}/data/bankAccounts/{}/bankTransactions", self.path(), self.account)
    }

    /// Pushes lines and answers the operation as it was answered.
    pub(crate) async fn push(&self, lines: &[Value]) -> Value {
        let body = json!({"accountId": self.account, "transactions": lines});
        self.caller.post(&self.push_path(), body).await.expect(200).json()
    }

    /// Pushes lines, waits for the end, and answers the operation as it is then.
    pub(crate) async fn push_to_end(&self, lines: &[Value]) -> Value {
        let operation = self.push(lines).await;
        self.caller.ended_push(&self.company, &text(&operation["pushOperationKey"])).await
    }
}

/// A line with everything that QuickBooks wants.
pub(crate) fn a_line(id: &str, date: Date, amount: f64) -> Value {
    json!({"id": id, "date": date.to_string(), "amount": amount, "balance": 1000.25, "description": format!("line {id}")})
}

/// The text in a JSON value.
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
