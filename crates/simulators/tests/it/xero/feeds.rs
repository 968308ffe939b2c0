//! Feed connections: how they are made, refused, listed and removed.

use super::server::{FEEDS, STATEMENTS, Server, Session, a_feed, a_statement, wait};
use reqwest::Method;
use serde_json::{Value, json};

fn feed_with(changes: &Value) -> Value {
    let mut feed = a_feed();
    for (name, value) in changes.as_object().unwrap() {
        feed[name] = value.clone();
    }
    feed
}

async fn create(server: &Server, session: &Session, changes: &Value) -> (u16, String) {
    let body = json!({ "items": [feed_with(changes)] });
    let answer = session.post(server, FEEDS, &body).await;
    (answer.status, answer.problem())
}

async fn delete(server: &Server, session: &Session, id: &str) -> Value {
    let path = format!("{FEEDS}/DeleteRequests");
    let answer = session.post(server, &path, &json!({ "items": [{ "id": id }] })).await;
    assert_eq!(answer.status, 202);
    answer.json()["items"][0].clone()
}

fn refused(status: u16, problem: &str) -> (u16, String) {
    (status, problem.to_owned())
}

#[tokio::test]
async fn a_refused_item_is_rejected_with_its_reason() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let items = [feed_with(&json!({"accountNumber": "1".repeat(41)}))];
    let answer = session.post(&server, FEEDS, &json!({ "items": items })).await;
    assert_eq!((answer.status, answer.kind.as_str()), (400, "application/json"));
    let detail = "For the request field 'AccountNumber' exceeded the maximum length of 40.";
    let error = json!({"type": "invalid-request", "title": "Invalid Request", "status": 400, "detail": detail});
    let wanted = json!({"accountToken": "token-1", "status": "REJECTED", "error": error});
    assert_eq!(answer.json()["items"], json!([wanted]));
    for body in [json!({}), json!({ "items": [] }), json!({ "items": "x" })] {
        let answer = session.post(&server, FEEDS, &body).await;
        assert_eq!((answer.status, answer.problem().as_str()), (400, "invalid-request"), "{body}");
        assert_eq!(answer.kind, "application/json");
    }
}

#[tokio::test]
async fn no_answer_repeats_more_than_the_contract_allows() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let items = [feed_with(&json!({"accountToken": "é".repeat(51)}))];
    let answer = session.post(&server, FEEDS, &json!({ "items": items })).await;
    let item = &answer.json()["items"][0];
    assert_eq!((&item["status"], &item["accountToken"]), (&json!("REJECTED"), &Value::Null));
    let detail = "For the request field 'AccountToken' exceeded the maximum length of 50.";
    assert_eq!(item["error"]["detail"], detail);
    for path in [FEEDS, STATEMENTS] {
        let answer = session.post(&server, path, &json!({ "items": "é".repeat(300) })).await;
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.starts_with("The request cannot be read: "), "{detail}");
        assert_eq!(detail.chars().count(), 255);
    }
}

#[tokio::test]
async fn an_organisation_takes_what_it_can_use() {
    let server = Server::open().await;
    let add = async |body: Value| {
        let shown = server.control(Method::POST, "organisations", body).await;
        server.sign_in(shown["tenantId"].as_str().unwrap()).await
    };
    let demo = server.demo_session().await;
    let cases = [
        (&demo, json!({"currency": "AUD"}), "invalid-organisation-multi-currency"),
        (&demo, json!({"country": "US"}), "invalid-country-specified"),
        (&demo, json!({"accountId": demo.tenant}), "account-not-valid"),
        (&demo, json!({"accountNumber": "99", "accountName": null}), "invalid-request"),
        (
            &add(json!({"name": "A", "takesFeeds": false})).await,
            json!({}),
            "invalid-organisation-bank-feeds",
        ),
        (
            &add(json!({"name": "B", "userConnectsFeeds": false})).await,
            json!({}),
            "invalid-user-role",
        ),
        (
            &add(json!({"name": "C", "accounts": [
                {"name": "Fed", "number": "12345678", "fedElsewhere": true}]}))
            .await,
            json!({}),
            "feed-already-connected-in-current-organisation",
        ),
    ];
    for (session, changes, wanted) in cases {
        assert_eq!(create(&server, session, &changes).await, refused(400, wanted), "{changes}");
    }
    assert_eq!(create(&server, &demo, &json!({"country": "GB"})).await, refused(202, ""));
}

#[tokio::test]
async fn an_account_named_by_its_id_must_fit() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let ledger = server.ledger().await;
    let with = |account: usize, currency: &str, kind: &str| {
        json!({"accountNumber": null, "accountId": ledger[account]["accountId"],
            "currency": currency, "accountType": kind})
    };
    let invalid = refused(400, "account-not-valid");
    assert_eq!(create(&server, &session, &with(1, "GBP", "BANK")).await, invalid);
    assert_eq!(create(&server, &session, &with(3, "GBP", "BANK")).await, invalid);
    assert_eq!(create(&server, &session, &with(3, "GBP", "CREDITCARD")).await, refused(202, ""));
}

