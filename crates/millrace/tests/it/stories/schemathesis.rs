//! Foreign judges: whether the published documents are OpenAPI, and thousands of requests made up from them, good and
//! bad, with real ids. No answer may be a 5xx, and every answer must have a status, a type and a shape that the
//! documents tell, so every 4xx is the envelope.

use crate::harness::{
    Bank, Books, Caller, Database, Sandbox, Server, ServerOptions, a_line, a_linked_account,
    days_ago, environment, on_both, text, today,
};
use crate::mapping::Scene;
use serde_json::json;
use std::fmt::Write as _;

on_both! {
    requests_made_up_from_the_documents_find_no_fault;
    requests_about_books_that_we_map_to_find_no_fault;
}

const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
/// The same cases at every run.
const SEED: u32 = 7;

#[tokio::test]
async fn the_documents_are_openapi() {
    let server = Server::start(Database::Sqlite).await;
    let sandbox = Sandbox::new();
    for document in ["openapi.json", "ext/openapi.json"] {
        let answer = reqwest::get(format!("{}/{document}", server.url)).await.unwrap();
        let path = sandbox.write(document, answer.bytes().await.unwrap());
        let judge = environment("schemathesis", "openapi-spec-validator");
        let said = sandbox.run(judge, &["--schema", "3.1", path.to_str().unwrap()]);
        assert!(said.expect_success().text().contains("OK"), "{document}");
    }
}

/// How many examples of each operation: with those that cover its schema, more than 2 500 cases on each database.
const EXAMPLES: u32 = 15;
const CASES_MIN: u32 = 2_500;
/// Many times what it takes: the machine may be busy with other tests.
const SECS_MAX: u32 = 300;

/// What the paths are filled with.
async fn parameters(books: &Books) -> String {
    let caller = &books.caller;
    let push = books.push(&[a_line("a", today(), 1.0)]).await;
    let hook = json!({"url": "https://bank.example", "eventTypes": ["company.created"]});
    let hook = caller.post("/webhooks", hook).await.expect(201).json();
    let rule = json!({"type": "PushOperationStatusChanged", "notifiers": {"webhook": "https://bank.example"}});
    let rule = caller.post("/rules", rule).await.expect(200).json();
    let syncs = format!("{}/bankFeedAccounts/acc-1/managedBankFeeds/syncs", books.path());
    let sync = caller.post(&syncs, "").await.expect(201).json();
    let mut written = String::new();
    for (name, id) in [
        ("companyId", books.company.clone()),
        ("connectionId", books.connection.clone()),
        ("accountId", books.account.clone()),
        ("sourceAccountId", books.account.clone()),
        ("pushOperationKey", text(&push["pushOperationKey"])),
        ("webhookId", text(&hook["id"])),
        ("eventSequence", "7".to_owned()),
        // Nobody waits for what does not come.
        ("wait", "0".to_owned()),
        ("ruleId", text(&rule["id"])),
        ("syncId", text(&sync["syncId"])),
        ("image", "logo".to_owned()),
        ("platformKey", "hcws".to_owned()),
        ("dataType", "bankTransactions".to_owned()),
    ] {
        writeln!(written, "{name} = \"{id}\"").unwrap();
    }
    written
}

/// How many cases were made, and how many of them passed: `2861 generated, 2861 passed`.
fn counts(said: &str) -> (u32, u32) {
    let line = said.lines().find(|line| line.contains(" generated, "));
    let line = line.unwrap_or_else(|| panic!("no number of cases in:\n{said}"));
    let (generated, passed) = line.split_once(" generated, ").unwrap();
    let passed = passed.strip_suffix(" passed").unwrap_or_else(|| panic!("{said}"));
    (generated.trim().parse().unwrap(), passed.parse().unwrap())
}

/// Runs the judge over a document; answers how many cases it made, all of which must have passed.
async fn judge(server: &Server, settings: &str, document: &str, methods: &[&str]) -> u32 {
    let sandbox = Sandbox::new().patient(SECS_MAX);
    let settings = sandbox.write("schemathesis.toml", settings);
    let url = format!("{}/{document}", server.url);
    let mut words = vec!["--config-file", settings.to_str().unwrap(), "run", &url];
    words.extend(["--phases", "coverage,fuzzing", "--checks", CHECKS, "--no-color"]);
    words.extend_from_slice(methods);
    let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    // On a thread of its own, for the bank has to answer meanwhile.
    let running = tokio::task::spawn_blocking(move || {
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        sandbox.run(environment("schemathesis", "st"), &words)
    });
    let said = running.await.unwrap().expect_success().text();
    let (generated, passed) = counts(&said);
    assert_eq!(generated, passed, "{said}");
    generated
}

/// The judge's own settings, with what the paths are filled with.
fn settings(caller: &Caller, parameters: &str) -> String {
    let basic = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &caller.key);
    format!(
        "seed = {SEED}\n[headers]\nAuthorization = \"Basic {basic}\"\n[generation]\nmax-examples = {EXAMPLES}\n[parameters]\n{parameters}"
    )
}

async fn requests_made_up_from_the_documents_find_no_fault(database: Database) {
    let bank = Bank::open().await;
    let options = ServerOptions { flags: bank.flags(), ..ServerOptions::default() };
    let server = Server::start_with(database, &options).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let settings = settings(&books.caller, &parameters(&books).await);
    let mut cases = 0;
    // What deletes comes last: after it the ids name nothing.
    for methods in [["--exclude-method", "DELETE"], ["--include-method", "DELETE"]] {
        for document in ["openapi.json", "ext/openapi.json"] {
            cases += judge(&server, &settings, document, &methods).await;
        }
    }
    assert!(cases >= CASES_MIN, "only {cases} cases");
    assert_eq!(errors(&server), Vec::<String>::new());
}

/// Of the operations that QuickBooks refuses, and Xero does not.
const BOOKS: &str = "mapping$|bankFeeds/info$|/bankAccounts$";
const BOOKS_CASES_MIN: u32 = 150;

async fn requests_about_books_that_we_map_to_find_no_fault(database: Database) {
    let scene = Scene::linked(database).await;
    let (company, connection) = (scene.path.company, scene.path.connection);
    let parameters =
        format!("companyId = \"{company}\"\nconnectionId = \"{connection}\"\naccountId = \"a\"\n");
    let settings = settings(&scene.caller, &parameters);
    let mut cases = 0;
    for document in ["openapi.json", "ext/openapi.json"] {
        let chosen = ["--include-path-regex", BOOKS];
        cases += judge(&scene.server, &settings, document, &chosen).await;
    }
    assert!(cases >= BOOKS_CASES_MIN, "only {cases} cases");
    assert_eq!(errors(&scene.server), Vec::<String>::new());
}

/// What a server has logged of its own failures.
fn errors(server: &Server) -> Vec<String> {
    let lines = server.log().into_iter();
    lines.filter(|line| line.contains("\"level\":\"ERROR\"")).collect()
}
