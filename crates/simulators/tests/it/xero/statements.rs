//! Statements: what is refused at once, what is refused later, and what stands in the books.

use super::server::{Answer, FEEDS, STATEMENTS, Server, Session, a_feed, a_statement, wait};
use reqwest::Method;
use serde_json::{Value, json};

struct Bank {
    server: Server,
    session: Session,
    feed: String,
}

impl Bank {
    async fn open() -> Self {
        let server = Server::open().await;
        let session = server.demo_session().await;
        let feed = session.feed(&server).await;
        Self { server, session, feed }
    }

    fn statement(&self, id: &str) -> Value {
        a_statement(&self.feed, id, "42.50", "57.50")
    }

    async fn send(&self, statements: &[Value]) -> Answer {
        self.session.post(&self.server, STATEMENTS, &json!({ "items": statements })).await
    }

    async fn status_of(&self, answer: &Answer) -> Value {
        let id = answer.json()["items"][0]["id"].as_str().unwrap().to_owned();
        self.session.get(&self.server, &format!("{STATEMENTS}/{id}")).await.json()
    }
}

#[tokio::test]
async fn every_rule_has_its_own_error() {
    let bank = Bank::open().await;
    let line = "/statementLines/0";
    let gone = "6a4b9ff5-3a5f-4321-936b-4796163550f6";
    let cases = [
        ("/startDate", json!(null), 400, "invalid-request"),
        ("/startBalance/amount", json!("1.00001"), 400, "invalid-request"),
        (&format!("{line}/description"), json!("x".repeat(2_001)), 400, "invalid-request"),
        ("/startDate", json!("2024-03-01"), 400, "invalid-start-and-end-date"),
        ("/startDate", json!("2023-02-27"), 400, "invalid-start-date"),
        ("/endDate", json!("2024-03-02"), 400, "invalid-end-date"),
        ("/feedConnectionId", json!(gone), 403, "invalid-feed-connection"),
        ("/endBalance/amount", json!("57.51"), 422, "invalid-end-balance"),
        ("/endBalance/creditDebitIndicator", json!("DEBIT"), 422, "invalid-end-balance"),
        (&format!("{line}/creditDebitIndicator"), json!("CREDIT"), 422, "invalid-end-balance"),
    ];
    for (pointer, value, status, problem) in cases {
        let mut wrong = bank.statement("t-1");
        *wrong.pointer_mut(pointer).unwrap() = value;
        let answer = bank.send(&[bank.statement("t-0"), wrong]).await;
        assert_eq!((answer.status, answer.problem().as_str()), (status, problem), "{pointer}");
        assert_eq!(answer.kind, "application/problem+json");
        let fields = answer.json();
        assert!(fields["title"].is_string() && fields["detail"].is_string(), "{fields}");
        assert_eq!(fields["status"], status);
    }
    let listed = bank.session.get(&bank.server, STATEMENTS).await.json();
    assert_eq!(listed["items"], json!([]), "with one wrong item nothing is taken");
}

#[tokio::test]
async fn a_request_has_items_and_three_million_bytes_at_most() {
    let bank = Bank::open().await;
    for body in [json!({}), json!({ "items": [] }), json!([]), json!({ "items": [1] })] {
        let answer = bank.session.post(&bank.server, STATEMENTS, &body).await;
        assert_eq!((answer.status, answer.problem().as_str()), (400, "invalid-request"), "{body}");
    }
    let padded = |bytes: usize| {
        let mut body = json!({ "items": [bank.statement("t-1")], "padding": "" });
        let missing = bytes - body.to_string().len();
        body["padding"] = json!("x".repeat(missing));
        body
    };
    let answer = bank.session.post(&bank.server, STATEMENTS, &padded(3_000_001)).await;
    assert_eq!((answer.status, answer.problem().as_str()), (413, "invalid-request"));
    let words = "Request size of 3000001 bytes exceeds the limit of 3000000 bytes.";
    assert_eq!(answer.json()["detail"], words);
    let answer = bank.session.post(&bank.server, STATEMENTS, &padded(3_000_000)).await;
    assert_eq!(answer.status, 202, "a field that nobody knows is no error");
}

#[tokio::test]
async fn a_pending_feed_takes_no_statement() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let created = session.post(&server, FEEDS, &json!({ "items": [a_feed()] })).await.json();
    let feed = created["items"][0]["id"].as_str().unwrap();
    let body = json!({ "items": [a_statement(feed, "t-1", "42.50", "57.50")] });
    let answer = session.post(&server, STATEMENTS, &body).await;
    assert_eq!((answer.status, answer.problem().as_str()), (403, "invalid-feed-connection"));
}

#[tokio::test]
async fn numbers_and_text_are_the_same_statement() {
    let bank = Bank::open().await;
    let text = bank.statement("t-1");
    let mut numbers = text.clone();
    numbers["startBalance"]["amount"] = json!(100);
    assert_eq!(bank.send(&[text]).await.status, 202);
    let again = bank.send(&[numbers]).await;
    assert_eq!((again.status, again.problem().as_str()), (409, "duplicate-statement"));
}

