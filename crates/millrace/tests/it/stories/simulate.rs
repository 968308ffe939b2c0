//! `millrace simulate` and `millrace demo`: the customer's and QuickBooks' part, which other people's scripts rely on.

use crate::harness::{
    Caller, Database, Server, ServerOptions, TestCa, a_line, days_ago, millrace, on_both, text,
    today, wait_for,
};
use serde_json::{Value, json};
use simulators::quickbooks::Fault;
use std::process::{Command, Output, Stdio};

on_both! {
    a_customer_links_polls_and_finds_the_lines_in_the_books;
    without_accounts_the_connection_is_linked_and_no_more;
    a_customer_who_was_cut_off_comes_back_with_new_credentials;
    what_was_deleted_fails_one_poll_and_is_shown_in_the_books;
}

/// A company with two accounts and nobody linked yet.
struct Unlinked {
    caller: Caller,
    company: String,
    connection: String,
}

impl Unlinked {
    async fn new(caller: Caller) -> Self {
        let company = caller.post("/companies", json!({"name": "Simulated"})).await.expect(200);
        let company = text(&company.json()["id"]);
        let connections = format!("/companies/{company}/connections");
        let connection = caller.post(&connections, json!({"platformKey": "hcws"})).await;
        let connection = text(&connection.expect(200).json()["id"]);
        let accounts = format!("{connections}/{connection}/connectionInfo/bankFeedAccounts");
        let card = json!({"id": "card/1", "accountName": "Card", "accountType": "Credit", "currency": "USD"});
        for account in [json!({"id": "acc-1", "accountName": "Current", "currency": "USD"}), card] {
            caller.post(&accounts, account).await.expect(200);
        }
        Self { caller, company, connection }
    }

    fn path(&self) -> String {
        format!("/companies/{}/connections/{}", self.company, self.connection)
    }

    fn link(&self, more: &[&str]) -> Output {
        let ids = ["--company", &self.company, "--connection", &self.connection];
        let key = ["--key", &self.caller.key];
        simulate(&self.caller, &[&["link"], &key[..], &ids, more].concat())
    }

    async fn status(&self, account: &str) -> String {
        let accounts = format!("{}/connectionInfo/bankFeedAccounts", self.path());
        let accounts = self.caller.get(&accounts).await.expect(200).json();
        let found = accounts.as_array().unwrap().iter().find(|found| found["id"] == account);
        text(&found.unwrap()["status"])
    }

    async fn push(&self, account: &str, lines: Vec<Value>) {
        let id = account.replace('/', "%2F");
        let path = format!("{}/push/bankAccounts/{id}/bankTransactions", self.path());
        let body = json!({"accountId": account, "transactions": lines});
        let pushed = self.caller.post(&path, body).await.expect(200).json();
        let ended = self.caller.ended_push(&self.company, &text(&pushed["pushOperationKey"])).await;
        assert_eq!(ended["status"], "Success", "{ended}");
    }

    fn books(&self) -> Vec<Value> {
        let books = printed(&simulate(&self.caller, &["books", "--json"]));
        let books: Value = serde_json::from_str(&books).unwrap();
        let customers = books["customers"].as_array().unwrap();
        let mine = customers.iter().find(|customer| customer["connection"] == *self.connection);
        mine.unwrap()["accounts"].as_array().unwrap().clone()
    }
}

pub(super) fn simulate(caller: &Caller, arguments: &[&str]) -> Output {
    simulation(caller, arguments).output().unwrap()
}

fn simulation(caller: &Caller, arguments: &[&str]) -> Command {
    let (part, rest) = arguments.split_first().unwrap();
    let mut command = millrace();
    command.arg("simulate").arg(part).args(["--server", &caller.url]).args(rest);
    command
}

pub(super) fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub(super) fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn amounts(account: &Value) -> Vec<String> {
    account["lines"].as_array().unwrap().iter().map(|line| text(&line["amount"])).collect()
}

async fn a_customer_links_polls_and_finds_the_lines_in_the_books(database: Database) {
    let server = Server::start(database).await;
    let bank = Unlinked::new(server.caller()).await;
    let start = days_ago(4).to_string();
    printed(&bank.link(&["--account", "acc-1", "--account", "card/1", "--start", &start]));
    assert_eq!([bank.status("acc-1").await, bank.status("card/1").await], ["connected"; 2]);
    bank.push("acc-1", vec![a_line("a", days_ago(2), 41.2), a_line("b", today(), -0.05)]).await;
    bank.push("card/1", vec![a_line("a", today(), -7.0)]).await;
    printed(&simulate(&bank.caller, &["poll"]));
    printed(&simulate(&bank.caller, &["poll"]));
    let books = bank.books();
    let ids: Vec<_> = books.iter().map(|account| text(&account["accountId"])).collect();
    assert_eq!(ids, ["acc-1", "card/1"]);
    assert_eq!(amounts(&books[0]), ["1.00", "-1.00", "41.20", "-0.05"]);
    assert_eq!(amounts(&books[1]), ["1.00", "-1.00", "-7.00"]);
    for account in &books {
        assert_eq!(account["changedUnderSameFitid"], 0, "{account}");
        assert_eq!(account["balance"], "1000.25");
    }
    assert!(printed(&simulate(&bank.caller, &["books"])).contains("41.20"));
}