#[tokio::test]
async fn a_token_and_an_account_have_one_feed() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let feed = session.feed(&server).await;
    let here = refused(400, "feed-already-connected-in-current-organisation");
    assert_eq!(create(&server, &session, &json!({})).await, here);
    assert_eq!(create(&server, &session, &json!({"accountToken": "token-2"})).await, here);
    let other = json!({"name": "Other Ltd", "user": "other@example.com"});
    let other = server.control(Method::POST, "organisations", other).await;
    let other = server.sign_in(other["tenantId"].as_str().unwrap()).await;
    let there = refused(400, "feed-already-connected-in-different-organisation");
    assert_eq!(create(&server, &other, &json!({})).await, there);
    let item = delete(&server, &other, &feed).await;
    assert_eq!(item["error"]["type"], "feed-connected-in-different-organisation");
    let unseen = other.get(&server, &format!("{FEEDS}/{feed}")).await;
    assert_eq!((unseen.status, unseen.problem().as_str()), (400, "bank-feed-not-found"));
    let statement = json!({ "items": [a_statement(&feed, "t-1", "42.50", "57.50")] });
    let answer = other.post(&server, STATEMENTS, &statement).await;
    let wanted = (403, "invalid-feed-connection-for-organisation".to_owned());
    assert_eq!((answer.status, answer.problem()), wanted);
}

#[tokio::test]
async fn an_account_that_does_not_exist_is_opened() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let changes = json!({"accountNumber": "55555555", "accountName": "Savings"});
    assert_eq!(create(&server, &session, &changes).await, refused(202, ""));
    let second = json!({"accountToken": "token-2", "accountNumber": "55555555"});
    let here = refused(400, "feed-already-connected-in-current-organisation");
    assert_eq!(create(&server, &session, &second).await, here, "it is on its way");
    assert_eq!(server.ledger().await.len(), 4);
    wait(&server, 1);
    let opened = &server.ledger().await[4];
    assert_eq!((&opened["name"], &opened["number"]), (&json!("Savings"), &json!("55555555")));
    let listed = session.get(&server, FEEDS).await;
    assert_eq!(listed.status, 202, "as the contract has it");
    let feed = &listed.json()["items"][0];
    let wanted = json!({"id": feed["id"], "accountToken": "token-1", "accountType": "BANK",
        "accountNumber": "55555555", "accountName": "Savings", "accountId": opened["accountId"],
        "currency": "GBP", "country": "GB"});
    assert_eq!(*feed, wanted);
}

#[tokio::test]
async fn feeds_are_listed_in_pages() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let item = |number: u32| {
        feed_with(
            &json!({"accountToken": format!("t-{number}"), "accountNumber": format!("{number}")}),
        )
    };
    let items: Vec<_> = (0..12).map(item).collect();
    assert_eq!(session.post(&server, FEEDS, &json!({ "items": items })).await.status, 202);
    let second = session.get(&server, &format!("{FEEDS}?page=2&pageSize=5")).await.json();
    let wanted = json!({"page": 2, "pageSize": 5, "pageCount": 3, "itemCount": 5});
    assert_eq!(second["pagination"], wanted);
    assert_eq!(second["items"][0]["accountToken"], "t-5");
    let usual = session.get(&server, FEEDS).await.json();
    assert_eq!(usual["items"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn a_deleted_feed_takes_nothing_and_goes_after_a_while() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let feed = session.feed(&server).await;
    assert_eq!(delete(&server, &session, &feed).await, json!({"id": feed, "status": "PENDING"}));
    let statement = json!({ "items": [a_statement(&feed, "t-1", "42.50", "57.50")] });
    let answer = session.post(&server, STATEMENTS, &statement).await;
    assert_eq!((answer.status, answer.problem().as_str()), (403, "invalid-feed-connection"));
    assert_eq!(session.get(&server, &format!("{FEEDS}/{feed}")).await.status, 200);
    wait(&server, 1);
    assert_eq!(session.get(&server, FEEDS).await.json()["items"], json!([]));
    let again = delete(&server, &session, &feed).await;
    assert_eq!(again["error"]["type"], "feed-not-found-or-already-deleted");
    assert_eq!(create(&server, &session, &json!({})).await, refused(202, ""), "it can come back");
    let (path, nameless) = (format!("{FEEDS}/DeleteRequests"), json!({ "items": [{}] }));
    assert_eq!(session.post(&server, &path, &nameless).await.status, 400);
}
