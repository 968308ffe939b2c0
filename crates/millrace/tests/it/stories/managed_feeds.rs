//! A bank that lets its transactions be fetched.

use crate::harness::{
    BANK_AUTHORIZATION, Bank, Books, Database, Home, Server, ServerOptions, a_line,
    a_linked_account, days_ago, millrace, on_both, text, wait_for,
};
use serde_json::{Value, json};

on_both! {
    a_sync_on_demand_brings_what_the_bank_has;
    while_a_sync_runs_another_is_refused;
    a_failed_sync_says_what_to_do;
    a_bank_that_stumbles_is_asked_again;
    a_schedule_is_kept_and_a_missed_run_is_made_up_for;
    a_sync_is_reached_by_its_own_path_only;
    without_a_bank_the_operator_is_told_what_to_set;
}

fn options(bank: &Bank) -> ServerOptions {
    ServerOptions { flags: bank.flags(), ..ServerOptions::default() }
}

fn syncs_path(books: &Books) -> String {
    format!("{}/bankFeedAccounts/{}/managedBankFeeds/syncs", books.path(), books.account)
}

fn feed_path(books: &Books) -> String {
    format!("/ext/v1{}/accounts/{}/managedFeed", books.path(), books.account)
}

async fn run(books: &Books) -> String {
    let begun = books.caller.post(&syncs_path(books), "").await.expect(201).json();
    text(&begun["syncId"])
}

async fn find(books: &Books, id: &str) -> Value {
    books.caller.get(&format!("{}/{id}", syncs_path(books))).await.expect(200).json()
}

async fn ended(books: &Books, id: &str) -> Value {
    wait_for("the sync to end", || async {
        let sync = find(books, id).await;
        (sync["status"] != "Started").then_some(sync)
    })
    .await
}

async fn a_sync_on_demand_brings_what_the_bank_has(database: Database) {
    let bank = Bank::open().await;
    let server = Server::start_with(database, &options(&bank)).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let latest = format!("{}/latest", syncs_path(&books));
    assert_eq!(books.caller.get(&latest).await.expect(204).text, "");

    bank.gives(&[a_line("c", days_ago(1), 3.5), a_line("a", days_ago(3), 1.0)], Some("page 2"));
    bank.gives(&[a_line("b", days_ago(2), -2.0)], None);
    let id = run(&books).await;
    let sync = ended(&books, &id).await;
    assert_eq!(sync["status"], "SuccessDataPushed", "{sync}");
    for (field, value) in [
        ("syncId", &id),
        ("companyId", &books.company),
        ("companyName", &"Elaborate Events, Inc".to_owned()),
        ("dataConnectionId", &books.connection),
        ("sourceAccountId", &books.account),
        ("periodStartUtc", &format!("{}T00:00:00Z", days_ago(5))),
    ] {
        assert_eq!(&text(&sync[field]), value, "{field}");
    }
    assert_eq!(sync["periodEndUtc"], sync["executionStartUtc"]);
    for stamp in ["periodEndUtc", "executionStartUtc", "executionEndUtc"] {
        assert!(text(&sync[stamp]).ends_with('Z'), "{sync}");
    }
    assert!(sync.get("errorCode").is_none() && sync.get("errorMessage").is_none(), "{sync}");
    assert_eq!(books.caller.get(&latest).await.expect(200).json(), sync);

    let asked = bank.asked();
    let period = format!("from={}T00%3A00%3A00Z&to=", days_ago(5));
    assert!(asked[0].starts_with(&format!("/feeds/acc-1?{period}")), "{asked:?}");
    assert!(asked.len() == 2 && asked[1].ends_with("&cursor=page%202"), "{asked:?}");

    let [key] = sync["pushOperationKeys"].as_array().unwrap().as_slice() else { panic!("{sync}") };
    let push = books.caller.ended_push(&books.company, &text(key)).await;
    assert_eq!(push["status"], "Success");
    let lines = books.caller.get(&books.lines_path()).await.expect(200).json();
    let ids: Vec<_> = lines["results"].as_array().unwrap().iter().map(|line| &line["id"]).collect();
    assert_eq!(ids, ["a", "b", "c"]);

    bank.gives(&[a_line("c", days_ago(1), 3.5)], None);
    let again = ended(&books, &run(&books).await).await;
    assert_eq!(again["status"], "SuccessNoDataPushed", "what came again is known");
    assert_eq!(again["periodStartUtc"], sync["periodEndUtc"]);
}

