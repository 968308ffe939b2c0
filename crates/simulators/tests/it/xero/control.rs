//! The control API: what it shows, what it changes, what it refuses.

use super::server::{FEEDS, Server, a_feed, read};
use reqwest::Method;
use serde_json::{Value, json};

async fn refused(server: &Server, method: Method, path: &str, body: Value) -> (u16, String) {
    let request = server.request(method, &format!("/control/{path}")).body(body.to_string());
    let answer = read(request.send().await.unwrap()).await;
    (answer.status, answer.json()["error"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn an_organisation_is_made_with_its_accounts() {
    let server = Server::open().await;
    let body = json!({"name": "Pacific Ltd", "baseCurrency": "NZD", "currencies": ["AUD"],
        "country": "NZ", "user": "kiwi@example.com",
        "accounts": [{"name": "Till", "number": "1"},
            {"name": "Card", "number": "4242", "type": "CREDITCARD", "currency": "AUD"}]});
    let made = server.control(Method::POST, "organisations", body).await;
    assert_eq!(made["currencies"], json!(["NZD", "AUD"]));
    let tenant = made["tenantId"].as_str().unwrap();
    let more = json!({"name": "Safe", "number": "2"});
    server.control(Method::POST, &format!("organisations/{tenant}/accounts"), more).await;
    let accounts: Vec<_> = server.ledger().await.split_off(4);
    let rows: Vec<_> = accounts
        .iter()
        .map(|one| ["name", "type", "currency"].map(|field| one[field].clone()))
        .collect();
    let wanted =
        json!([["Till", "BANK", "NZD"], ["Card", "CREDITCARD", "AUD"], ["Safe", "BANK", "NZD"]]);
    assert_eq!(json!(rows), wanted);
    let page = read(server.http.get(server.consent_page(&[])).send().await.unwrap()).await;
    assert!(page.text.contains(">Pacific Ltd</option>"));
}

#[tokio::test]
async fn organisations_show_what_is_connected() {
    let server = Server::open().await;
    let shown = server.control(Method::GET, "organisations", Value::Null).await;
    assert_eq!(shown["organisations"][0]["connectionId"], Value::Null);
    let session = server.demo_session().await;
    let feed = session.feed(&server).await;
    let shown = server.control(Method::GET, "organisations", Value::Null).await;
    let demo = &shown["organisations"][0];
    assert!(demo["connectionId"].is_string());
    let wanted = json!({"id": feed, "accountToken": "token-1", "stage": "connected",
        "accountId": demo["accounts"][0]["accountId"]});
    assert_eq!(demo["feeds"], json!([wanted]));
    let disconnect = format!("organisations/{}/disconnect", session.tenant);
    server.control(Method::POST, &disconnect, Value::Null).await;
    assert_eq!(session.get(&server, FEEDS).await.status, 403);
    assert_eq!(session.get(&server, "/connections").await.json(), json!([]));
}

#[tokio::test]
async fn seen_calls_have_bodies_and_no_secrets() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let body = json!({ "items": [a_feed()] });
    let request = session.request(&server, Method::POST, FEEDS).header("Idempotency-Key", "k-1");
    request.body(body.to_string()).send().await.unwrap();
    let calls = server.control(Method::GET, "calls", Value::Null).await;
    let calls = calls["calls"].as_array().unwrap();
    let operations: Vec<_> = calls.iter().map(|call| &call["operation"]).collect();
    assert_eq!(operations, ["consent", "token", "create-feeds"]);
    let wanted = json!({"number": 3, "at": "2024-02-29T12:00:00Z", "operation": "create-feeds",
        "method": "POST", "path": FEEDS, "tenant": session.tenant, "idempotencyKey": "k-1",
        "fault": null, "body": body.to_string(), "status": 202});
    assert_eq!(calls[2], wanted);
    let all = json!(calls).to_string();
    for secret in [&session.access, &session.refresh, super::server::CLIENT_SECRET, "Basic"] {
        assert!(!all.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn time_runs_ahead_of_the_clock() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let body = json!({"advanceSecs": 1_800});
    let moved = server.control(Method::POST, "time", body).await;
    assert_eq!(moved, json!({"now": "2024-02-29T12:30:00Z"}));
    assert_eq!(server.control(Method::GET, "time", Value::Null).await, moved);
    assert_eq!(session.get(&server, "/connections").await.status, 401, "the token has expired");
}

#[tokio::test]
async fn tokens_end_when_they_are_told_to() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    server.control(Method::POST, "tokens/expire", Value::Null).await;
    assert_eq!(session.get(&server, "/connections").await.status, 401);
    assert_eq!(server.refresh(&session.refresh).await.status, 200);
    server.control(Method::POST, "tokens/revoke", Value::Null).await;
    assert_eq!(server.refresh(&session.refresh).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn settings_change_by_name_and_the_rest_stays() {
    let server = Server::open().await;
    let changes = json!({"deliverySecs": 90, "limits": {"day": 1_000}});
    server.control(Method::PATCH, "settings", changes).await;
    let wanted = json!({"deliverySecs": 90, "feedSecs": 1, "duplicates": "immediate",
        "consent": "ask", "redirectUris": [],
        "limits": {"concurrent": 5, "minute": 60, "day": 1_000, "appMinute": 10_000}});
    assert_eq!(server.control(Method::GET, "settings", Value::Null).await, wanted);
    for wrong in [json!({"delivery": 1}), json!({"limits": {"week": 1}}), json!({"consent": "x"})] {
        let (status, _) = refused(&server, Method::PATCH, "settings", wrong.clone()).await;
        assert_eq!(status, 400, "{wrong}");
    }
    assert_eq!(server.control(Method::GET, "settings", Value::Null).await, wanted);
}

#[tokio::test]
async fn a_reset_leaves_the_demo_company_and_nothing_else() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let feed = session.feed(&server).await;
    server.control(Method::POST, "organisations", json!({ "name": "Other" })).await;
    server.order(json!({"fault": "internal-error"})).await;
    server.control(Method::PATCH, "settings", json!({ "feedSecs": 9 })).await;
    server.control(Method::POST, "reset", Value::Null).await;
    assert_eq!(server.ledger().await.len(), 4);
    assert_eq!(server.demo_tenant().await, session.tenant, "it is the same company");
    assert_eq!(session.get(&server, "/connections").await.status, 401);
    let session = server.demo_session().await;
    assert_ne!(session.feed(&server).await, feed, "ids do not come again");
}

#[tokio::test]
async fn an_order_can_be_seen_and_taken_back() {
    let server = Server::open().await;
    let order = json!({"fault": "too-many-requests", "operation": "get-feed", "secs": 60});
    server.order(order).await;
    let listed = server.control(Method::GET, "faults", Value::Null).await;
    let wanted = json!({"fault": "too-many-requests", "operation": "get-feed", "calls": null,
        "until": "2024-02-29T12:01:00Z", "percent": 100, "millis": 250, "retryAfterSecs": 30,
        "problem": null});
    assert_eq!(listed["ordered"], json!([wanted]));
    assert_eq!(listed["faults"].as_array().unwrap().len(), 27);
    assert_eq!(listed["operations"].as_array().unwrap().len(), 15);
    server.control(Method::DELETE, "faults", Value::Null).await;
    let listed = server.control(Method::GET, "faults", Value::Null).await;
    assert_eq!(listed["ordered"], json!([]));
}

#[tokio::test]
async fn refusals_say_why() {
    let server = Server::open().await;
    let nobody = "6a4b9ff5-3a5f-4321-936b-4796163550f6";
    let cases = [
        ("faults", json!({"fault": "rain"}), 400, "there is no fault \"rain\"; there are: latency"),
        ("faults", json!({"fault": "latency", "operation": "x"}), 400, "there is no operation"),
        ("faults", json!({"fault": "latency", "problem": "x"}), 400, "there is no problem"),
        ("faults", json!({"fault": "latency", "times": 1}), 400, "unknown field `times`"),
        (
            "faults",
            json!({"fault": "stays-pending", "operation": "token"}),
            400,
            "stays-pending cannot happen at token",
        ),
        ("organisations", json!({}), 400, "missing field `name`"),
        ("organisations", json!({"name": "A", "baseCurrency": "XXQ"}), 400, "is no currency"),
        ("organisations", json!({"name": "A", "country": "UK"}), 400, "is no country"),
        (&format!("organisations/{nobody}/disconnect"), json!({}), 404, "no such organisation"),
        (&format!("feeds/{nobody}/switch-off"), json!({}), 404, "no such feed"),
        ("time", json!({"advanceSecs": -1}), 400, "invalid value"),
    ];
    for (path, body, wanted, words) in cases {
        let (status, error) = refused(&server, Method::POST, path, body).await;
        assert!(status == wanted && error.contains(words), "{path}: {status} {error}");
    }
}
