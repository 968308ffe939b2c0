//! AqBanking, the engine in accounting programs for the desktop: HTTP/1.0, no profile, one account after the other.

use super::customer::{BANK_ID, Charset, Customer, OpenAccount};
use crate::harness::{Said, Sandbox};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// One user of the program. It keeps its settings in `cfg`, whatever its home is.
struct AqBanking<'a> {
    customer: &'a Customer,
    home: Sandbox,
}

impl<'a> AqBanking<'a> {
    /// Set up for the customer, with that password.
    fn new(customer: &'a Customer, password: &str) -> Self {
        let aqbanking = Self { customer, home: Sandbox::new() };
        aqbanking.remember(password);
        let (user, url) = (&customer.ofx.username, customer.url());
        let add = [
            "--control=aqofxconnect",
            "adduser",
            "-N",
            "demo",
            "-b",
            BANK_ID,
            "-u",
            user,
            "-s",
            &url,
        ];
        let client =
            ["-O", "DEMO", "-F", "9999", "--appid=QWIN", "--appver=2700", "--headerver=102"];
        aqbanking.run(&[&add[..], &client].concat());
        // It does not add the first account to an empty list, so there must be one.
        let seed = "int type=\"0\"\nint uniqueId=\"99\"\nchar backendName=\"aqnone\"\nchar accountName=\"seed\"\n\
                    char bankCode=\"1\"\nchar accountNumber=\"1\"\n";
        aqbanking.home.write("cfg/settings6/accountspecs/00000099.conf", seed);
        aqbanking
    }

    /// The password that it will send.
    fn remember(&self, password: &str) {
        let user = &self.customer.ofx.username;
        self.home.write("pins", format!("OFX%3A%3Auserpass%3A%3A{user} = \"{password}\"\n"));
    }

    fn run(&self, words: &[&str]) -> Said {
        let always = ["-D", "cfg", "-n", "-A", "-P", "pins"];
        self.home.run("aqbanking-cli", &[&always[..], words].concat())
    }

    /// Asks the server for the accounts; the program's number for each account, by the account's own.
    fn accounts(&self) -> Vec<[String; 3]> {
        self.run(&["--control=aqofxconnect", "getaccounts", "-u", "1"]);
        let listed = self.run(&["listaccs"]).text();
        let rows = listed.lines().map(|line| line.split('\t').collect::<Vec<_>>());
        // Account, bank, number, BIC, IBAN, the program's number, type
        let ours = rows.filter(|row| row.get(1) == Some(&BANK_ID));
        let mut accounts: Vec<_> =
            ours.map(|row| [row[2], row[6], row[5]].map(ToOwned::to_owned)).collect();
        accounts.sort();
        accounts
    }

    /// Fetches a statement into `file` and tells what has come.
    fn fetch(&self, account: &str, file: &str) -> Value {
        let start = self.customer.date(30).strftime("--fromdate=%Y%m%d").to_string();
        let account = format!("--aid={account}");
        self.run(&["request", &account, "--transactions", "--balance", &start, "-c", file]);
        told(&self.home.read(file))
    }
}

/// What stands in a context file: its fields are one to a line, `char name="value"`, with percent signs for the rest.
fn told(context: &[u8]) -> Value {
    let text = String::from_utf8(context.to_vec()).unwrap();
    let (mut lines, mut balances) = (Vec::new(), Vec::new());
    for block in text.split("balance {").skip(1) {
        balances.push(amount(&field(block, "value").unwrap()));
    }
    for block in text.split("transaction {").skip(1) {
        lines.push(json!({
            "id": field(block, "fiId"),
            "amount": field(block, "value").map(|value| amount(&value)),
            "date": field(block, "valutaDate"),
            "name": field(block, "remoteName"),
            "memo": field(block, "purpose"),
        }));
    }
    balances.dedup();
    json!({"balances": balances, "lines": lines})
}

/// The field of a block of a context file, up to the block's end.
fn field(block: &str, name: &str) -> Option<String> {
    let block = block.split("} #").next().unwrap();
    let value = block.split(&format!("char {name}=\"")).nth(1)?.split('"').next().unwrap();
    Some(decoded(value))
}

/// Bytes in percent signs are those of the answer, which is in Windows-1252: the program does not convert them.
fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut whole = parts.next().unwrap().to_owned();
    for part in parts {
        let (code, rest) = part.split_at(2);
        whole.push(match u8::from_str_radix(code, 16).unwrap() {
            0x80 => '\u{20ac}',
            0x96 => '\u{2013}',
            byte => char::from(byte),
        });
        whole.push_str(rest);
    }
    whole
}

/// The program counts in fractions: `-1234/10000:USD`.
fn amount(text: &str) -> String {
    let (fraction, currency) = text.split_once(':').unwrap();
    let (above, below) = fraction.split_once('/').unwrap_or((fraction, "1"));
    let value = above.parse::<Decimal>().unwrap() / below.parse::<Decimal>().unwrap();
    format!("{} {currency}", value.normalize())
}

fn expected(customer: &Customer, account: &OpenAccount) -> Value {
    let feed = &account.feed;
    let shown = |amount: &str| {
        format!("{} {}", amount.parse::<Decimal>().unwrap().normalize(), feed.currency)
    };
    let line = |sample| {
        let mut line = customer.expected_line(sample, Charset::Windows1252);
        line["amount"] = json!(shown(sample.amount));
        line["date"] = json!(customer.date(sample.days_ago).strftime("%Y%m%d").to_string());
        line
    };
    json!({"balances": [shown(feed.balance)], "lines": feed.lines.iter().map(line).collect::<Vec<_>>()})
}

#[tokio::test]
async fn accounts_lines_and_balances_are_those_that_were_pushed_however_often() {
    let customer = Customer::new().await;
    let aqbanking = AqBanking::new(&customer, &customer.ofx.password);
    let accounts = aqbanking.accounts();
    let told: Vec<_> =
        accounts.iter().map(|[number, kind, _]| (number.as_str(), kind.as_str())).collect();
    let mut kinds = [
        (customer.current.number.as_str(), "checking"),
        (customer.card.number.as_str(), "creditcard"),
        (customer.savings.number.as_str(), "savings"),
    ];
    kinds.sort_unstable();
    assert_eq!(told, kinds);
    for account in [&customer.current, &customer.card] {
        let [_, _, id] = accounts.iter().find(|[number, ..]| *number == account.number).unwrap();
        let expected = expected(&customer, account);
        assert_eq!(aqbanking.fetch(id, "first"), expected);
        assert_eq!(aqbanking.fetch(id, "second"), expected);
    }
}

#[tokio::test]
async fn a_wrong_password_finds_no_account_and_no_line() {
    let customer = Customer::new().await;
    let stranger = AqBanking::new(&customer, "wrong");
    assert!(stranger.accounts().is_empty());
    let aqbanking = AqBanking::new(&customer, &customer.ofx.password);
    let accounts = aqbanking.accounts();
    let [_, _, id] =
        accounts.iter().find(|[number, ..]| *number == customer.current.number).unwrap();
    aqbanking.remember("wrong");
    assert_eq!(aqbanking.fetch(id, "context"), json!({"balances": [], "lines": []}));
}