async fn while_a_sync_runs_another_is_refused(database: Database) {
    let bank = Bank::open().await;
    let server = Server::start_with(database, &options(&bank)).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let gate = bank.closed().await;
    let id = run(&books).await;
    bank.knock().await;
    let running = find(&books, &id).await;
    assert_eq!(running["status"], "Started");
    assert!(running.get("executionEndUtc").is_none(), "{running}");
    let refusal = books.caller.post(&syncs_path(&books), "").await.expect_error(409);
    assert!(text(&refusal["error"]).contains(&id), "{refusal}");
    drop(gate);
    assert_eq!(ended(&books, &id).await["status"], "SuccessNoDataPushed");
    assert_ne!(run(&books).await, id);
}

async fn a_failed_sync_says_what_to_do(database: Database) {
    let bank = Bank::open().await;
    let server = Server::start_with(database, &options(&bank)).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let wrong = json!({"transactions": [a_line("a", days_ago(1), 1.0), {"amount": "1.00"}]});
    for (status, body, code, advice) in [
        (403, String::new(), "bankRefusedAuthorization", "managed_feeds.authorization"),
        (404, String::new(), "bankUnknownAccount", "\"acc-1\""),
        (302, String::new(), "bankAnsweredUnexpectedly", "redirects are not followed"),
        (200, "<html>".to_owned(), "bankAnswerInvalid", "expected value at line 1"),
        (200, wrong.to_string(), "bankAnswerInvalid", "transactions[1].amount is not a number"),
    ] {
        bank.answers(status, &body);
        let sync = ended(&books, &run(&books).await).await;
        assert_eq!((&sync["status"], &sync["errorCode"]), (&json!("Failed"), &json!(code)));
        assert!(text(&sync["errorMessage"]).contains(advice), "{sync}");
        assert!(sync["executionEndUtc"].is_string() && sync.get("pushOperationKeys").is_none());
    }
    bank.gives(&[a_line("old", days_ago(40), 1.0), a_line("new", days_ago(1), 1.0)], None);
    let partial = ended(&books, &run(&books).await).await;
    assert_eq!(partial["status"], "PartialSuccessDataPushed");
    assert_eq!(partial["errorCode"], "linesRefused");
    let failed = text(&partial["pushOperationKeys"][0]);
    assert!(text(&partial["errorMessage"]).contains(&failed), "{partial}");
    let push = books.caller.ended_push(&books.company, &failed).await;
    assert_eq!(push["validation"]["errors"][0]["itemId"], "transactions[0].date", "{push}");

    let syncs = format!("/ext/v1/companies/{}/syncs", books.company);
    let all = books.caller.get(&syncs).await.expect(200).json();
    assert_eq!(all["totalResults"], 6);
    let newest = &all["results"][0];
    assert_eq!(
        (&newest["syncId"], &newest["cause"], &newest["fetchedLines"], &newest["newLines"]),
        (&partial["syncId"], &json!("AdHoc"), &json!(2), &json!(1))
    );
    let invalid = format!("{syncs}?query=status%3DFailed%26%26errorCode%3DbankAnswerInvalid");
    assert_eq!(books.caller.get(&invalid).await.expect(200).json()["totalResults"], 2);

    let log = server.log().join("\n");
    assert!(log.contains("transactions[1].amount is not a number"), "{log}");
    let secret = BANK_AUTHORIZATION.trim_start_matches("Bearer ");
    assert!(!log.contains(secret), "{log}");
}

async fn a_bank_that_stumbles_is_asked_again(database: Database) {
    let bank = Bank::open().await;
    let server = Server::start_with(database, &options(&bank)).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    bank.answers(503, "");
    bank.gives(&[a_line("a", days_ago(1), 1.0)], None);
    let sync = ended(&books, &run(&books).await).await;
    assert_eq!(sync["status"], "SuccessDataPushed");
    let asked = bank.asked();
    assert!(asked.len() == 2 && asked[0] == asked[1], "{asked:?}");
}

