//! The whole way: from the consent page to a line in the books.

use super::server::{FEEDS, STATEMENTS, Server, a_feed, a_statement, query, read, wait};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_transaction_comes_from_the_bank_into_the_books() {
    let server = Server::open().await;
    let page = server.consent_page(&[]);
    let shown = read(server.http.get(&page).send().await.unwrap()).await;
    assert_eq!((shown.status, shown.kind.as_str()), (200, "text/html; charset=utf-8"));
    assert!(shown.text.contains(">Demo Company</option>"), "{}", shown.text);

    let back = server.press(&page, "allow", &server.demo_tenant().await).await;
    assert_eq!(back.status(), 303);
    assert_eq!(query(&back, "state").as_deref(), Some("s t"));
    let tokens = server.redeem(&query(&back, "code").unwrap()).await.json();
    let access = tokens["access_token"].as_str().unwrap();

    let request = server.request(Method::GET, "/connections").bearer_auth(access);
    let connections = read(request.send().await.unwrap()).await.json();
    assert_eq!(connections[0]["tenantName"], "Demo Company");
    let session = server.demo_session().await;
    assert_eq!(connections[0]["tenantId"], session.tenant.as_str());

    let answer = session.post(&server, FEEDS, &json!({ "items": [a_feed()] })).await;
    assert_eq!((answer.status, &answer.json()["items"][0]["status"]), (202, &json!("PENDING")));
    let feed = answer.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let one = format!("{FEEDS}/{feed}");
    let pending = session.get(&server, &one).await.json();
    assert_eq!((&pending["status"], &pending["accountId"]), (&json!("PENDING"), &Value::Null));
    wait(&server, 1);
    let connected = session.get(&server, &one).await.json();
    let account = server.ledger().await[0]["accountId"].clone();
    assert_eq!((&connected["status"], &connected["accountId"]), (&Value::Null, &account));

    let statement = a_statement(&feed, "t-1", "42.50", "57.50");
    let answer = session.post(&server, STATEMENTS, &json!({ "items": [statement] })).await;
    assert_eq!((answer.status, &answer.json()["items"][0]["status"]), (202, &json!("PENDING")));
    let id = answer.json()["items"][0]["id"].as_str().unwrap().to_owned();
    let one = format!("{STATEMENTS}/{id}");
    assert_eq!(session.get(&server, &one).await.json()["status"], "PENDING");
    assert_eq!(server.ledger().await[0]["balance"], Value::Null, "nothing before it is delivered");
    wait(&server, 2);
    assert_eq!(session.get(&server, &one).await.json()["status"], "DELIVERED");

    let books = &server.ledger().await[0];
    let line = json!({"date": "2024-02-29", "amount": "-42.50", "balance": "57.50",
        "transactionId": "t-1", "description": "Coffee", "payeeName": "Corner Cafe",
        "reference": null, "chequeNumber": null, "transactionType": null, "statementId": id});
    assert_eq!(books["lines"], json!([line]));
    assert_eq!((&books["balance"], &books["repeated"]), (&json!("57.50"), &json!(0)));
    assert_eq!((&books["number"], &books["type"]), (&json!("12345678"), &json!("BANK")));
}
