//! Calls and answers with a mistake, which the judge has to stop: what it lets pass proves something only then.

use super::life::{Scene, a_feed, numbered};
use platforms::{PlatformError, TargetKind};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::a_line;

const FEED: &str = "6a4b9ff5-3a5f-4321-936b-4796163550f6";

/// A feed connection and a statement as they may be sent.
fn right_items() -> [Value; 2] {
    let balance = json!({"amount": 1, "creditDebitIndicator": "CREDIT"});
    let line = json!({"postedDate": "2024-02-29", "amount": 0, "creditDebitIndicator": "DEBIT",
        "transactionId": "1"});
    let feed = json!({"accountToken": "t", "accountNumber": "1", "accountName": "N",
        "accountType": "BANK", "currency": "GBP"});
    let statement = json!({"feedConnectionId": FEED, "startDate": "2024-02-29",
        "endDate": "2024-02-29", "startBalance": balance, "endBalance": balance,
        "statementLines": [line]});
    [feed, statement]
}

/// Bodies with one mistake each, by path.
fn wrong_bodies() -> Vec<(&'static str, Value)> {
    let [feed, statement] = right_items();
    let with = |item: &Value, place: &str, value: Value| {
        let mut item = item.clone();
        let (parent, name) = place.rsplit_once('/').unwrap();
        item.pointer_mut(parent).unwrap()[name] = value;
        json!({ "items": [item] })
    };
    let deleted = "FeedConnections/DeleteRequests";
    let mut wrong = vec![
        ("FeedConnections", json!({})),
        ("FeedConnections", json!({"items": []})),
        (deleted, json!({ "items": [feed] })),
        (deleted, json!({"items": [{"id": "7"}]})),
    ];
    let feeds = [
        ("/accountType", json!("SAVINGS")),
        // Of a card nobody may say more, or less, than the last four digits.
        ("/accountType", json!("CREDITCARD")),
        ("/accountName", json!("n".repeat(31))),
        ("/accountToken", Value::Null),
        ("/currency", json!("gbp")),
        ("/id", json!(FEED)),
    ];
    let statements = [
        ("/startDate", json!("29/02/2024")),
        ("/startBalance", json!({"amount": 1})),
        ("/startBalance/amount", json!("1")),
        ("/remark", json!("x")),
        ("/statementLines/0/amount", json!(-1)),
        ("/statementLines/0/description", json!("é".repeat(2_001))),
        ("/statementLines/0/postedDate", json!("2024-02-29T00:00:00Z")),
        ("/statementLines/0/memo", json!("x")),
    ];
    wrong.extend(feeds.map(|(place, value)| ("FeedConnections", with(&feed, place, value))));
    wrong.extend(statements.map(|(place, value)| ("Statements", with(&statement, place, value))));
    wrong
}

/// A call of the bank feeds that is not our client's.
async fn call(scene: &Scene, path: &str, body: &Value, key: &str) -> (u16, Value) {
    let url = format!("{}/bankfeeds.xro/1.0/{path}", scene.prism.url);
    let access = scene.access();
    let request = reqwest::Client::new().post(url).bearer_auth(access.token.expose());
    let request = request.header("Xero-Tenant-Id", access.organisation);
    let request = request.header("Idempotency-Key", key).json(body);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_wrong_call_does_not_get_past_the_judge() {
    let Some(scene) = Scene::open().await else { return };
    let [feed, statement] = right_items().map(|item| json!({ "items": [item] }));
    let wrong = wrong_bodies().into_iter().map(|(path, body)| (path, body, "k".to_owned()));
    let mut wrong: Vec<_> = wrong.collect();
    wrong.push(("FeedConnections", feed.clone(), "k".repeat(129)));
    for (path, body, key) in &wrong {
        let (status, answer) = call(&scene, path, body, key).await;
        assert_eq!(status, 422, "{path} {body}");
        assert!(answer["validation"][0]["message"].is_string(), "{path} {body}: {answer}");
    }
    let judged = scene.prism.judged();
    assert_eq!(judged.iter().filter(|call| call.violation.is_some()).count(), wrong.len());
    for operation in ["create-feeds", "delete-feeds", "create-statements"] {
        assert_eq!(scene.simulator.count(operation).await, 0, "{operation}");
    }
    // The same without a mistake gets past it.
    assert_eq!(call(&scene, "FeedConnections", &feed, "1").await.0, 202);
    let (status, answer) = call(&scene, "Statements", &statement, "2").await;
    assert_eq!((status, &answer["type"]), (403, &json!("invalid-feed-connection")));
    let judged = scene.prism.judged().split_off(wrong.len());
    assert!(judged.iter().all(|call| call.violation.is_none()), "{judged:#?}");
}

#[tokio::test]
async fn a_wrong_answer_does_not_get_past_the_judge() {
    let Some(scene) = Scene::open().await else { return };
    let feed = a_feed("t", numbered("1", "N"), TargetKind::Bank, "GBP");
    let feed = scene.connect(&feed).await;
    scene.deliver(&feed, "0", &[a_line("l-1", "2024-02-29", "1")]).await;
    scene.prism.expect_no_violation();
    let drift = json!({"fault": "strings-for-numbers", "operation": "list-statements"});
    scene.simulator.control(Method::POST, "faults", drift).await;
    let unsent = scene.one_statement(&feed, "1", "l-2");
    let error = scene.statements().look_up(scene.access(), &unsent, &[]).await.unwrap_err();
    assert!(matches!(error, PlatformError::Unavailable { .. }), "{error}");
    let found = scene.prism.judged().pop().unwrap();
    assert_eq!(found.call, "GET /Statements 500");
    let violation = found.violation.unwrap();
    assert!(violation.starts_with("VIOLATIONS: ") && violation.contains("number"), "{violation}");
}
