//! Faults in what Xero says: every one of them, and that the books are right after it.

use super::server::{
    Answer, FEEDS, STATEMENTS, Server, Session, a_feed, a_statement, query, read, wait,
};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

async fn connected() -> (Server, Session, String) {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let feed = session.feed(&server).await;
    (server, session, feed)
}

fn a_body(feed: &str, ids: &[&str]) -> Value {
    let items: Vec<_> = ids.iter().map(|id| a_statement(feed, id, "42.50", "57.50")).collect();
    json!({ "items": items })
}

async fn send(server: &Server, session: &Session, key: &str, body: &Value) -> Answer {
    let request = session.request(server, Method::POST, STATEMENTS).header("Idempotency-Key", key);
    read(request.body(body.to_string()).send().await.unwrap()).await
}

async fn lines(server: &Server) -> usize {
    wait(server, 2);
    server.ledger().await[0]["lines"].as_array().unwrap().len()
}

#[tokio::test]
async fn an_error_before_leaves_nothing_and_one_after_leaves_everything() {
    let cases = [("internal-error", 0), ("internal-error-after", 1)];
    for (fault, wanted) in cases {
        let (server, session, feed) = connected().await;
        server.order(json!({ "fault": fault, "operation": "create-statements" })).await;
        let body = a_body(&feed, &["t-1"]);
        let answer = send(&server, &session, "k-1", &body).await;
        assert_eq!((answer.status, answer.problem().as_str()), (500, "internal-error"), "{fault}");
        assert_eq!(lines(&server).await, wanted, "{fault}");
        assert_eq!(send(&server, &session, "k-1", &body).await.status, 202, "{fault}");
        assert_eq!(lines(&server).await, 1, "{fault}: the key made it one");
        let again = send(&server, &session, "k-2", &body).await;
        assert_eq!(again.problem(), "duplicate-statement", "{fault}");
    }
}

#[tokio::test]
async fn an_error_can_stick_to_its_key() {
    let (server, session, feed) = connected().await;
    server.order(json!({"fault": "internal-error-kept"})).await;
    let body = a_body(&feed, &["t-1"]);
    for _ in 0..2 {
        let answer = send(&server, &session, "k-1", &body).await;
        assert_eq!((answer.status, answer.problem().as_str()), (500, "internal-error"));
    }
    assert_eq!(send(&server, &session, "k-2", &body).await.status, 202);
    assert_eq!(lines(&server).await, 1);
}

#[tokio::test]
async fn refusals_of_the_whole_call_come_with_their_headers() {
    let (server, session, _) = connected().await;
    let cases = [
        ("too-many-requests", 429, Some("7"), Some("minute")),
        ("too-many-requests-bare", 429, None, Some("concurrent")),
        ("organisation-offline", 503, None, None),
        ("maintenance", 503, Some("7"), None),
    ];
    for (fault, status, retry_after, problem) in cases {
        server.order(json!({"fault": fault, "retryAfterSecs": 7, "calls": 2})).await;
        for _ in 0..2 {
            let request = session.request(&server, Method::GET, STATEMENTS);
            let answer = request.send().await.unwrap();
            let header = |name: &str| answer.headers().get(name).map(|v| v.to_str().unwrap());
            assert_eq!(answer.status(), status, "{fault}");
            assert_eq!(header("retry-after"), retry_after, "{fault}");
            assert_eq!(header("x-rate-limit-problem"), problem, "{fault}");
        }
        assert_eq!(session.get(&server, STATEMENTS).await.status, 200, "{fault} is over");
    }
}

#[tokio::test]
async fn maintenance_can_last_for_a_while() {
    let (server, session, _) = connected().await;
    server.order(json!({"fault": "maintenance", "secs": 600})).await;
    let page = session.get(&server, STATEMENTS).await;
    assert_eq!((page.status, page.kind.as_str()), (503, "text/html; charset=utf-8"));
    wait(&server, 599);
    assert_eq!(session.get(&server, STATEMENTS).await.status, 503);
    wait(&server, 1);
    assert_eq!(session.get(&server, STATEMENTS).await.status, 200);
}

#[tokio::test]
async fn tokens_and_permissions_can_end_in_the_middle() {
    let cases = [
        ("token-expired", 401, 200),
        ("permission-lost", 403, 200),
        ("tokens-revoked", 401, 401),
        ("user-disconnects", 403, 403),
    ];
    for (fault, during, after) in cases {
        let (server, session, feed) = connected().await;
        server.order(json!({ "fault": fault })).await;
        let body = a_body(&feed, &["t-1"]);
        assert_eq!(send(&server, &session, "k-1", &body).await.status, during, "{fault}");
        assert_eq!(session.get(&server, STATEMENTS).await.status, after, "{fault}");
        assert_eq!(lines(&server).await, 0, "{fault}");
    }
    let (server, session, _) = connected().await;
    server.order(json!({"fault": "permission-lost"})).await;
    let answer = session.get(&server, FEEDS).await;
    assert_eq!(answer.problem(), "invalid-application");
}

