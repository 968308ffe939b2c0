//! ofxtools' `ofxget`, whose models check types, lengths and words: what it saves is read back and compared.

use super::customer::{BANK_ID, Charset, Customer};
use crate::harness::{Sandbox, ofxtools};
use serde_json::{Value, json};

const READER: &str = include_str!("read_with_ofxtools.py");
/// By itself it takes what it prints for UTF-8, and stops at the first letter of Windows-1252.
const SAVER: &str = include_str!("save_with_ofxget.py");

/// How requests are written, and what answers can therefore carry.
const FORMS: &[(&[&str], Charset)] = &[
    (&["--version", "103"], Charset::Windows1252),
    (&["--version", "103", "--unclosedelements", "--clientuid"], Charset::Windows1252),
    (&["--version", "203"], Charset::Unicode),
    (&["--version", "220", "--skipprofile"], Charset::Unicode),
];

/// One user of the program, who knows one customer's password. It keeps profiles, so each has a home of its own.
struct OfxGet<'a> {
    customer: &'a Customer,
    home: Sandbox,
    form: &'a [&'a str],
    password: String,
}

impl<'a> OfxGet<'a> {
    fn new(customer: &'a Customer, form: &'a [&'a str]) -> Self {
        let password = customer.ofx.password.clone();
        Self { customer, home: Sandbox::new(), form, password }
    }

    /// Runs a command and tells what ofxtools reads in the answer.
    fn told(&self, command: &str, more: &[&str]) -> Value {
        let url = self.customer.url();
        let saver = self.home.write("save.py", SAVER).display().to_string();
        let mut words =
            vec![saver.as_str(), command, "--url", &url, "--org", "DEMO", "--fid", "9999"];
        words.extend(self.form);
        if command != "prof" {
            words.extend(["-u", &self.customer.ofx.username, "--password", &self.password]);
            words.push("--nokeyring");
        }
        words.extend(more);
        self.home.run(ofxtools("python"), &words).expect_success();
        read(&self.home, &self.home.read("answer.ofx"))
    }
}

/// What is in an OFX file, by ofxtools' strict parser.
pub(super) fn read(home: &Sandbox, file: &[u8]) -> Value {
    let script = home.write("read.py", READER).display().to_string();
    let file = home.write("answer.ofx", file).display().to_string();
    let said = home.run(ofxtools("python"), &[&script, &file]).expect_success();
    serde_json::from_slice(&said.output).unwrap()
}

#[tokio::test]
async fn every_form_of_request_reads_exactly_what_was_pushed() {
    let customer = Customer::new().await;
    let (current, savings, card) = (&customer.current, &customer.savings, &customer.card);
    for (form, charset) in FORMS {
        let ofxget = OfxGet::new(&customer, form);
        let start = customer.date(30).strftime("%Y%m%d").to_string();
        let accounts =
            ["--bankid", BANK_ID, "-C", &current.number, "-S", &savings.number, "-c", &card.number];
        let told = ofxget.told("stmt", &[&accounts[..], &["-s", &start]].concat());
        let expected = [current, savings, card].map(|account| customer.expected(account, *charset));
        assert_eq!(
            told,
            json!({"sign_on": 0, "statuses": [0, 0, 0], "statements": expected}),
            "{form:?}"
        );
    }
}

#[tokio::test]
async fn all_accounts_are_found_and_fetched_without_naming_any() {
    let customer = Customer::new().await;
    for (form, charset) in FORMS {
        let ofxget = OfxGet::new(&customer, form);
        let accounts = [&customer.current, &customer.card, &customer.savings];
        let listed = accounts.map(|account| {
            json!({"name": account.feed.name, "bank": account.feed.ofx_type.map(|_bank| BANK_ID),
                "account": account.number, "type": account.feed.ofx_type})
        });
        let told = ofxget.told("acctinfo", &[]);
        assert_eq!(sorted(&told["accounts"]), sorted(&json!(listed)), "{form:?}: {told}");
        let told = ofxget.told("stmt", &["--all"]);
        let expected = accounts.map(|account| customer.expected(account, *charset));
        assert_eq!(sorted(&told["statements"]), sorted(&json!(expected)), "{form:?}");
    }
}

/// The accounts in the order of their numbers: which comes first is nobody's promise.
fn sorted(accounts: &Value) -> Vec<Value> {
    let mut accounts = accounts.as_array().unwrap().clone();
    accounts.sort_by_key(|account| account["account"].as_str().unwrap().to_owned());
    accounts
}

#[tokio::test]
async fn the_profile_names_the_bank_and_one_address_for_everything() {
    let customer = Customer::new().await;
    let profile = json!({
        "name": "Millrace",
        "sets": ["SIGNONMSGSETV1", "SIGNUPMSGSETV1", "BANKMSGSETV1", "CREDITCARDMSGSETV1", "PROFMSGSETV1"],
        "urls": [customer.url()],
    });
    for (form, _) in FORMS {
        let told = OfxGet::new(&customer, form).told("prof", &[]);
        assert_eq!(
            told,
            json!({"sign_on": 0, "statuses": [0], "profile": profile, "statements": []}),
            "{form:?}"
        );
    }
}

#[tokio::test]
async fn a_window_cuts_lines_off_and_not_the_balance() {
    let customer = Customer::new().await;
    let account = &customer.current;
    let ofxget = OfxGet::new(&customer, &["--version", "203"]);
    let day = |days_ago| customer.date(days_ago).strftime("%Y%m%d").to_string();
    let ask = |more: &[&str]| {
        let told =
            ofxget.told("stmt", &[&["--bankid", BANK_ID, "-C", &account.number], more].concat());
        told["statements"][0].clone()
    };
    let mut expected = customer.expected(account, Charset::Unicode);
    let whole = expected["lines"].as_array().unwrap().clone();
    expected["lines"] = json!(whole[4..7]);
    assert_eq!(
        ask(&["-s", &day(5), "-e", &day(4)]),
        expected,
        "both days are inside, and both twins"
    );
    expected["lines"] = json!(whole[9..]);
    assert_eq!(ask(&["-s", &day(1)]), expected);
    expected["lines"] = json!(null);
    assert_eq!(ask(&["--no-transactions"]), expected, "only the balance");
}

#[tokio::test]
async fn wrong_passwords_and_unknown_accounts_are_told_by_their_codes() {
    let customer = Customer::new().await;
    for (form, _) in FORMS {
        let ofxget = OfxGet::new(&customer, form);
        let told = ofxget.told("stmt", &["--bankid", BANK_ID, "-C", "NOBODY"]);
        assert_eq!(told, json!({"sign_on": 0, "statuses": [2003], "statements": []}), "{form:?}");
        let guesser = OfxGet { password: "wrong".to_owned(), ..OfxGet::new(&customer, form) };
        let told = guesser.told("stmt", &["--bankid", BANK_ID, "-C", &customer.current.number]);
        assert_eq!(
            told,
            json!({"sign_on": 15500, "statuses": [15500], "statements": []}),
            "{form:?}"
        );
    }
}
