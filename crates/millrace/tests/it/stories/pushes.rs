//! What becomes of pushes: accepted, refused, repeated, timed out.

use crate::harness::{
    Database, Server, ServerOptions, a_line, a_linked_account, days_ago, on_both, text, today,
    values, wait_for,
};
use serde_json::json;

on_both! {
    the_answer_echoes_what_was_sent_digit_by_digit;
    the_last_balance_becomes_the_account_s;
    a_broken_rule_fails_the_whole_push_and_says_where;
    lines_sent_again_are_skipped_and_changed_ones_refused;
    a_deadline_is_told_and_kept;
    a_push_ends_as_failed_when_its_account_goes;
}

async fn the_answer_echoes_what_was_sent_digit_by_digit(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let day = days_ago(1);
    let body = format!(
        r#"{{"accountId":"acc-1","transactions":[
            {{"id":"a","date":"{day}T08:30:00.000Z","description":"caf\u00e9","amount":41.20,"balance":1e-06}},
            {{"id":"b","date":"{day}T08:30:00+02:00","description":"big","amount":1.2345678901234568e+16,"balance":0.30000000000000004,"transactionType":"Credit"}}]}}"#
    );
    let reply = books.caller.post(&books.push_path(), body).await.expect(200);
    for expected in [
        &format!(r#""date":"{day}T08:30:00Z""#),
        &format!(r#""date":"{day}T08:30:00+02:00""#),
        r#""description":"café""#,
        r#""amount":41.20,"#,
        r#""balance":0.000001"#,
        r#""amount":12345678901234568,"#,
        r#""balance":0.30000000000000004"#,
        r#""reconciled":false"#,
    ] {
        assert!(reply.text.contains(expected), "{expected} is not in {}", reply.text);
    }
    let operation = reply.json();
    assert!(operation.get("completedOnUtc").is_none(), "{operation}");
    assert_eq!(operation["validation"], json!({"errors": [], "warnings": []}));
    let ended =
        books.caller.ended_push(&books.company, &text(&operation["pushOperationKey"])).await;
    assert!(ended.get("data").is_none() && ended["completedOnUtc"].is_string(), "{ended}");
}

async fn the_last_balance_becomes_the_account_s(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    books.push_to_end(&[a_line("a", days_ago(1), 1.0)]).await;
    let accounts = format!("{}/connectionInfo/bankFeedAccounts", books.path());
    let listed = books.caller.get(&accounts).await.expect(200);
    assert!(listed.text.contains(r#""balance":1000.25"#), "{}", listed.text);
}

async fn a_broken_rule_fails_the_whole_push_and_says_where(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let tomorrow = today().checked_add(jiff::ToSpan::days(2)).unwrap();
    let lines =
        [a_line("a", days_ago(1), 1.0), a_line("b", days_ago(2), 1.0), a_line("c", tomorrow, 1.0)];
    let operation = books.push(&lines).await;
    assert_eq!((&operation["status"], &operation["statusCode"]), (&json!("Failed"), &json!(400)));
    let errors = operation["validation"]["errors"].as_array().unwrap();
    let places: Vec<_> = errors.iter().map(|error| text(&error["itemId"])).collect();
    assert_eq!(places, ["transactions[1].date", "transactions[2].date"]);
    let kept = books.caller.get(&books.lines_path()).await.expect(200).json();
    assert_eq!(kept["totalResults"], 0, "nothing of it is kept");
    let again =
        books.caller.ended_push(&books.company, &text(&operation["pushOperationKey"])).await;
    assert_eq!(again["validation"], operation["validation"], "the operation is kept");
}

async fn lines_sent_again_are_skipped_and_changed_ones_refused(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let (a, b, c) = (
        a_line("a", days_ago(3), 1.0),
        a_line("b", days_ago(2), 2.5),
        a_line("c", days_ago(1), 3.0),
    );
    books.push_to_end(&[a.clone(), b.clone()]).await;
    let overlap = books.push_to_end(&[a.clone(), b.clone(), c]).await;
    assert_eq!(overlap["status"], "Success");
    assert_eq!(overlap["validation"]["warnings"].as_array().unwrap().len(), 2);
    let all_known = books.push_to_end(&[a, b]).await;
    assert_eq!(all_known["status"], "Success");
    let changed = books.push(&[a_line("a", days_ago(3), 1.5)]).await;
    assert_eq!(changed["status"], "Failed");
    let statement = books.ofx.statement(&books.number, "").await;
    assert_eq!(values(&statement, "FITID"), ["a", "b", "c"]);
}

async fn a_deadline_is_told_and_kept(database: Database) {
    let server = Server::start_with(database, &ServerOptions::flags(&["--no-worker"])).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let body = json!({"accountId": "acc-1", "transactions": [a_line("a", today(), 1.0)]});
    let path = format!("{}?timeoutInMinutes=1", books.push_path());
    let pending = books.caller.post(&path, body).await.expect(200).json();
    assert_eq!((&pending["status"], &pending["timeoutInMinutes"]), (&json!("Pending"), &json!(1)));
    books
        .caller
        .post(&format!("{}?timeoutInMinutes=0", books.push_path()), "{}")
        .await
        .expect_error(400);
    // The deadline itself is the simulation's and the conformance suite's: here it is only told and kept.
    let key = text(&pending["pushOperationKey"]);
    let kept = books
        .caller
        .get(&format!("/companies/{}/push/{key}", books.company))
        .await
        .expect(200)
        .json();
    assert_eq!(kept["timeoutInMinutes"], 1);
}

async fn a_push_ends_as_failed_when_its_account_goes(database: Database) {
    let server = Server::start_with(database, &ServerOptions::flags(&["--no-worker"])).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let operation = books.push(&[a_line("a", today(), 1.0)]).await;
    let accounts = format!("{}/connectionInfo/bankFeedAccounts", books.path());
    books.caller.delete(&format!("{accounts}/acc-1")).await.expect(204);
    // One of the same name is another account: the push must not count as its.
    books.caller.post(&accounts, json!({"id": "acc-1"})).await.expect(200);
    let worker = Server::start_at(server.stop().await, &ServerOptions::default()).await;
    let caller = books.caller.at(&worker.url);
    let path =
        format!("/companies/{}/push/{}", books.company, text(&operation["pushOperationKey"]));
    let ended = wait_for("the push to end", || async {
        let operation = caller.get(&path).await.expect(200).json();
        (operation["status"] != "Pending").then_some(operation)
    })
    .await;
    assert_eq!(ended["status"], "Failed");
    assert!(text(&ended["errorMessage"]).contains("deleted"), "{ended}");
}
