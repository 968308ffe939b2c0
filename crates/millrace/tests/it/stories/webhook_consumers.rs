//! Endpoints that want to hear of events: made, listed, deleted, under today's names and those of 2023.

use crate::harness::{Database, Server, on_both, text};
use serde_json::json;

on_both! {
    a_consumer_is_made_listed_and_deleted;
    a_rule_is_a_consumer_in_the_old_format;
}

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

async fn a_consumer_is_made_listed_and_deleted(database: Database) {
    let server = Server::start(database).await;
    let (caller, stranger) = (server.caller(), server.caller_of_new_client("other-bank"));
    let wish = json!({
        "url": "https://bank.example/hook",
        "eventTypes": ["bankTransactions.write.successful", "PushOperationStatusChanged"],
        "companyTags": ["tier:gold"],
    });
    let mut made = caller.post("/webhooks", wish.clone()).await.expect(201).json();
    let secret = made.as_object_mut().unwrap().remove("secret").unwrap();
    assert!(text(&secret).starts_with("whsec_"), "shown this once");
    assert_eq!((&made["disabled"], &made["eventTypes"]), (&json!(false), &wish["eventTypes"]));
    let listed = caller.get("/webhooks").await.expect(200).json();
    assert_eq!(listed, json!({"results": [made]}));
    assert_eq!(stranger.get("/webhooks").await.expect(200).json(), json!({"results": []}));
    let path = format!("/webhooks/{}", text(&made["id"]));
    stranger.delete(&path).await.expect_error(404);
    assert!(caller.delete(&path).await.expect(204).text.is_empty());
    caller.delete(&path).await.expect_error(404);
    caller.delete("/webhooks/7").await.expect_error(404);
    for _ in 0..50 {
        caller.post("/webhooks", wish.clone()).await.expect(201);
    }
    let refused = caller.post("/webhooks", wish).await.expect_error(400);
    assert!(text(&refused["error"]).contains("which is the most"), "{refused}");
}

async fn a_rule_is_a_consumer_in_the_old_format(database: Database) {
    let server = Server::start(database).await;
    let (caller, stranger) = (server.caller(), server.caller_of_new_client("other-bank"));
    let company = caller.post("/companies", json!({"name": "Shop"})).await.expect(200).json();
    let wish = json!({
        "type": "Push Operation Status Changed",
        "notifiers": {"emails": ["ops@bank.example"], "webhook": "https://bank.example/rule"},
        "companyId": company["id"],
    });
    let mut made = caller.post("/rules", wish.clone()).await.expect(200).json();
    let path = format!("/rules/{}", text(&made["id"]));
    assert_eq!(caller.get(&path).await.expect(200).json(), made);
    stranger.get(&path).await.expect_error(404);
    stranger.post("/rules", wish.clone()).await.expect_error(400);
    caller.get(&format!("/rules/{NOBODY}")).await.expect_error(404);
    let listed = caller.get("/rules?query=type~status").await.expect(200).json();
    assert_eq!((&listed["totalResults"], &listed["results"][0]), (&json!(1), &made));
    let consumer = &caller.get("/webhooks").await.expect(200).json()["results"][0];
    assert_eq!((&consumer["id"], &consumer["url"]), (&made["id"], &wish["notifiers"]["webhook"]));
    made.as_object_mut().unwrap().remove("id");
    assert_eq!(made, wish);
    let modern = json!({"url": "https://bank.example/hook", "eventTypes": ["company.created"]});
    let modern = caller.post("/webhooks", modern).await.expect(201).json();
    caller.get(&format!("/rules/{}", text(&modern["id"]))).await.expect_error(404);
    assert_eq!(caller.get("/rules").await.expect(200).json()["totalResults"], 1);
}
