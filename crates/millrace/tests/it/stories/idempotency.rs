//! Requests that are sent twice and done once.

use crate::harness::{
    Caller, Database, Reply, Server, ServerOptions, a_line, a_linked_account, days_ago, on_both,
    text, today,
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

on_both! {
    a_repeated_request_gets_the_first_answer;
    a_key_is_for_one_request;
    twenty_at_once_make_one_company;
    an_answer_outlives_the_process;
    a_secret_is_not_shown_twice;
    errors_are_repeated_too;
}

const KEY: &str = "8c2f7a10-9d5e-4b3a-8f61-2d4c9e7b5a30";

async fn send(caller: &Caller, method: Method, path: &str, key: &str, body: &Value) -> Reply {
    let request = caller.request(method, path).header("Idempotency-Key", key);
    Caller::send(request.header("Content-Type", "application/json").body(body.to_string())).await
}

async fn post(caller: &Caller, path: &str, key: &str, body: &Value) -> Reply {
    send(caller, Method::POST, path, key, body).await
}

fn is_replayed(reply: &Reply) -> bool {
    reply.headers.get("idempotency-replayed").is_some_and(|value| value == "true")
}

async fn companies(caller: &Caller) -> Value {
    caller.get("/companies").await.expect(200).json()["totalResults"].clone()
}

async fn a_repeated_request_gets_the_first_answer(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let body = json!({"name": "Shop"});
    let first = post(&caller, "/companies", KEY, &body).await.expect(200);
    let second = post(&caller, "/companies", &KEY.to_uppercase(), &body).await.expect(200);
    assert!(!is_replayed(&first) && is_replayed(&second));
    assert_eq!((&first.text, companies(&caller).await), (&second.text, json!(1)));
    assert_eq!(first.headers["content-type"], second.headers["content-type"]);
    // Without the header, or with another key, it is another request.
    caller.post("/companies", body.clone()).await.expect(200);
    post(&caller, "/companies", "00000000-0000-4000-8000-000000000000", &body).await.expect(200);
    assert_eq!(companies(&caller).await, json!(3));
    let books = a_linked_account(&caller, days_ago(5)).await;
    let push = json!({"accountId": "acc-1", "transactions": [a_line("a", today(), 1.0)]});
    let key = "1c2f7a10-9d5e-4b3a-8f61-2d4c9e7b5a30";
    let first = post(&caller, &books.push_path(), key, &push).await.expect(200);
    let second = post(&caller, &books.push_path(), key, &push).await.expect(200);
    assert_eq!(first.text, second.text);
    let pushes = caller.get(&format!("/companies/{}/push", books.company)).await.expect(200);
    assert_eq!(pushes.json()["totalResults"], 1);
}

async fn a_key_is_for_one_request(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let company = post(&caller, "/companies", KEY, &json!({"name": "Shop"})).await.expect(200);
    let path = format!("/companies/{}", text(&company.json()["id"]));
    let other = post(&caller, "/companies", KEY, &json!({"name": "Other"})).await;
    assert!(text(&other.expect_error(422)["error"]).contains("another request"));
    let wish = json!({"name": "Shop"});
    send(&caller, Method::PATCH, &path, KEY, &wish).await.expect_error(422);
    post(&caller, "/companies?x=1", KEY, &wish).await.expect_error(422);
    let wrong = post(&caller, "/companies", "seven", &wish).await;
    assert!(text(&wrong.expect_error(400)["error"]).contains("Idempotency-Key"));
    // It is each client's own, and reads do not take it.
    let stranger = server.caller_of_new_client("other-bank");
    post(&stranger, "/companies", KEY, &json!({"name": "Other"})).await.expect(200);
    send(&caller, Method::GET, &path, KEY, &json!({})).await.expect(200);
    send(&caller, Method::GET, &path, "seven", &json!({})).await.expect(200);
    send(&caller, Method::DELETE, &path, KEY, &json!({})).await.expect(204);
}

async fn twenty_at_once_make_one_company(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let caller = caller.clone();
        tasks.spawn(async move { post(&caller, "/companies", KEY, &json!({"name": "S"})).await });
    }
    let replies = tasks.join_all().await;
    assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 409)), "{replies:?}");
    assert!(replies.iter().any(|reply| reply.status == 200 && !is_replayed(reply)));
    assert_eq!(companies(&caller).await, json!(1));
}

async fn an_answer_outlives_the_process(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let first = post(&caller, "/companies", KEY, &json!({"name": "Shop"})).await.expect(200);
    let server = Server::start_at(server.kill().await, &ServerOptions::default()).await;
    let caller = caller.at(&server.url);
    let second = post(&caller, "/companies", KEY, &json!({"name": "Shop"})).await.expect(200);
    assert_eq!((&first.text, companies(&caller).await), (&second.text, json!(1)));
}

async fn a_secret_is_not_shown_twice(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let first = post(&caller, "/apiKeys", KEY, &json!({"name": "ci"})).await.expect(201);
    let second = post(&caller, "/apiKeys", KEY, &json!({"name": "ci"})).await;
    assert!(text(&second.expect_error(409)["error"]).contains("held a secret"));
    let secret = text(&first.json()["apiKey"]);
    assert!(!server.log().iter().any(|line| line.contains(&secret)));
    let listed = caller.get("/apiKeys").await.expect(200).json();
    let named = listed["results"].as_array().unwrap().iter().filter(|key| key["name"] == "ci");
    assert_eq!(named.count(), 1);
}

async fn errors_are_repeated_too(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let first = post(&caller, "/companies", KEY, &json!({})).await;
    let second = post(&caller, "/companies", KEY, &json!({})).await.expect(400);
    assert_eq!((&first.text, is_replayed(&second)), (&second.text, true));
    first.expect_error(400);
}
