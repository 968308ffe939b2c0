//! ofxclient, and ledger-autosync on top of it: over TLS only, with Debian's Python.

use super::customer::{Charset, Customer, OpenAccount};
use super::ofxget::read;
use super::samples::Sample;
use crate::harness::{Sandbox, TestCa};
use rust_decimal::Decimal;
use serde_json::{Value, json};

const PYTHON: &str = "/usr/bin/python3";
const SCRIPT: &str = include_str!("save_with_ofxclient.py");
/// A line that is pushed when the ledger has all the others.
const LATER: Sample = Sample {
    id: "T-0011",
    days_ago: 0,
    amount: "3.1",
    description: "One more",
    counterparty: None,
    fit_id: "T-0011",
    shown: "3.10",
    name: "One more",
    memo: None,
};
/// What all the samples of the current account, and then this one, come to in a ledger of cents.
const LEDGER_BALANCES: [&str; 2] = ["$2391.63", "$2394.73"];

/// Someone who trusts `ca`.
fn someone(ca: &TestCa) -> Sandbox {
    Sandbox::new().with("SSL_CERT_FILE", &ca.file())
}

/// Signs on, keeps `accounts` in `ofxclient.ini`, and tells what ofxclient has seen.
fn signed_on(
    home: &Sandbox,
    customer: &Customer,
    password: &str,
    version: &str,
    accounts: &[&OpenAccount],
) -> Value {
    let script = home.write("save.py", SCRIPT).display().to_string();
    let url = customer.url();
    let mut words = vec![script.as_str(), &url, &customer.ofx.username, password, version];
    words.extend(accounts.iter().map(|account| account.number.as_str()));
    let said = home.run(PYTHON, &words).expect_success();
    serde_json::from_slice(&said.output).unwrap_or_else(|error| panic!("{error}: {said:?}"))
}

#[tokio::test]
async fn it_signs_on_finds_the_accounts_and_downloads_them() {
    let ca = TestCa::new();
    let customer = Customer::over_tls(&ca).await;
    let (current, card, savings) = (&customer.current, &customer.card, &customer.savings);
    let home = someone(&ca);
    let told =
        signed_on(&home, &customer, &customer.ofx.password, "103", &[current, card, savings]);
    assert_eq!(told["signed_on"], 1);
    assert_eq!(told["accounts"].as_object().unwrap().len(), 3);
    for (account, kind) in
        [(current, "BankAccount"), (card, "CreditCardAccount"), (savings, "BankAccount")]
    {
        let found = &told["accounts"][&account.number];
        assert_eq!([&found[1], &found[2]], [kind, account.feed.name], "{told}");
        let id = found[0].as_str().unwrap();
        let words =
            ["-c", "ofxclient.ini", "-a", id, "--download-days", "60", "-d", "statement.ofx"];
        home.run("ofxclient", &words).expect_success();
        let told = read(&home, &home.read("statement.ofx"));
        let expected = customer.expected(account, Charset::Ascii);
        assert_eq!(told, json!({"sign_on": 0, "statuses": [0], "statements": [expected]}));
    }
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_an_unknown_authority_is_not_talked_to() {
    let ca = TestCa::new();
    let customer = Customer::over_tls(&ca).await;
    for version in ["102", "103"] {
        let told = signed_on(&someone(&ca), &customer, "wrong", version, &[]);
        assert!(told["refused"].as_str().unwrap().to_lowercase().contains("invalid"), "{told}");
    }
    let elsewhere = someone(&TestCa::new());
    let told = signed_on(&elsewhere, &customer, &customer.ofx.password, "102", &[]);
    assert!(told["refused"].as_str().unwrap().contains("CERTIFICATE_VERIFY_FAILED"), "{told}");
}

/// One run, which appends what is new to the ledger; answers that.
fn synced(home: &Sandbox) -> String {
    let words = ["-o", "ofxclient.ini", "-l", "books.ledger", "-m", "60"];
    let said = home.run("ledger-autosync", &words).expect_success();
    let books = [home.read("books.ledger"), said.output.clone()].concat();
    home.write("books.ledger", books);
    said.text()
}

/// The transactions in what was written: each is a text, a posting, a mark that keeps it from being written again, and
/// the opposite posting.
fn entries(written: &str) -> Vec<Value> {
    let blocks = written.split("\n\n").map(str::trim).filter(|block| !block.is_empty());
    let entry = |block: &str| {
        let lines: Vec<&str> = block.lines().map(str::trim).collect();
        let (account, amount) = lines[1].split_once("  ").unwrap();
        let mark = lines[2].strip_prefix("; ofxid: ").unwrap();
        json!({"text": lines[0], "account": account, "amount": amount.trim(), "mark": mark})
    };
    blocks.map(entry).collect()
}

fn expected(customer: &Customer, account: &OpenAccount, sample: &Sample) -> Value {
    let line = customer.expected_line(sample, Charset::Ascii);
    let (name, memo) = (line["name"].as_str().unwrap(), line["memo"].as_str());
    // The program leaves out a name with which the memo begins.
    let text = match memo {
        None => name.to_owned(),
        Some(memo) if memo.starts_with(name) => memo.to_owned(),
        Some(memo) => format!("{name} {memo}"),
    };
    let date = customer.date(sample.days_ago).strftime("%Y/%m/%d");
    let cents = sample.amount.parse::<Decimal>().unwrap().round_dp(2);
    let sign = if cents.is_sign_negative() { "-" } else { "" };
    json!({
        "text": format!("{date} {text}"),
        "account": account.feed.name,
        "amount": format!("{sign}${:.2}", cents.abs()),
        "mark": format!("9999.{}.{}", account.number, sample.fit_id),
    })
}

/// What ledger itself makes of the books.
fn ledger_balance(home: &Sandbox, account: &str) -> String {
    let words = ["-f", "books.ledger", "balance", &format!("^{account}$")];
    let said = home.run("ledger", &words).expect_success().text();
    said.split_whitespace().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_ledger_gets_every_line_once_and_later_only_the_new_one() {
    let ca = TestCa::new();
    let customer = Customer::over_tls(&ca).await;
    let accounts = [&customer.current, &customer.card];
    let home = someone(&ca);
    signed_on(&home, &customer, &customer.ofx.password, "102", &accounts);
    home.write("books.ledger", "");
    assert_eq!(ledger_balance(&home, "Current"), "");
    let whole = accounts.map(|account| {
        let lines = account.feed.lines.iter();
        lines.map(|line| expected(&customer, account, line)).collect::<Vec<_>>()
    });
    let mut first = entries(&synced(&home));
    // Which account comes first is the program's affair.
    first.sort_by_key(|entry| entry["account"] != "Current");
    assert_eq!(first, whole.concat());
    assert_eq!(ledger_balance(&home, "Current"), LEDGER_BALANCES[0]);
    assert_eq!(ledger_balance(&home, "Card"), "$-250.75");
    assert_eq!(entries(&synced(&home)), Vec::<Value>::new());
    customer.push(&customer.current, &[&LATER], "2394.7266").await;
    assert_eq!(entries(&synced(&home)), [expected(&customer, &customer.current, &LATER)]);
    assert_eq!(entries(&synced(&home)), Vec::<Value>::new());
    assert_eq!(ledger_balance(&home, "Current"), LEDGER_BALANCES[1]);
}
