//! Accounts to choose from, the organisation, and who may see them.

use super::server::{Server, query, read};
use reqwest::Method;
use serde_json::{Value, json};

const BASE: &str = "/api.xro/2.0";

#[tokio::test]
async fn the_filter_leaves_the_bank_accounts() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let all = session.get(&server, &format!("{BASE}/Accounts")).await.json();
    assert_eq!(all["Accounts"].as_array().unwrap().len(), 5);
    assert_eq!(all["DateTimeUTC"], "/Date(1709208000000+0000)/");
    let banks = format!("{BASE}/Accounts?where=Type%3D%3D%22BANK%22+AND+Status%3D%3D%22ACTIVE%22");
    let banks = session.get(&server, &banks).await.json();
    let rows: Vec<Value> = banks["Accounts"].as_array().unwrap().iter().map(row).collect();
    let wanted = json!([
        ["Business Current Account", "12345678", "BANK", "GBP"],
        ["US Dollar Account", "87654321", "BANK", "USD"],
        ["Euro Account", "GB29NWBK60161331926819", "BANK", "EUR"],
        ["Company Card", "4242", "CREDITCARD", "GBP"]
    ]);
    assert_eq!(json!(rows), wanted);
    let wrong = session.get(&server, &format!("{BASE}/Accounts?where=Type")).await;
    assert_eq!((wrong.status, &wrong.json()["Type"]), (400, &json!("QueryParseException")));
}

fn row(account: &Value) -> Value {
    let fields = ["Name", "BankAccountNumber", "BankAccountType", "CurrencyCode"];
    json!(fields.map(|name| account[name].clone()))
}

#[tokio::test]
async fn whoever_does_not_ask_for_json_gets_xml() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let organisation = session.get(&server, &format!("{BASE}/Organisation")).await.json();
    let shown = &organisation["Organisations"][0];
    assert_eq!(shown["OrganisationID"], session.tenant.as_str());
    assert_eq!((&shown["Name"], &shown["BaseCurrency"]), (&json!("Demo Company"), &json!("GBP")));
    let request = server.request(Method::GET, &format!("{BASE}/Organisation"));
    let request = request.bearer_auth(&session.access).header("Xero-Tenant-Id", &session.tenant);
    let answer = read(request.send().await.unwrap()).await;
    assert_eq!(answer.kind, "text/xml; charset=utf-8");
    assert!(answer.text.contains("<Organisation>") && answer.text.contains("<Name>Demo Company"));
}

#[tokio::test]
async fn a_call_needs_a_token_a_tenant_and_a_scope() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let call = async |path: &str, token: &str, tenant: &str| {
        let request = server.request(Method::GET, path).bearer_auth(token);
        read(request.header("Xero-Tenant-Id", tenant).send().await.unwrap()).await
    };
    let (tenant, access) = (session.tenant.as_str(), session.access.as_str());
    let feeds = "/bankfeeds.xro/1.0/FeedConnections";
    assert_eq!(call(feeds, "x", tenant).await.status, 401);
    assert_eq!(call(feeds, access, "").await.status, 403);
    assert_eq!(call(feeds, access, "6a4b9ff5-3a5f-4321-936b-4796163550f6").await.status, 403);
    assert_eq!(call(feeds, access, tenant).await.status, 202);

    let only = async |scope: &str| {
        let page = server.consent_page(&[("scope", scope)]);
        let back = server.press(&page, "allow", tenant).await;
        let tokens = server.redeem(&query(&back, "code").unwrap()).await.json();
        tokens["access_token"].as_str().unwrap().to_owned()
    };
    let no_feeds = call(feeds, &only("accounting.settings").await, tenant).await;
    assert_eq!((no_feeds.status, no_feeds.problem().as_str()), (403, "invalid-application"));
    let accounts = format!("{BASE}/Accounts");
    assert_eq!(call(&accounts, &only("bankfeeds").await, tenant).await.status, 403);
    assert_eq!(call(&accounts, &only("accounting.settings.read").await, tenant).await.status, 200);
}

#[tokio::test]
async fn a_get_may_carry_an_empty_object() {
    let server = Server::open().await;
    let session = server.demo_session().await;
    let request = session.request(&server, Method::GET, "/bankfeeds.xro/1.0/Statements").body("{}");
    assert_eq!(request.send().await.unwrap().status(), 200);
}
