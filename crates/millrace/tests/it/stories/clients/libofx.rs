//! libofx, which `KMyMoney` and other importers read OFX with: `ofxconnect` writes requests, `ofxdump` reads answers.

use super::customer::{BANK_ID, Charset, Customer, OpenAccount};
use crate::harness::Sandbox;
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// As far from Greenwich as a date at noon stays the same.
const ZONES: [&str; 3] = ["UTC", "Pacific/Midway", "Pacific/Noumea"];

/// What `ofxconnect` writes. The program names a file first, and that line is sent too: it is what comes out of a pipe.
fn request(customer: &Customer, password: &str, words: &[&str]) -> Vec<u8> {
    let user = format!("--user={}", customer.ofx.username);
    let password = format!("--pass={password}");
    let bank = format!("--bank={BANK_ID}");
    let always = ["--fid=9999", "--org=DEMO", &user, &password, &bank];
    let words = [words, &always, &["unused.ofx"]].concat();
    let said = Sandbox::new().run("ofxconnect", &words).expect_success();
    assert!(said.output.starts_with(b"file "), "{said:?}");
    said.output
}

/// The request for a statement of the last sixty days.
fn statement(customer: &Customer, password: &str, account: &OpenAccount) -> Vec<u8> {
    let number = format!("--acct={}", account.number);
    let kind = if account.feed.ofx_type.is_some() { "--type=1" } else { "--type=3" };
    request(customer, password, &["--statement-req", &number, kind, "--past=60"])
}

/// What `ofxdump` prints under a heading, once for each time that it prints it.
fn blocks(zone: &str, answer: &[u8], heading: &str) -> Vec<String> {
    let home = Sandbox::new().with("TZ", zone);
    let file = home.write("answer.ofx", answer).display().to_string();
    let text = home.run("ofxdump", &[&file]).expect_success().text();
    let heading = format!("{heading}:\n");
    text.split("\n\n")
        .filter_map(|block| block.trim_start().strip_prefix(&heading))
        .map(ToOwned::to_owned)
        .collect()
}

/// The rest of the line in a block that begins like that.
fn field(block: &str, beginning: &str) -> Option<String> {
    let found = block.lines().find_map(|line| line.trim_start().strip_prefix(beginning));
    found.map(|value| value.trim_start_matches(':').trim().to_owned())
}

/// `Thu Nov 12 12:00:00 2026 UTC`, without the time.
fn day(moment: &str) -> String {
    let words: Vec<&str> = moment.split_whitespace().collect();
    format!("{} {} {}", words[1], words[2], words[4])
}

fn told(zone: &str, answer: &[u8]) -> Value {
    let line = |block: &String| {
        json!({
            "id": field(block, "Financial institution's ID for this transaction"),
            "amount": field(block, "Total money amount"),
            "date": field(block, "Date posted").map(|moment| day(&moment)),
            "name": field(block, "Name of payee or transaction description"),
            "memo": field(block, "Extra transaction information (memo)"),
        })
    };
    let lines: Vec<Value> =
        blocks(zone, answer, "ofx_proc_transaction()").iter().map(line).collect();
    let statement = blocks(zone, answer, "ofx_proc_statement()").remove(0);
    json!({"currency": field(&statement, "Default Currency"), "balance": field(&statement, "Ledger balance"), "lines": lines})
}

/// The program shows two places, whatever there are.
fn in_cents(amount: &str) -> String {
    format!("{:.2}", amount.parse::<Decimal>().unwrap().round_dp(2))
}

fn expected(customer: &Customer, account: &OpenAccount) -> Value {
    let feed = &account.feed;
    let line = |sample| {
        let mut line = customer.expected_line(sample, Charset::Windows1252);
        line["amount"] = json!(in_cents(sample.amount));
        line["date"] = json!(customer.date(sample.days_ago).strftime("%b %-d %Y").to_string());
        line
    };
    json!({"currency": feed.currency, "balance": in_cents(feed.balance), "lines": feed.lines.iter().map(line).collect::<Vec<_>>()})
}

#[tokio::test]
async fn what_it_asks_for_it_reads_on_the_same_day_around_the_world() {
    let customer = Customer::new().await;
    for account in [&customer.current, &customer.card] {
        let question = statement(&customer, &customer.ofx.password, account);
        let answer = customer.ofx.raw(question).await;
        for zone in ZONES {
            assert_eq!(told(zone, &answer), expected(&customer, account), "{zone}");
        }
    }
}

#[tokio::test]
async fn it_finds_the_accounts() {
    let customer = Customer::new().await;
    let question = request(&customer, &customer.ofx.password, &["--accountinfo-req"]);
    let answer = customer.ofx.raw(question).await;
    let found = blocks("UTC", &answer, "ofx_proc_account()");
    let mut found: Vec<_> = found
        .iter()
        .map(|block| (field(block, "Account #"), field(block, "Account type")))
        .collect();
    let mut expected = [
        (&customer.current, "CHECKING"),
        (&customer.card, "CREDITCARD"),
        (&customer.savings, "SAVINGS"),
    ]
    .map(|(account, kind)| (Some(account.number.clone()), Some(kind.to_owned())));
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_wrong_password_is_told_and_no_line() {
    let customer = Customer::new().await;
    let question = statement(&customer, "wrong", &customer.current);
    let answer = customer.ofx.raw(question).await;
    let statuses = blocks("UTC", &answer, "ofx_proc_status()");
    let codes: Vec<_> = statuses.iter().map(|block| field(block, "Code")).collect();
    assert_eq!(codes, vec![Some("15500, name: Signon invalid".to_owned()); 2]);
    assert!(blocks("UTC", &answer, "ofx_proc_transaction()").is_empty());
}
