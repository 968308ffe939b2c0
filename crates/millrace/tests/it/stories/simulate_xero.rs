//! `millrace simulate` and `millrace demo` for Xero, which is simulated in the server itself.

use super::simulate::{printed, refusal, simulate};
use crate::harness::{
    Caller, Database, Home, Server, ServerOptions, a_line, millrace, on_both, text, today,
};
use serde_json::{Value, json};
use std::process::Output;

on_both! {
    a_customer_links_xero_and_finds_the_lines_in_its_ledger;
    tokens_are_sealed_anew_and_still_open_xero;
}

struct Books {
    caller: Caller,
    company: String,
    connection: String,
}

impl Books {
    async fn new(caller: Caller) -> Self {
        let company = caller.post("/companies", json!({"name": "Simulated"})).await.expect(200);
        let company = text(&company.json()["id"]);
        let connections = format!("/companies/{company}/connections");
        let connection = caller.post(&connections, json!({"platformKey": "gbol"})).await;
        let connection = text(&connection.expect(200).json()["id"]);
        let books = Self { caller, company, connection };
        let current = json!({"id": "acc/1", "accountName": "Till", "currency": "GBP",
            "accountNumber": "00112233"});
        let accounts = books.path("/connectionInfo/bankFeedAccounts");
        books.caller.post(&accounts, current).await.expect(200);
        books
    }

    fn path(&self, rest: &str) -> String {
        format!("/companies/{}/connections/{}{rest}", self.company, self.connection)
    }

    fn link(&self, more: &[&str]) -> Output {
        let ids = ["--company", &self.company, "--connection", &self.connection];
        simulate(&self.caller, &[&["link", "--key", &self.caller.key], &ids[..], more].concat())
    }

    async fn push(&self, id: &str, amount: f64) -> Value {
        let path = self.path("/push/bankAccounts/acc%2F1/bankTransactions");
        let body = json!({"accountId": "acc/1", "transactions": [a_line(id, today(), amount)]});
        let pushed = self.caller.post(&path, body).await.expect(200).json();
        self.caller.ended_push(&self.company, &text(&pushed["pushOperationKey"])).await
    }

    /// The ids of all lines in the simulated ledger.
    fn ids(&self) -> Vec<String> {
        let books: Value =
            serde_json::from_str(&printed(&simulate(&self.caller, &["books", "--json"]))).unwrap();
        let accounts = books["xero"]["accounts"].as_array().unwrap();
        let lines = accounts.iter().flat_map(|account| account["lines"].as_array().unwrap());
        lines.map(|line| text(&line["transactionId"])).collect()
    }
}

async fn a_customer_links_xero_and_finds_the_lines_in_its_ledger(database: Database) {
    let server = Server::start(database).await;
    let books = Books::new(server.caller()).await;
    let none = refusal(&books.link(&["--account", "nobody"]));
    assert!(none.contains("there is no \"nobody\"; there are: acc/1"), "{none}");
    let told = printed(&books.link(&["--account", "acc/1"]));
    assert!(told.contains("maps acc/1: it leads to Till") && told.contains("is Linked"), "{told}");
    assert_eq!(books.push("a", 41.2).await["status"], "Success");
    let fault = ["fault", "xero", "reset-after", "--at", "create-statements", "--calls", "1"];
    assert!(printed(&simulate(&books.caller, &fault)).contains("for the next 1 calls"));
    assert_eq!(books.push("b", -0.05).await["status"], "Success");
    assert_eq!(books.ids(), ["a", "b"]);
    let shown = printed(&simulate(&books.caller, &["books"]));
    assert!(shown.contains("Demo Company — Till 00112233 (BANK GBP)"), "{shown}");
    assert!(shown.contains("41.2") && shown.contains("0 lines repeated"), "{shown}");
    let unknown = refusal(&simulate(&books.caller, &["fault", "xero", "no-such"]));
    assert!(unknown.contains("there is no fault \"no-such\"; there are: latency"), "{unknown}");
    let played = simulate(&books.caller, &["fault", "quickbooks", "no-such"]);
    assert!(refusal(&played).contains("there is no fault \"no-such\""));
}

async fn tokens_are_sealed_anew_and_still_open_xero(database: Database) {
    let home = Home::new(database);
    let (old, new) = ("11".repeat(32), "22".repeat(32));
    let with = |settings: &[String]| {
        let flags = settings.iter().flat_map(|setting| ["--set".to_owned(), setting.clone()]);
        ServerOptions { flags: flags.collect(), ..ServerOptions::default() }
    };
    let first = [format!("encryption.key={old}")];
    let server = Server::start_at(home, &with(&first)).await;
    let books = Books::new(server.caller()).await;
    printed(&books.link(&["--all"]));
    let home = server.stop().await;
    let both = [format!("encryption.key={new}"), format!("encryption.older_keys={old}")];
    let mut rotate = millrace();
    rotate.args(["keys", "rotate-encryption"]).args(home.flags()).args(with(&both).flags);
    assert!(printed(&rotate.output().unwrap()).starts_with("1 values sealed anew"));
    // With the new key alone what is kept can be read. (The simulated Xero is a new one and lets nobody in.)
    let server = Server::start_at(home, &with(&both[..1])).await;
    let caller = books.caller.at(&server.url);
    let books = Books { caller, ..books };
    printed(&books.link(&["--all"]));
    assert!(server.log().iter().all(|line| !line.contains("cannot be opened")));
}

#[test]
fn the_story_of_xero_ends_well() {
    let told = printed(&millrace().args(["demo", "xero"]).output().unwrap());
    for words in [
        "connection Linked with \"Demo Company\"",
        "(Xero takes the next statement, and its answer is lost)",
        "Failed: ",
        "each stands in Xero once, in order, with its sign; both balances agree",
    ] {
        assert!(told.contains(words), "{words:?} is not in {told}");
    }
}

#[tokio::test]
async fn nobody_plays_xero_where_it_is_real_or_forbidden() {
    let flags = ["--set", "xero.client_id=app", "--set", "xero.client_secret=s"];
    let server = Server::start_with(Database::Sqlite, &ServerOptions::flags(&flags)).await;
    let books = Books::new(server.caller()).await;
    let told = refusal(&books.link(&["--all"]));
    assert!(told.contains("no Xero is simulated on"), "{told}");
    let off = ServerOptions::flags(&["--set", "simulators.enabled=false"]);
    let server = Server::start_with(Database::Sqlite, &off).await;
    let caller = server.caller();
    let company = caller.post("/companies", json!({"name": "None"})).await.expect(200).json();
    let path = format!("/companies/{}/connections", text(&company["id"]));
    let refused = caller.post(&path, json!({"platformKey": "gbol"})).await.expect_error(400);
    assert!(text(&refused["error"]).contains("Xero is not set up on this server"), "{refused}");
    let shown = caller.get("/integrations/gbol").await.expect(200).json();
    assert_eq!(shown["enabled"], false);
}