#[tokio::test]
async fn a_duplicate_is_refused_at_once() {
    let bank = Bank::open().await;
    assert_eq!(bank.send(&[bank.statement("t-1")]).await.status, 202);
    let pending = bank.send(&[bank.statement("t-1")]).await;
    assert_eq!((pending.status, pending.kind.as_str()), (409, "application/problem+json"));
    let item = pending.json()["items"][0].clone();
    assert_eq!(item["status"], "REJECTED");
    assert_eq!(item["feedConnectionId"], bank.feed.as_str());
    assert_eq!(item["errors"][0]["type"], "duplicate-statement");
    wait(&bank.server, 2);
    let mixed = bank.send(&[bank.statement("t-1"), bank.statement("t-2")]).await;
    let statuses: Vec<_> = (0..2).map(|one| mixed.json()["items"][one]["status"].clone()).collect();
    assert_eq!((mixed.status, json!(statuses)), (202, json!(["REJECTED", "PENDING"])));
    wait(&bank.server, 2);
    let books = &bank.server.ledger().await[0];
    assert_eq!(books["lines"].as_array().unwrap().len(), 2);
    assert_eq!(books["repeated"], 0);
}

#[tokio::test]
async fn a_duplicate_can_be_noticed_late() {
    let bank = Bank::open().await;
    let late = json!({ "duplicates": "late" });
    bank.server.control(Method::PATCH, "settings", late).await;
    let first = bank.send(&[bank.statement("t-1")]).await;
    let second = bank.send(&[bank.statement("t-1")]).await;
    assert_eq!((first.status, second.status), (202, 202));
    wait(&bank.server, 2);
    assert_eq!(bank.status_of(&first).await["status"], "DELIVERED");
    let rejected = bank.status_of(&second).await;
    assert_eq!(rejected["status"], "REJECTED");
    assert_eq!(rejected["errors"][0]["type"], "duplicate-statement");
    assert_eq!(bank.server.ledger().await[0]["lines"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_statement_whose_feed_goes_away_is_rejected() {
    let bank = Bank::open().await;
    let answer = bank.send(&[bank.statement("t-1")]).await;
    bank.server
        .control(Method::POST, &format!("feeds/{}/switch-off", bank.feed), Value::Null)
        .await;
    let refused = bank.send(&[bank.statement("t-2")]).await;
    assert_eq!((refused.status, refused.problem().as_str()), (403, "invalid-feed-connection"));
    wait(&bank.server, 2);
    let shown = bank.status_of(&answer).await;
    assert_eq!(shown["errors"][0]["type"], "invalid-feed-connection");
    assert_eq!(bank.server.ledger().await[0]["balance"], Value::Null);
}

#[tokio::test]
async fn a_statement_is_shown_with_the_fields_of_the_contract() {
    let bank = Bank::open().await;
    let mut statement = bank.statement("t-1");
    statement["startBalance"] = json!({"amount": "20.5", "creditDebitIndicator": "DEBIT"});
    statement["endBalance"] = json!({"amount": "63", "creditDebitIndicator": "DEBIT"});
    let answer = bank.send(&[statement]).await;
    let id = answer.json()["items"][0]["id"].clone();
    let listed = bank.session.get(&bank.server, STATEMENTS).await;
    let tail = "\"status\":\"PENDING\",\"startDate\":\"2024-02-28\",\"endDate\":\"2024-02-29\",\
         \"startBalance\":{\"amount\":20.5000,\"creditDebitIndicator\":\"DEBIT\"},\
         \"endBalance\":{\"amount\":63.0000,\"creditDebitIndicator\":\"DEBIT\"},\
         \"statementLineCount\":1}]}";
    assert!(listed.text.ends_with(tail), "{}", listed.text);
    assert_eq!(listed.json()["items"][0]["id"], id);
    let none = bank.session.get(&bank.server, &format!("{STATEMENTS}/{}", bank.feed)).await;
    assert_eq!((none.status, none.problem().as_str()), (404, "statement-not-found"));
}

#[tokio::test]
async fn the_newest_statement_is_listed_first() {
    let bank = Bank::open().await;
    let first = bank.send(&[bank.statement("t-1")]).await.json()["items"][0]["id"].clone();
    let second = bank.send(&[bank.statement("t-2")]).await.json()["items"][0]["id"].clone();
    let listed = bank.session.get(&bank.server, &format!("{STATEMENTS}?pageSize=1")).await.json();
    assert_eq!(listed["items"][0]["id"], second);
    let wanted = json!({"page": 1, "pageSize": 1, "pageCount": 2, "itemCount": 1});
    assert_eq!(listed["pagination"], wanted);
    let older = bank.session.get(&bank.server, &format!("{STATEMENTS}?page=2&pageSize=1")).await;
    assert_eq!(older.json()["items"][0]["id"], first);
}

#[tokio::test]
async fn the_books_show_gaps_and_repeated_transactions() {
    let bank = Bank::open().await;
    assert_eq!(bank.send(&[bank.statement("t-1")]).await.status, 202);
    wait(&bank.server, 2);
    let books = bank.server.ledger().await[0].clone();
    assert_eq!((&books["isContinuous"], &books["repeated"]), (&json!(true), &json!(0)));
    let mut next = a_statement(&bank.feed, "t-1", "30", "70");
    next["endDate"] = json!("2024-02-28");
    assert_eq!(bank.send(&[next]).await.status, 202);
    wait(&bank.server, 2);
    let books = bank.server.ledger().await[0].clone();
    assert_eq!((&books["isContinuous"], &books["repeated"]), (&json!(false), &json!(1)));
    assert_eq!(books["balance"], "70");
    assert_eq!(books["statements"][1]["startBalance"], "100");
}