async fn without_accounts_the_connection_is_linked_and_no_more(database: Database) {
    let server = Server::start(database).await;
    let bank = Unlinked::new(server.caller()).await;
    printed(&bank.link(&[]));
    assert_eq!(bank.caller.get(&bank.path()).await.expect(200).json()["status"], "Linked");
    assert_eq!([bank.status("acc-1").await, bank.status("card/1").await], ["pending"; 2]);
    assert!(refusal(&bank.link(&["--account", "nobody"])).contains("acc-1"));
    printed(&bank.link(&["--all"]));
    assert_eq!([bank.status("acc-1").await, bank.status("card/1").await], ["connected"; 2]);
}

async fn a_customer_who_was_cut_off_comes_back_with_new_credentials(database: Database) {
    let server = Server::start(database).await;
    let bank = Unlinked::new(server.caller()).await;
    printed(&bank.link(&["--all"]));
    bank.push("acc-1", vec![a_line("a", today(), 1.0)]).await;
    let unlinked = bank.caller.patch(&bank.path(), json!({"status": "Unlinked"})).await;
    assert_eq!(unlinked.expect(200).json()["status"], "Unlinked");
    let told = refusal(&simulate(&bank.caller, &["poll"]));
    assert!(told.contains("sign-in details") && told.contains("15500 (signon invalid)"), "{told}");
    assert!(printed(&simulate(&bank.caller, &["poll"])).contains("no account to fetch"));
    for account in bank.books() {
        assert!(text(&account["attention"]).starts_with("signed out: "), "{account}");
    }
    assert_eq!(bank.caller.get(&bank.path()).await.expect(200).json()["status"], "Unlinked");
    printed(&bank.link(&["--all"]));
    assert_eq!(bank.caller.get(&bank.path()).await.expect(200).json()["status"], "Linked");
    assert_eq!(bank.status("acc-1").await, "connected");
    bank.push("acc-1", vec![a_line("b", today(), 2.0)]).await;
    printed(&simulate(&bank.caller, &["poll"]));
    let books = bank.books();
    let lines = books[0]["lines"].to_string();
    assert!(lines.contains("\"a\"") && lines.contains("\"b\""), "{lines}");
    assert!(books.iter().all(|account| account["attention"].is_null()), "{books:?}");
}

async fn what_was_deleted_fails_one_poll_and_is_shown_in_the_books(database: Database) {
    let server = Server::start(database).await;
    let gone = Unlinked::new(server.caller()).await;
    printed(&gone.link(&["--all"]));
    let bank = Unlinked::new(server.caller()).await;
    printed(&bank.link(&["--all"]));
    gone.caller.delete(&gone.path()).await.expect(200);
    let account = format!("{}/connectionInfo/bankFeedAccounts/acc-1", bank.path());
    bank.caller.delete(&account).await.expect(204);
    bank.push("card/1", vec![a_line("a", today(), -7.0)]).await;
    let told = refusal(&simulate(&bank.caller, &["poll"]));
    assert!(told.contains("15500") && told.contains("(account not"), "{told}");
    assert_eq!(amounts(&bank.books()[1]), ["1.00", "-1.00", "-7.00"], "the others are fetched");
    let again = printed(&simulate(&bank.caller, &["poll"]));
    assert!(again.starts_with("card/1: 0 imported") && again.lines().count() == 1, "{again}");
    let shown = printed(&simulate(&bank.caller, &["books"]));
    assert_eq!(shown.matches("needs attention: signed out").count(), 2, "{shown}");
    assert_eq!(shown.matches("needs attention: gone").count(), 1, "{shown}");
    printed(&bank.link(&["--account", "card/1"]));
    assert!(printed(&simulate(&bank.caller, &["poll"])).starts_with("card/1: 0 imported"));
}

#[tokio::test]
async fn the_books_begin_where_the_feed_does() {
    let options = ServerOptions::flags(&["--set", "quickbooks.history_days=3"]);
    let server = Server::start_with(Database::Sqlite, &options).await;
    let bank = Unlinked::new(server.caller()).await;
    let (asked, start) = (days_ago(40).to_string(), days_ago(5));
    printed(&bank.link(&["--account", "acc-1", "--start", &asked]));
    // Three days back from today, which is yesterday somewhere on earth.
    let shown = text(&bank.books()[0]["startDate"]).parse().unwrap();
    assert!((start..=days_ago(3)).contains(&shown), "{shown}");
}

