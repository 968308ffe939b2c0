//! Tenants: what belongs to one client is not there for another, whatever the operation.

use crate::harness::{Database, Server, a_line, a_linked_account, days_ago, on_both, text, today};
use reqwest::Method;
use serde_json::json;

on_both! {
    another_client_s_things_are_not_there;
}

async fn another_client_s_things_are_not_there(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let operation = books.push_to_end(&[a_line("a", today(), 1.0)]).await;
    let stranger = server.caller_of_new_client("other-bank");
    let (company, connection) = (format!("/companies/{}", books.company), books.path());
    let push = format!("{company}/push/{}", text(&operation["pushOperationKey"]));
    let accounts = format!("{connection}/connectionInfo/bankFeedAccounts");
    let body = json!({"accountId": "acc-1", "transactions": [a_line("b", today(), 1.0)], "name": "x", "platformKey": "hcws", "status": "Unlinked", "id": "acc-9"}).to_string();
    let calls = [
        (Method::GET, company.clone()),
        (Method::PUT, company.clone()),
        (Method::PATCH, company.clone()),
        (Method::DELETE, company.clone()),
        (Method::GET, format!("{company}/connections")),
        (Method::POST, format!("{company}/connections")),
        (Method::GET, connection.clone()),
        (Method::PATCH, connection.clone()),
        (Method::DELETE, connection.clone()),
        (Method::GET, accounts.clone()),
        (Method::POST, accounts.clone()),
        (Method::DELETE, format!("{accounts}/acc-1")),
        (Method::POST, format!("{accounts}/credentials")),
        (Method::DELETE, format!("{accounts}/credentials")),
        (Method::POST, books.push_path()),
        (Method::GET, books.lines_path()),
        (Method::GET, format!("{company}/push")),
        (Method::GET, push.clone()),
        (Method::GET, format!("/ext/v1{push}")),
        (Method::GET, format!("/ext/v1{connection}/accounts")),
    ];
    for (method, path) in calls {
        let request =
            stranger.request(method.clone(), &path).header("Content-Type", "application/json");
        let reply = crate::harness::Caller::send(request.body(body.clone())).await;
        assert_eq!(reply.status, 404, "{method} {path}: {}", reply.text);
        reply.expect_error(404);
    }
    let rename = stranger.patch(&format!("{accounts}/acc-1"), json!({"accountName": "Mine"})).await;
    rename.expect_error(404);
    let listed = stranger.get("/companies").await.expect(200).json();
    assert_eq!(listed["totalResults"], 0);
    let still = books.caller.get(&company).await.expect(200).json();
    assert_eq!(still["dataConnections"][0]["status"], "Linked");
    let lines = books.caller.get(&books.lines_path()).await.expect(200).json();
    assert_eq!(lines["totalResults"], 1);
}