#[tokio::test]
async fn a_refresh_token_can_be_taken_for_a_used_one() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    server.order(json!({"fault": "refresh-token-reused"})).await;
    for _ in 0..2 {
        let answer = server.refresh(&session.refresh).await;
        assert_eq!((answer.status, &answer.json()["error"]), (400, &json!("invalid_grant")));
    }
}

#[tokio::test]
async fn what_is_accepted_can_stay_pending_for_ever() {
    let (server, session, feed) = connected().await;
    server.order(json!({"fault": "stays-pending"})).await;
    let sent = send(&server, &session, "k-1", &a_body(&feed, &["t-1"])).await;
    let id = sent.json()["items"][0]["id"].as_str().unwrap().to_owned();
    wait(&server, 60 * 60);
    let session = server.demo_session().await;
    let shown = session.get(&server, &format!("{STATEMENTS}/{id}")).await.json();
    assert_eq!(shown["status"], "PENDING");
    assert_eq!(lines(&server).await, 0);
    server.order(json!({"fault": "stays-pending"})).await;
    let mut other = a_feed();
    (other["accountToken"], other["accountNumber"]) = (json!("token-2"), json!("999"));
    let made = session.post(&server, FEEDS, &json!({ "items": [other] })).await.json();
    wait(&server, 60);
    let path = format!("{FEEDS}/{}", made["items"][0]["id"].as_str().unwrap());
    assert_eq!(session.get(&server, &path).await.json()["status"], "PENDING");
}

#[tokio::test]
async fn what_is_accepted_can_be_rejected_later() {
    let (server, session, feed) = connected().await;
    server.order(json!({"fault": "rejected-late", "problem": "invalid-end-balance"})).await;
    let sent = send(&server, &session, "k-1", &a_body(&feed, &["t-1"])).await;
    assert_eq!(sent.json()["items"][0]["status"], "PENDING");
    wait(&server, 2);
    let id = sent.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let shown = session.get(&server, &format!("{STATEMENTS}/{id}")).await.json();
    assert_eq!(shown["status"], "REJECTED");
    assert_eq!(shown["errors"][0]["type"], "invalid-end-balance");
    assert_eq!(send(&server, &session, "k-2", &a_body(&feed, &["t-1"])).await.status, 202);
    assert_eq!(lines(&server).await, 1, "a rejected one is no duplicate");
}

#[tokio::test]
async fn a_feed_can_be_rejected_later_and_asked_for_again() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    server.order(json!({"fault": "rejected-late"})).await;
    let body = json!({ "items": [a_feed()] });
    let made = session.post(&server, FEEDS, &body).await.json();
    wait(&server, 1);
    let path = format!("{FEEDS}/{}", made["items"][0]["id"].as_str().unwrap());
    let shown = session.get(&server, &path).await.json();
    assert_eq!(shown["status"], "REJECTED");
    assert_eq!(
        (&shown["error"]["type"], &shown["accountId"]),
        (&json!("account-not-valid"), &Value::Null)
    );
    assert_eq!(session.post(&server, FEEDS, &body).await.status, 202);
}

#[tokio::test]
async fn some_items_can_be_rejected_and_the_others_taken() {
    let (server, session, feed) = connected().await;
    server.order(json!({"fault": "some-rejected"})).await;
    let sent = send(&server, &session, "k-1", &a_body(&feed, &["t-1", "t-2"])).await;
    let statuses = [0, 1].map(|item| sent.json()["items"][item]["status"].clone());
    assert_eq!((sent.status, json!(statuses)), (202, json!(["REJECTED", "PENDING"])));
    assert_eq!(lines(&server).await, 1);
    server.order(json!({"fault": "some-rejected", "problem": "invalid-user-role"})).await;
    let items = ["x", "y"].map(|token| {
        let mut feed = a_feed();
        (feed["accountToken"], feed["accountNumber"]) = (json!(token), json!(token));
        feed
    });
    let made = session.post(&server, FEEDS, &json!({ "items": items })).await;
    assert_eq!((made.status, made.problem().as_str()), (202, "invalid-user-role"));
    assert_eq!(made.json()["items"][1]["status"], "PENDING");
}

