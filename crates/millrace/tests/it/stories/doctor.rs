//! `millrace doctor`: an operator who suspects the database, and what is damaged in it.

use crate::harness::{
    Books, Database, Home, Server, ServerOptions, a_line, a_linked_account, days_ago, millrace,
    on_both,
};
use serde_json::{Value, json};
use std::process::Output;

on_both! {
    a_sound_database_is_found_sound_while_a_server_runs;
    a_flipped_bit_in_any_segment_is_named_and_other_accounts_go_on;
    a_damaged_head_or_event_is_named;
}

fn doctor(home: &Home, flags: &[&str]) -> Output {
    let mut command = millrace();
    command.arg("doctor").args(flags).args(home.flags()).current_dir(home.folder());
    command.output().unwrap()
}

/// What is told to machines, but for the last line, and the exit status.
fn told(home: &Home, flags: &[&str]) -> (Vec<Value>, i32) {
    let output = doctor(home, &[&["--json"], flags].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<Value> = text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    let last = lines.pop().unwrap();
    let status = output.status.code().unwrap();
    assert_eq!((&last["check"], &last["ok"]), (&"all".into(), &(status == 0).into()), "{text}");
    (lines, status)
}

fn faults(told: &[Value]) -> Vec<&Value> {
    told.iter().filter(|it| it["ok"] == false).collect()
}

/// Flips a bit in the middle of a column, by SQL alone.
fn flip(home: &Home, table: &str, column: &str, key: &str) {
    if home.url().is_some() {
        let place = format!("length({column}) / 2");
        let flipped = format!("set_byte({column}, {place}, get_byte({column}, {place}) # 4)");
        home.sql(&format!("update {table} set {column} = {flipped} where {key}"));
        return;
    }
    let database = rusqlite::Connection::open(home.folder().join("millrace.db")).unwrap();
    let find = format!("select {column} from {table} where {key}");
    let mut bytes: Vec<u8> = database.query_row(&find, [], |row| row.get(0)).unwrap();
    let place = bytes.len() / 2;
    bytes[place] ^= 4;
    let keep = format!("update {table} set {column} = ?1 where {key}");
    assert_eq!(database.execute(&keep, [bytes]).unwrap(), 1);
}

/// Some customers, each with an account, to which two pushes went.
async fn customers(server: &Server, count: usize) -> Vec<Books> {
    let caller = server.caller();
    let mut all = Vec::new();
    for _ in 0..count {
        let books = a_linked_account(&caller, days_ago(5)).await;
        books.push_to_end(&[a_line("a", days_ago(3), 1.0), a_line("b", days_ago(2), 2.5)]).await;
        books.push_to_end(&[a_line("b", days_ago(2), 2.5), a_line("c", days_ago(1), -3.0)]).await;
        // Fetched by the customer's QuickBooks.
        books.ofx.statement(&books.number, "").await;
        all.push(books);
    }
    all
}

async fn a_sound_database_is_found_sound_while_a_server_runs(database: Database) {
    let server = Server::start(database).await;
    let all = customers(&server, 2).await;
    let events = ["bankTransactions.write.successful"];
    let consumer = json!({"url": "https://bank.example/hook", "eventTypes": events});
    server.caller().post("/webhooks", consumer).await.expect(201);
    let account = format!("{}/connectionInfo/bankFeedAccounts/acc-1", all[0].path());
    all[0].caller.delete(&account).await.expect(204);
    let output = doctor(&server.home, &["--deep"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.lines().all(|line| line.starts_with("✓ ")), "{text}");
    assert!(text.contains("✓ lines: 3 lines were read back"), "{text}");
    assert!(text.contains("opens all that is sealed (1)"), "{text}");
    let (quick, status) = told(&server.home, &[]);
    assert_eq!((faults(&quick).len(), status), (0, 0));
    let checks: Vec<_> = quick.iter().map(|it| it["check"].as_str().unwrap()).collect();
    let expected = ["settings", "public URL", "Xero", "database", "clock", "encryption", "pushes"];
    assert_eq!(checks, expected);
}

async fn a_flipped_bit_in_any_segment_is_named_and_other_accounts_go_on(database: Database) {
    let server = Server::start(database).await;
    let all = customers(&server, 3).await;
    let mut home = server.stop().await;
    let segments = home.sql("select chunk_no from chunk where kind = 1 order by chunk_no");
    assert_eq!(segments.len(), 6);
    for (index, segment) in segments.iter().enumerate() {
        let damaged = &all[index / 2];
        flip(&home, "chunk", "bytes", &format!("chunk_no = {segment}"));
        let (told, status) = told(&home, &["--deep"]);
        let faults = faults(&told);
        assert_eq!((faults.len(), status), (1, 1), "{faults:?}");
        let place = &faults[0]["place"];
        assert_eq!(faults[0]["check"], "lines");
        assert_eq!(place["chunk"]["kind"], "segment");
        assert_eq!(place["chunk"]["number"].to_string(), *segment);
        assert_eq!(place["company"], damaged.company.as_str());
        assert_eq!(place["account"], damaged.account.as_str());
        let text = String::from_utf8(doctor(&home, &["--deep"]).stdout).unwrap();
        let named = format!("segment {segment}");
        assert!(text.lines().any(|it| it.starts_with("✗ ") && it.contains(&named)), "{text}");

        let server = Server::start_at(home, &ServerOptions::default()).await;
        for books in &all {
            let caller = books.caller.at(&server.url);
            let answer = caller.get(&books.lines_path()).await;
            if books.company == damaged.company {
                let error = answer.expect_error(500);
                assert!(error["error"].as_str().unwrap().contains("damaged"), "{error}");
            } else {
                assert_eq!(answer.expect(200).json()["totalResults"], 3);
            }
        }
        home = server.stop().await;
        flip(&home, "chunk", "bytes", &format!("chunk_no = {segment}"));
    }
    assert_eq!(told(&home, &["--deep"]).1, 0);
}

async fn a_damaged_head_or_event_is_named(database: Database) {
    let server = Server::start(database).await;
    let all = customers(&server, 2).await;
    let home = server.stop().await;
    flip(&home, "ledger", "head", "account_no = 1");
    let (found, status) = told(&home, &["--deep"]);
    let heads = faults(&found);
    assert_eq!((heads.len(), status), (1, 1), "{heads:?}");
    assert_eq!(heads[0]["check"], "heads");
    assert_eq!(heads[0]["place"]["company"], all[0].company.as_str());
    flip(&home, "ledger", "head", "account_no = 1");

    home.sql("delete from event where sequence = 2");
    let (found, status) = told(&home, &["--deep"]);
    let events = faults(&found);
    assert_eq!((events.len(), status), (1, 1), "{events:?}");
    assert_eq!((&events[0]["check"], &events[0]["place"]["event"]), (&"events".into(), &2.into()));
}

#[tokio::test]
async fn what_does_not_go_together_is_told_with_what_to_do() {
    let server = Server::start(Database::Sqlite).await;
    let home = server.stop().await;
    let flags = [
        "--set",
        "mode=production",
        "--set",
        "xero.client_id=app",
        "--set",
        "xero.client_secret=secret",
    ];
    let (found, status) = told(&home, &flags);
    let wrong: Vec<_> = faults(&found).iter().map(|it| it["check"].as_str().unwrap()).collect();
    assert_eq!((wrong, status), (vec!["public URL", "Xero"], 1));
    assert!(faults(&found).iter().all(|it| it["advice"].as_str().unwrap().contains("public_url")));
    let public = [&flags[..], &["--set", "server.public_url=https://feeds.bank.example"]].concat();
    let (found, status) = told(&home, &public);
    assert_eq!(status, 0, "{found:?}");
    let redirect = "https://feeds.bank.example/link/callback";
    assert!(found.iter().any(|it| it["what"].as_str().unwrap().contains(redirect)), "{found:?}");

    let nowhere = Home::new(Database::Sqlite);
    let (found, status) = told(&nowhere, &[]);
    assert_eq!((faults(&found).len(), status), (1, 1));
    assert!(!nowhere.folder().join("encryption.key").exists(), "a look makes nothing");
    home.sql("insert into schema_migration values (9999, 'later', 0)");
    let (found, status) = told(&home, &[]);
    assert_eq!(status, 1);
    assert!(faults(&found)[0]["advice"].as_str().unwrap().contains("newer"), "{found:?}");
}