#[tokio::test]
async fn a_reader_who_has_enough_and_a_full_disk_cause_no_panic() {
    let server = Server::start(Database::Sqlite).await;
    let bank = Unlinked::new(server.caller()).await;
    printed(&bank.link(&["--all"]));
    for part in [["books"].as_slice(), &["books", "--json"], &["poll"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ended = simulation(&bank.caller, part).stdout(writer).output().unwrap();
        assert!(ended.status.success() && ended.stderr.is_empty(), "{part:?}: {ended:?}");
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let ended = simulation(&bank.caller, part).stdout(Stdio::from(full)).output().unwrap();
        assert!(refusal(&ended).starts_with("millrace: "), "{part:?}: {ended:?}");
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ended = millrace().args(["demo", "quickbooks"]).stdout(writer).output().unwrap();
    let told = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && !told.contains("panicked"), "{told}");
}

#[tokio::test]
async fn an_untrusted_certificate_is_no_server_that_is_away() {
    let ca = TestCa::new();
    let options = ServerOptions::default().tls(&ca);
    let server = Server::start_with(Database::Sqlite, &options).await;
    let caller = server.caller();
    let told = refusal(&simulate(&caller, &["books"]));
    assert!(told.contains("is not trusted") && told.contains("SSL_CERT_FILE"), "{told}");
    let trusting = simulation(&caller, &["books"]).env("SSL_CERT_FILE", ca.file()).output();
    assert!(printed(&trusting.unwrap()).contains("Nothing stands in any books"));
}

/// Every fault that QuickBooks may play is answered as platforms.md wants it, and the books stay right.
#[tokio::test]
async fn a_misbehaving_quickbooks_is_answered_and_does_no_harm() {
    let server = Server::start(Database::Sqlite).await;
    let bank = Unlinked::new(server.caller()).await;
    printed(&bank.link(&["--all"]));
    bank.push("acc-1", vec![a_line("a", today(), 41.2)]).await;
    printed(&simulate(&bank.caller, &["poll"]));
    let before = bank.books();
    let played = FAULTS.iter().map(|(fault, _)| *fault);
    assert!(played.eq(Fault::ALL.iter().map(|fault| fault.name())), "one of them is not played");
    for (fault, expected) in FAULTS {
        let path = format!("/simulators/quickbooks/faults/{fault}");
        let report = bank.caller.post(&path, json!({})).await.expect(200).json();
        // What the fault itself cut off has no codes; there is always an answer behind it.
        let exchanges = report["exchanges"].as_array().unwrap().iter();
        let answers: Vec<_> = exchanges
            .map(|exchange| format!("{} {}", exchange["status"], exchange["codes"]))
            .filter(|answer| answer != "200 []" && answer != "null []")
            .collect();
        assert!(!answers.is_empty(), "{report}");
        assert!(answers.iter().all(|answer| answer.contains(expected)), "{fault}: {answers:?}");
    }
    printed(&simulate(&bank.caller, &["poll"]));
    let after = bank.books();
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before["lines"], after["lines"]);
        assert_eq!(after["changedUnderSameFitid"], 0);
    }
}

const FAULTS: &[(&str, &str)] = &[
    ("wrong-password", "15500"),
    ("poll-storm", "200 [0"),
    ("dropped-answer", "200 [0"),
    ("clock-off", "200 [0"),
    ("start-in-future", "2027"),
    ("start-long-ago", "200 [0"),
    ("unknown-account", "2003"),
    ("wrong-account-type", "2003"),
    ("no-window", "200 [0"),
    ("twice-in-one-file", "200 [0"),
    ("empty-body", "400"),
    ("huge-body", "413"),
    ("http-1-0", "200 [0"),
    ("no-content-length", "400"),
    ("lower-case-headers", "200 [0"),
    ("expect-continue", "200 [0"),
];

#[tokio::test]
async fn the_demo_proves_that_every_line_arrived_once() {
    let folder = tempfile::TempDir::new().unwrap();
    let output =
        millrace().args(["demo", "quickbooks"]).current_dir(folder.path()).output().unwrap();
    let told = printed(&output);
    assert!(
        told.contains("TEST TRANSACTION 1 of 2") && told.contains("each stands in the books once"),
        "{told}"
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "it leaves nothing behind");
}

#[tokio::test]
async fn whoever_simulates_wrongly_is_told_what_to_do() {
    let options = ServerOptions::flags(&["--set", "simulators.enabled=false"]);
    let server = Server::start_with(Database::Sqlite, &options).await;
    let caller = server.caller();
    assert!(refusal(&simulate(&caller, &["poll"])).contains("simulators are off"));
    // It is found before anything is asked of the API, and so before credentials are made.
    let nobodys = ["link", "--key", "k", "--company", "co", "--connection", "c", "--all"];
    let told = refusal(&simulate(&caller, &nobodys));
    assert!(told.contains("only in evaluation mode") && !told.contains("=true"), "{told}");
    let nowhere = caller.at("http://127.0.0.1:9");
    assert!(refusal(&simulate(&nowhere, &["books"])).contains("127.0.0.1:9"));
    wait_for("the server to be ready", || async {
        (caller.get("/readyz").await.status == 200).then_some(())
    })
    .await;
}