async fn a_schedule_is_kept_and_a_missed_run_is_made_up_for(database: Database) {
    let bank = Bank::open().await;
    let server = Server::start_with(database, &options(&bank)).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let feed = feed_path(&books);
    books.caller.get(&feed).await.expect_error(404);
    let refusal = books.caller.put(&feed, json!({"schedule": "every day"})).await.expect_error(400);
    assert!(text(&refusal["error"]).contains("0 6 * * *"), "{refusal}");
    // Next due in a year and more, unless somebody touches the clock.
    let body = json!({"schedule": "0 6 29 2 * Europe/London"});
    let set = books.caller.put(&feed, body).await.expect(200).json();
    assert_eq!(
        (&set["enabled"], &set["schedule"]),
        (&json!(true), &json!("0 6 29 2 * Europe/London"))
    );
    assert!(text(&set["nextRunUtc"]).ends_with("-02-29T06:00:00Z"), "{set}");
    assert_eq!(books.caller.get(&feed).await.expect(200).json(), set);

    bank.gives(&[a_line("a", days_ago(1), 1.0)], None);
    let home = server.stop().await;
    let_the_run_be_missed(&home);
    let server = Server::start_at(home, &options(&bank)).await;
    let caller = books.caller.at(&server.url);
    let syncs = format!("/ext/v1/companies/{}/syncs", books.company);
    let sync = wait_for("the scheduled sync to end", || async {
        let syncs = caller.get(&syncs).await.expect(200).json();
        let sync = syncs["results"].get(0).cloned()?;
        (sync["status"] != "Started").then_some(sync)
    })
    .await;
    assert_eq!((&sync["cause"], &sync["newLines"]), (&json!("Scheduled"), &json!(1)), "{sync}");
    assert_eq!(caller.get(&feed).await.expect(200).json(), set, "the next run is the old one");

    let resting = json!({"schedule": "* * * * *", "enabled": false});
    let resting = caller.put(&feed, resting).await.expect(200).json();
    assert!(resting["enabled"] == false && resting.get("nextRunUtc").is_none(), "{resting}");
    caller.delete(&feed).await.expect(204);
    caller.delete(&feed).await.expect_error(404);
}

/// As if the run had become due while nothing worked: the story cannot wait for it.
fn let_the_run_be_missed(home: &Home) {
    let column = if home.url().is_some() { "next_due_at" } else { "next_due_at_us" };
    let changed = home.sql(&format!("update managed_feed set {column} = 1 returning {column}"));
    assert_eq!(changed.first().map(String::as_str), Some("1"));
}

async fn a_sync_is_reached_by_its_own_path_only(database: Database) {
    let bank = Bank::open().await;
    let server = Server::start_with(database, &options(&bank)).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let other = a_linked_account(&server.caller_of_new_client("other"), days_ago(5)).await;
    let id = run(&books).await;
    ended(&books, &id).await;
    for path in [
        format!("{}/{id}", syncs_path(&other)),
        format!("{}/not-a-uuid", syncs_path(&books)),
        format!("{}/{}", syncs_path(&books), books.company),
    ] {
        let caller = if path.contains(&other.company) { &other.caller } else { &books.caller };
        let refusal = caller.get(&path).await.expect_error(404);
        assert!(text(&refusal["error"]).starts_with("Sync "), "{path}: {refusal}");
    }
    let theirs = syncs_path(&other);
    books.caller.post(&theirs, "").await.expect_error(404);
    books.caller.get(&format!("{theirs}/latest")).await.expect_error(404);
    books.caller.get(&feed_path(&other)).await.expect_error(404);
    let none = syncs_path(&books).replace("acc-1", "acc-9");
    let refusal = books.caller.get(&format!("{none}/latest")).await.expect_error(404);
    assert_eq!(refusal["error"], "Source account acc-9 not found");
}

async fn without_a_bank_the_operator_is_told_what_to_set(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let body = json!({"schedule": "0 6 * * *"});
    for refusal in [
        books.caller.post(&syncs_path(&books), "").await.expect_error(400),
        books.caller.put(&feed_path(&books), body).await.expect_error(400),
    ] {
        assert!(text(&refusal["error"]).contains("managed_feeds.url"), "{refusal}");
    }
    books.caller.get(&format!("{}/latest", syncs_path(&books))).await.expect(204);
}

#[test]
fn a_bank_that_cannot_be_called_stops_the_start() {
    let home = Home::new(Database::Sqlite);
    for (setting, reason) in [
        ("managed_feeds.url=https://bank.example/{account}", "{account} is not one of {clientId}"),
        ("managed_feeds.url=http://bank.example/{accountId}", "use https"),
    ] {
        let serve = ["serve", "--listen", "127.0.0.1:0"].as_slice();
        for command in [serve, &["config", "check"]] {
            let start =
                millrace().args(command).args(["--set", setting]).args(home.flags()).output();
            let start = start.unwrap();
            let told = String::from_utf8_lossy(&start.stderr).into_owned();
            assert!(!start.status.success() && told.contains(reason), "{command:?}: {told}");
        }
    }
}