#[tokio::test]
async fn feeds_can_be_connected_elsewhere_or_switched_off() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    server.order(json!({"fault": "feed-connected-elsewhere"})).await;
    let answer = session.post(&server, FEEDS, &json!({ "items": [a_feed()] })).await;
    let wanted = "feed-already-connected-in-different-organisation";
    assert_eq!((answer.status, answer.problem().as_str()), (400, wanted));
    assert_eq!(answer.json()["items"][0]["error"]["status"], 409);
    let feed = session.feed(&server).await;
    server.order(json!({"fault": "feed-switched-off"})).await;
    for key in ["k-1", "k-2"] {
        let answer = send(&server, &session, key, &a_body(&feed, &["t-1"])).await;
        assert_eq!((answer.status, answer.problem().as_str()), (403, "invalid-feed-connection"));
    }
    assert_eq!(session.get(&server, FEEDS).await.json()["items"], json!([]));
}

#[tokio::test]
async fn answers_can_drift_from_the_contract() {
    let (server, session, feed) = connected().await;
    send(&server, &session, "k-1", &a_body(&feed, &["t-1"])).await;
    server.order(json!({"fault": "strings-for-numbers"})).await;
    let text = session.get(&server, STATEMENTS).await.text;
    assert!(
        text.contains(r#""amount":"57.5000""#) && text.contains(r#""pageSize":"10""#),
        "{text}"
    );
    server.order(json!({"fault": "extra-fields"})).await;
    let shown = session.get(&server, STATEMENTS).await.json();
    let extra = json!({"nested": [1, null, "text"]});
    assert_eq!(shown["xeroAddedThisYesterday"], extra);
    assert_eq!(shown["items"][0]["startBalance"]["xeroAddedThisYesterday"], extra);
    assert_eq!(shown["items"][0]["status"], "PENDING");
}

#[tokio::test]
async fn the_browser_can_come_back_with_another_state() {
    let server = Server::open().await;
    server.order(json!({"fault": "wrong-state", "operation": "consent"})).await;
    let back = server.press(&server.consent_page(&[]), "allow", &server.demo_tenant().await).await;
    assert_eq!(query(&back, "state").as_deref(), Some("not-what-you-sent"));
    assert!(query(&back, "code").is_some());
}

#[tokio::test]
async fn callbacks_can_come_in_another_order() {
    let server = Server::open().await;
    let tenant = server.demo_tenant().await;
    server.order(json!({"fault": "out-of-order-callback", "operation": "consent"})).await;
    let first = server.press(&server.consent_page(&[("state", "1")]), "allow", &tenant).await;
    let first = read(first).await;
    assert_eq!((first.status, first.kind.as_str()), (200, "text/html; charset=utf-8"));
    let second = server.press(&server.consent_page(&[("state", "2")]), "allow", &tenant).await;
    assert_eq!(query(&second, "state").as_deref(), Some("2"));
    let (_, link) = first.text.split_once("id=\"continue\" href=\"").unwrap();
    let link = link.split('"').next().unwrap().replace("&amp;", "&");
    let link = url::Url::parse(&link).unwrap();
    let field =
        |name: &str| link.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    assert_eq!(field("state"), "1");
    assert_eq!(server.redeem(&field("code")).await.status, 200, "late is not too late");
}

#[tokio::test]
async fn a_callback_can_be_fetched_twice() {
    let server = Server::open().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let callback = format!("http://localhost:{}/cb", listener.local_addr().unwrap().port());
    let (seen, mut fetched) = tokio::sync::mpsc::unbounded_channel();
    let route = axum::routing::get(async move |axum::extract::RawQuery(query)| {
        seen.send(query.unwrap()).unwrap();
    });
    let mut serving = JoinSet::new();
    serving.spawn(async move {
        axum::serve(listener, axum::Router::new().route("/cb", route)).await.unwrap();
    });
    server.order(json!({"fault": "duplicate-callback", "operation": "consent"})).await;
    let page = server.consent_page(&[("redirect_uri", &callback)]);
    let back = server.press(&page, "allow", &server.demo_tenant().await).await;
    let code = query(&back, "code").unwrap();
    let first = fetched.try_recv().unwrap();
    assert!(first.contains(&format!("code={code}")) && first.contains("state=s+t"), "{first}");
}

#[tokio::test]
async fn a_fault_can_be_a_matter_of_luck() {
    let (server, session, _) = connected().await;
    server.order(json!({"fault": "internal-error", "percent": 50, "calls": 1_000})).await;
    let mut met = 0;
    for _ in 0..40 {
        met += u32::from(session.get(&server, FEEDS).await.status == 500);
    }
    assert!((8..=32).contains(&met), "{met} of 40");
}
