//! Callers who get it wrong: each gets a 4xx that names what is wrong and where, and nothing is kept.

use crate::harness::{
    Books, Caller, Database, Server, a_line, a_linked_account, days_ago, on_both, text, today,
};
use reqwest::Method;
use serde_json::{Value, json};

on_both! {
    structural_faults_of_a_push_are_all_listed_with_their_places;
    bodies_that_cannot_be_read_are_refused;
    unknown_things_are_not_found;
    wrong_keys_are_refused;
    accounts_that_cannot_be_are_refused;
    batches_tell_each_account_s_fate;
}

fn places(error: &Value) -> Vec<String> {
    let errors = error["validation"]["errors"].as_array().unwrap();
    errors.iter().map(|error| text(&error["itemId"])).collect()
}

async fn nothing_is_kept(books: &Books) {
    let lines = books.caller.get(&books.lines_path()).await.expect(200).json();
    assert_eq!(lines["totalResults"], 0);
    let pushes =
        books.caller.get(&format!("/companies/{}/push", books.company)).await.expect(200).json();
    assert_eq!(pushes["totalResults"], 0);
}

async fn structural_faults_of_a_push_are_all_listed_with_their_places(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let path = books.push_path();
    let mut many = vec![a_line("x", today(), 1.0); 1001];
    for (index, line) in many.iter_mut().enumerate() {
        line["id"] = json!(format!("x{index}"));
    }
    let line = |fields: &str| {
        format!(
            r#"{{"accountId":"acc-1","transactions":[{{"id":"a","description":"d",{fields}}}]}}"#
        )
    };
    let day = today();
    let cases: Vec<(String, &[&str])> = vec![
        (json!({"accountId": "acc-1", "transactions": many}).to_string(), &["transactions"]),
        (r#"{"accountId":"acc-1","transactions":[]}"#.to_owned(), &["transactions"]),
        (r#"{"accountId":"other","transactions":[{"id":"a"}]}"#.to_owned(), &["accountId"]),
        (r#"{"transactions":[{"id":"a"}]}"#.to_owned(), &["accountId"]),
        (r#"{"accountId":"acc-1"}"#.to_owned(), &["transactions"]),
        (line(&format!(r#""date":"{day}","amount":1e400"#)), &["transactions[0].amount"]),
        (
            line(&format!(r#""date":"{day}","amount":1234567890123456789012345678901234567890"#)),
            &["transactions[0].amount"],
        ),
        (line(r#""date":"2023-02-30","amount":1"#), &["transactions[0].date"]),
        (
            line(
                r#""date":5,"amount":"1","balance":true,"transactionType":"Gift","reconciled":"no""#,
            ),
            &[
                "transactions[0].date",
                "transactions[0].amount",
                "transactions[0].balance",
                "transactions[0].transactionType",
                "transactions[0].reconciled",
            ],
        ),
        (
            line(&format!(r#""date":"{day}","amount":1,"reference":"a\u0000b""#)),
            &["transactions[0].reference"],
        ),
        (
            line(&format!(r#""date":"{day}","amount":1,"reference":"\ud800""#)),
            &["transactions[0].reference"],
        ),
        (
            line(&format!(r#""date":"{day}","amount":1,"reference":"{}""#, "x".repeat(2001))),
            &["transactions[0].reference"],
        ),
        (
            r#"{"accountId":"acc-1","transactions":[7,{"id":"a","amount":"x"}]}"#.to_owned(),
            &["transactions[0]", "transactions[1].amount"],
        ),
    ];
    for (body, expected) in cases {
        let error = books.caller.post(&path, body.clone()).await.expect_error(400);
        let mut found = places(&error);
        found.sort();
        let mut expected: Vec<_> = expected.iter().map(|place| (*place).to_owned()).collect();
        expected.sort();
        assert_eq!(found, expected, "{}", &body[..body.len().min(300)]);
    }
    nothing_is_kept(&books).await;
}

async fn bodies_that_cannot_be_read_are_refused(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let path = books.push_path();
    for body in ["", "{", "nul", "[1,", "\u{feff}{}", "{\"a\":1}x"] {
        let error = books.caller.post(&path, body).await.expect_error(400);
        assert!(text(&error["error"]).to_lowercase().contains("json"), "{error}");
    }
    books.caller.post(&path, vec![0xff, 0xfe, 0x00]).await.expect_error(400);
    let deep = "[".repeat(100_000);
    books.caller.post(&path, deep).await.expect_error(400);
    let large = format!(r#"{{"accountId":"{}"}}"#, "x".repeat(10 * 1024 * 1024));
    books.caller.post(&path, large).await.expect_error(413);
    let form =
        books.caller.request(Method::POST, &path).header("Content-Type", "text/plain").body("{}");
    Caller::send(form).await.expect_error(415);
    nothing_is_kept(&books).await;
}

async fn unknown_things_are_not_found(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let nobody = "00000000-0000-4000-8000-000000000000";
    let company = &books.company;
    for path in [
        "/nothing".to_owned(),
        format!("/companies/{nobody}"),
        "/companies/7".to_owned(),
        format!("/companies/{company}/connections/{nobody}"),
        format!("/companies/{company}/connections/x"),
        format!("/companies/{company}/push/{nobody}"),
        format!("{}/data/bankAccounts/none/bankTransactions", books.path()),
        format!("/ext/v1/companies/{company}/push/{nobody}"),
    ] {
        books.caller.get(&path).await.expect_error(404);
    }
    let push = format!("{}/push/bankAccounts/none/bankTransactions", books.path());
    let body = json!({"accountId": "none", "transactions": [a_line("a", today(), 1.0)]});
    books.caller.post(&push, body).await.expect_error(404);
    books.caller.put("/companies", "{}").await.expect_error(405);
}

async fn wrong_keys_are_refused(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let stranger = Caller::new(&caller.url, "wrongwrongwrongwrongwrongwrongwrongwrong");
    stranger.get("/companies").await.expect_error(401);
    let http = reqwest::Client::new();
    for header in [None, Some("Basic"), Some("Basic !!!"), Some("Bearer abc")] {
        let mut request = http.get(format!("{}/companies", caller.url));
        if let Some(header) = header {
            request = request.header("Authorization", header);
        }
        Caller::send(request).await.expect_error(401);
    }
    let with_colon = Caller::new(&caller.url, &format!("{}:", caller.key));
    with_colon.get("/companies").await.expect(200);
}

async fn accounts_that_cannot_be_are_refused(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let accounts = format!("{}/connectionInfo/bankFeedAccounts", books.path());
    for (body, place) in [
        (json!({"accountName": "no id"}), "id"),
        (json!({"id": "batch"}), "id"),
        (json!({"id": "a", "currency": "POUNDS"}), "currency"),
        (json!({"id": "a", "balance": "12"}), "balance"),
    ] {
        let error = books.caller.post(&accounts, body).await.expect_error(400);
        assert!(error.to_string().contains(place), "{error}");
    }
    let twice = books.caller.post(&accounts, json!({"id": "acc-1"})).await.expect_error(400);
    assert!(text(&twice["error"]).contains("acc-1"), "{twice}");
    let one = format!("{accounts}/acc-1");
    books.caller.patch(&one, json!({"balance": 5})).await.expect_error(400);
    books.caller.patch(&one, json!({"id": "other"})).await.expect_error(400);
    books.caller.patch(&one, json!({"status": "connected"})).await.expect_error(400);
    let renamed = books.caller.patch(&one, json!({"accountName": "New"})).await.expect(200).json();
    assert_eq!((&renamed["accountName"], &renamed["status"]), (&json!("New"), &json!("connected")));
    books.caller.delete(&one).await.expect(204);
    books.caller.delete(&one).await.expect_error(404);
}

async fn batches_tell_each_account_s_fate(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let batch = format!("{}/connectionInfo/bankFeedAccounts/batch", books.path());
    let v2 = |id: &str| json!({"id": id, "accountName": "Cur", "accountType": "checking", "accountNumber": "00112233", "currency": "EUR", "balance": 12.5, "routingInfo": {"bankCode": "021000021", "type": "aba"}});
    let made = books.caller.post(&batch, json!([v2("c-1"), v2("c-2")])).await.expect(201).json();
    assert_eq!(made[1]["result"]["statusCode"], 201);
    assert_eq!(made[0]["result"]["account"]["routingInfo"]["type"], "aba");
    let mixed = books
        .caller
        .post(&batch, json!([v2("c-1"), v2("c-3"), v2("c-3")]))
        .await
        .expect(207)
        .json();
    let codes: Vec<_> =
        mixed.as_array().unwrap().iter().map(|item| item["result"]["statusCode"].clone()).collect();
    assert_eq!(codes, [json!(409), json!(201), json!(409)]);
    assert!(mixed[0]["result"].get("account").is_none());
    books.caller.post(&batch, json!([v2("c-1"), v2("c-2")])).await.expect(409);
    books.caller.post(&batch, json!([])).await.expect_error(400);
    books.caller.post(&batch, json!({})).await.expect_error(400);
}
