//! Faults on the way: answers that are late, broken off or never come, and what was done nevertheless.

use super::server::{STATEMENTS, Server, Session, a_statement, read, wait};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

struct Sent {
    server: Server,
    session: Session,
    body: Value,
}

impl Sent {
    async fn ready(fault: Value) -> Self {
        let server = Server::open().await;
        let session = server.demo_session().await;
        let feed = session.feed(&server).await;
        server.order(fault).await;
        let body = json!({ "items": [a_statement(&feed, "t-1", "42.50", "57.50")] });
        Self { server, session, body }
    }

    fn request(&self) -> RequestBuilder {
        let request = self.session.request(&self.server, Method::POST, STATEMENTS);
        request.header("Idempotency-Key", "k-1").body(self.body.to_string())
    }

    async fn lines(&self) -> usize {
        wait(&self.server, 2);
        self.server.ledger().await[0]["lines"].as_array().unwrap().len()
    }

    /// The same call again, and what stands in the books then.
    async fn again(&self) -> (u16, usize) {
        let answer = read(self.request().send().await.unwrap()).await;
        (answer.status, self.lines().await)
    }
}

#[tokio::test]
async fn a_dropped_connection_leaves_nothing_or_everything() {
    for (fault, wanted) in [("reset-before", 0), ("reset-after", 1)] {
        let sent = Sent::ready(json!({ "fault": fault, "operation": "create-statements" })).await;
        let error = sent.request().send().await.unwrap_err();
        assert!(error.is_request() && !error.is_timeout(), "{fault}: {error:?}");
        assert_eq!(sent.lines().await, wanted, "{fault}");
        assert_eq!(sent.again().await, (202, 1), "{fault}");
    }
}

#[tokio::test]
async fn a_truncated_answer_has_its_head_and_half_its_body() {
    let sent = Sent::ready(json!({"fault": "truncated-body"})).await;
    let mut answer = sent.request().send().await.unwrap();
    assert_eq!(answer.status(), 202);
    let length = usize::try_from(answer.content_length().unwrap()).unwrap();
    let first = answer.chunk().await.unwrap().unwrap();
    assert_eq!(first.len(), length / 2);
    assert!(answer.chunk().await.is_err());
    assert_eq!(sent.again().await, (202, 1));
}

#[tokio::test]
async fn a_slow_answer_comes_in_pieces_and_whole() {
    let sent = Sent::ready(json!({"fault": "slow-drip", "millis": 1})).await;
    let mut answer = sent.request().send().await.unwrap();
    let (mut pieces, mut bytes) = (0, Vec::new());
    while let Some(piece) = answer.chunk().await.unwrap() {
        pieces += 1;
        bytes.extend(piece);
    }
    assert!(pieces > 3, "{pieces}");
    let whole: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(whole["items"][0]["status"], "PENDING");
}

#[tokio::test]
async fn a_late_answer_makes_a_client_give_up_and_ask_again() {
    let fault = json!({"fault": "latency", "millis": 600_000, "operation": "create-statements"});
    let sent = Sent::ready(fault).await;
    tokio::select! {
        answer = sent.request().send() => panic!("it was to be late: {answer:?}"),
        () = sent.server.until_seen("create-statements") => {}
    }
    assert_eq!(sent.lines().await, 0, "nothing is done before the wait is over");
    assert_eq!(sent.again().await, (202, 1));
}

#[tokio::test]
async fn a_short_latency_changes_nothing_else() {
    let sent = Sent::ready(json!({"fault": "latency", "millis": 1, "calls": 2})).await;
    let path = "/identity/.well-known/openid-configuration";
    let found = sent.server.request(Method::GET, path).send().await.unwrap();
    assert_eq!(found.status(), 200);
    assert_eq!(sent.again().await, (202, 1));
    assert_eq!(sent.server.refresh(&sent.session.refresh).await.status, 200);
}

#[tokio::test]
async fn pages_and_tokens_break_like_everything_else() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    server.order(json!({"fault": "reset-after", "operation": "token"})).await;
    let form = format!("grant_type=refresh_token&refresh_token={}", session.refresh);
    let request = server.request(Method::POST, "/identity/connect/token");
    let (id, secret) = (super::server::CLIENT_ID, super::server::CLIENT_SECRET);
    assert!(request.basic_auth(id, Some(secret)).body(form).send().await.is_err());
    assert_eq!(server.refresh(&session.refresh).await.status, 200, "within the grace period");
    server.order(json!({"fault": "maintenance", "operation": "show-consent"})).await;
    let shown = server.http.get(server.consent_page(&[])).send().await.unwrap();
    assert_eq!(shown.status(), 503);
}
