//! Rate limits and idempotency keys.

use super::server::{FEEDS, STATEMENTS, Server, Session, a_feed, read, wait};
use reqwest::header::HeaderMap;
use reqwest::{Method, Response};
use serde_json::{Value, json};

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| value.to_str().unwrap().to_owned())
}

async fn list(server: &Server, session: &Session) -> Response {
    session.request(server, Method::GET, STATEMENTS).send().await.unwrap()
}

async fn limit(server: &Server, limits: Value) {
    server.control(Method::PATCH, "settings", json!({ "limits": limits })).await;
}

#[tokio::test]
async fn answers_say_how_much_is_left() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let answer = list(&server, &session).await;
    let names = ["x-minlimit-remaining", "x-daylimit-remaining", "x-appminlimit-remaining"];
    let left = names.map(|name| header(answer.headers(), name).unwrap());
    assert_eq!(left, ["59", "4999", "9999"]);
}

#[tokio::test]
async fn too_many_calls_are_refused_until_the_window_ends() {
    let cases = [
        (json!({"minute": 1}), "minute", "60"),
        (json!({"day": 1}), "day", "86400"),
        (json!({"appMinute": 1}), "appminute", "60"),
    ];
    for (limits, problem, retry_after) in cases {
        let server = Server::open().await;
        let session = server.demo_session().await;
        limit(&server, limits).await;
        assert_eq!(list(&server, &session).await.status(), 200, "{problem}");
        let refused = list(&server, &session).await;
        assert_eq!(refused.status(), 429, "{problem}");
        let names = ["x-rate-limit-problem", "retry-after"];
        let found = names.map(|name| header(refused.headers(), name).unwrap());
        assert_eq!(found, [problem, retry_after]);
        wait(&server, retry_after.parse().unwrap());
        let session = server.demo_session().await;
        assert_eq!(list(&server, &session).await.status(), 200, "{problem}");
    }
}

#[tokio::test]
async fn calls_beyond_five_at_once_are_refused_without_a_time() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    limit(&server, json!({"concurrent": 1})).await;
    let slow = json!({"fault": "latency", "operation": "list-feeds", "millis": 600_000});
    server.order(slow).await;
    let waiting = session.request(&server, Method::GET, FEEDS).send();
    let meanwhile = async {
        server.until_seen("list-feeds").await;
        list(&server, &session).await
    };
    let refused = tokio::select! {
        _ = waiting => panic!("the slow call ended"),
        refused = meanwhile => refused,
    };
    assert_eq!(refused.status(), 429);
    assert_eq!(header(refused.headers(), "x-rate-limit-problem").as_deref(), Some("concurrent"));
    assert_eq!(header(refused.headers(), "retry-after"), None);
}

async fn post(server: &Server, session: &Session, key: &str, body: &Value) -> (u16, String) {
    let request = session.request(server, Method::POST, FEEDS).header("Idempotency-Key", key);
    let answer = read(request.body(body.to_string()).send().await.unwrap()).await;
    (answer.status, answer.text)
}

#[tokio::test]
async fn a_key_repeats_its_answer_for_six_minutes() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let body = json!({ "items": [a_feed()] });
    let first = post(&server, &session, "k-1", &body).await;
    assert_eq!(first.0, 202);
    assert_eq!(post(&server, &session, "k-1", &body).await, first);
    let refused = post(&server, &session, "k-2", &body).await;
    assert!(refused.0 == 400 && refused.1.contains("feed-already-connected"), "{refused:?}");
    assert_eq!(post(&server, &session, "k-2", &body).await, refused, "errors too");
    wait(&server, 6 * 60);
    assert_eq!(post(&server, &session, "k-1", &body).await.0, 400, "it is tried anew");
}

#[tokio::test]
async fn a_key_is_for_one_request() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let body = json!({ "items": [a_feed()] });
    assert_eq!(post(&server, &session, "k-1", &body).await.0, 202);
    let other = post(&server, &session, "k-1", &json!({ "items": [] })).await;
    let words = "Idempotency Key: k-1 is used with a different request.";
    assert!(other.0 == 400 && other.1.contains(words), "{other:?}");
    let long = post(&server, &session, &"k".repeat(129), &body).await;
    assert!(long.0 == 400 && long.1.contains("maximum length of 128"), "{long:?}");
    assert_eq!(post(&server, &session, &"k".repeat(128), &body).await.0, 400, "a duplicate");
}

#[tokio::test]
async fn the_limit_comes_before_the_key() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let body = json!({ "items": [a_feed()] });
    assert_eq!(post(&server, &session, "k-1", &body).await.0, 202);
    limit(&server, json!({"minute": 1})).await;
    assert_eq!(post(&server, &session, "k-1", &body).await.0, 429);
}
