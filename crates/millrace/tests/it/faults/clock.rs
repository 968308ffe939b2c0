//! A clock that is set back by a day: under a running server, and between two. The server is shown another time by
//! Debian's libfaketime, which is loaded into it.

use super::scene::on;
use crate::harness::{
    Caller, Database, OfxCaller, Server, ServerOptions, Sink, a_line, a_linked_account, days_ago,
    millrace, on_both, open_store_of, text, values, wait_for,
};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

on_both! {
    a_clock_that_is_set_back_under_a_running_server_loses_and_doubles_nothing;
    a_clock_that_is_set_back_between_two_servers_holds_no_work_up;
}

const KEYS: [&str; 2] =
    ["8c2f7a10-9d5e-4b3a-8f61-2d4c9e7b5a30", "0b1d6c52-37aa-4c0e-9a4b-5f0e1d2c3b4a"];

/// A clock that servers are shown, and that can be set.
struct Clock {
    folder: TempDir,
}

impl Clock {
    /// One that is right.
    fn new() -> Self {
        let clock = Self { folder: TempDir::new().unwrap() };
        clock.set("+0");
        clock
    }

    fn set(&self, difference: &str) {
        std::fs::write(self.folder.path().join("clock"), format!("{difference}\n")).unwrap();
    }

    fn set_back_a_day(&self) {
        self.set("-1d");
    }

    fn variables(&self) -> Vec<(String, String)> {
        let library = library().display().to_string();
        let file = self.folder.path().join("clock").display().to_string();
        [
            ("LD_PRELOAD", library.as_str()),
            ("FAKETIME_TIMESTAMP_FILE", &file),
            ("FAKETIME_NO_CACHE", "1"),
            // Waiting is not by this clock, here as on any machine.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// A server that is shown it.
    fn options(&self, flags: &[&str]) -> ServerOptions {
        ServerOptions { variables: self.variables(), ..ServerOptions::flags(flags) }
    }
}

fn library() -> PathBuf {
    let folders = std::fs::read_dir(Path::new("/usr/lib")).unwrap().flatten();
    let files = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    files.into_iter().find(|file| file.is_file()).unwrap_or_else(|| {
        panic!("libfaketime is not there: run `cargo xtask test`, which installs it")
    })
}

async fn a_clock_that_is_set_back_under_a_running_server_loses_and_doubles_nothing(
    database: Database,
) {
    let clock = Clock::new();
    let server =
        Server::start_at(on(database), &clock.options(&["--set", "worker.lease_secs=1"])).await;
    let sink = Sink::open().await;
    let caller = server.caller();
    let wish = json!({"url": sink.url, "eventTypes": ["bankTransactions.write.successful"]});
    caller.post("/webhooks", wish).await.expect(201);
    let books = a_linked_account(&caller, days_ago(5)).await;
    let lines =
        |id: &str| json!({"accountId": "acc-1", "transactions": [a_line(id, days_ago(3), 1.0)]});
    let path = books.push_path();
    let first = push_once(&caller, &path, KEYS[0], lines("before")).await;
    assert_eq!(caller.ended_push(&books.company, &key_of(&first)).await["status"], "Success");
    sink.hears(1).await;

    clock.set_back_a_day();
    let again = push_once(&caller, &path, KEYS[0], lines("before")).await;
    assert_eq!(key_of(&again), key_of(&first), "what was done once is not done again");
    let second = push_once(&caller, &path, KEYS[1], lines("after")).await;
    assert_eq!(caller.ended_push(&books.company, &key_of(&second)).await["status"], "Success");
    sink.hears(2).await;
    caller.get("/readyz").await.expect(200);
    // Both are there once, in the order in which they came, for QuickBooks, too.
    let kept = caller.get(&books.lines_path()).await.expect(200).json();
    assert_eq!(kept["totalResults"], 2, "{kept}");
    let statement = books.ofx.statement(&books.number, "").await;
    assert_eq!(values(&statement, "FITID"), ["before", "after"]);
    assert_eq!(sink.heard().len(), 2, "each event is told once");
    is_told_by_the_log_and_doctor(&server, &clock).await;
}

async fn is_told_by_the_log_and_doctor(server: &Server, clock: &Clock) {
    wait_for("the log to tell", || {
        let log = server.log();
        std::future::ready(log.iter().any(|line| line.contains("was set back")).then_some(()))
    })
    .await;
    let mut doctor = millrace();
    doctor.arg("doctor").args(server.home.flags()).envs(clock.variables());
    let output = doctor.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.lines().any(|line| line.starts_with('✗') && line.contains("clock")), "{said}");
}

/// What was accepted, and what a worker held that died, is not held for as long as the clock was ahead.
async fn a_clock_that_is_set_back_between_two_servers_holds_no_work_up(database: Database) {
    let clock = Clock::new();
    let server = Server::start_at(on(database), &clock.options(&[])).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    books.push_to_end(&[a_line("first", days_ago(3), 1.0)]).await;
    let home = server.stop().await;
    // The house has done so, unless it was stopped too soon.
    let store = open_store_of(&home).await;
    store.note_time(Timestamp::now()).await.unwrap();
    store.close().await;
    let server = Server::start_at(home, &clock.options(&["--no-worker"])).await;
    let caller = books.caller.at(&server.url);
    let body = json!({"accountId": "acc-1", "transactions": [a_line("held", days_ago(3), 1.0)]});
    let pending = caller.post(&books.push_path(), body).await.expect(200).json();
    let home = server.kill().await;

    clock.set_back_a_day();
    let server = Server::start_at(home, &clock.options(&[])).await;
    let caller = books.caller.at(&server.url);
    let ended = caller.ended_push(&books.company, &key_of(&pending)).await;
    assert_eq!(ended["status"], "Success", "{ended}");
    let ofx = OfxCaller::new(&caller, &books.ofx.username, &books.ofx.password);
    let statement = ofx.statement(&books.number, "").await;
    assert_eq!(values(&statement, "FITID"), ["first", "held"]);
}

async fn push_once(caller: &Caller, path: &str, key: &str, body: Value) -> Value {
    let request = caller.request(Method::POST, path).header("Idempotency-Key", key);
    let request = request.header("Content-Type", "application/json").body(body.to_string());
    Caller::send(request).await.expect(200).json()
}

fn key_of(operation: &Value) -> String {
    text(&operation["pushOperationKey"])
}
