//! What the server tells of accounting platforms, and what it answers where a platform cannot.

use crate::harness::{Books, Database, Server, a_linked_account, days_ago, on_both, text};
use serde_json::{Value, json};

on_both! {
    integrations_are_listed_found_and_pictured;
    the_model_of_a_push_tells_the_rules_in_force;
    quickbooks_maps_accounts_in_its_own_pages;
    what_quickbooks_cannot_do_is_said;
}

async fn integrations_are_listed_found_and_pictured(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let all = caller.get("/integrations").await.expect(200).json();
    assert_eq!(all["totalResults"], 6);
    let query = "/integrations?query=sourceType=bankfeed%26%26enabled=true";
    let enabled = caller.get(query).await.expect(200).json();
    let keys: Vec<_> = enabled["results"].as_array().unwrap().iter().map(|it| &it["key"]).collect();
    assert_eq!(keys, [&json!("hcws")]);
    let one = caller.get("/integrations/hcws").await.expect(200).json();
    assert_eq!(one, enabled["results"][0]);
    assert_eq!(
        (&one["name"], &one["enabled"]),
        (&json!("QuickBooks Online Bank Feeds"), &json!(true))
    );
    let branding = caller.get("/integrations/hcws/branding").await.expect(200).json();
    assert_eq!(branding["sourceId"], one["sourceId"]);
    for image in [
        &one["logoUrl"],
        &branding["logo"]["square"]["image"]["src"],
        &branding["button"]["default"]["image"]["src"],
        &branding["button"]["hover"]["image"]["src"],
    ] {
        let answer = reqwest::get(text(image)).await.unwrap();
        assert_eq!(answer.headers()["content-type"], "image/svg+xml");
        assert!(answer.text().await.unwrap().contains("<svg"), "{image}");
    }
    caller.get("/integrations/zzzz").await.expect_error(404);
    // An integration that cannot be used has no button to show.
    caller.get("/integrations/fbrh/branding").await.expect_error(404);
}

async fn options(books: &Books, path: &str) -> Value {
    books.caller.get(&format!("{}/options/{path}", books.path())).await.expect(200).json()
}

async fn the_model_of_a_push_tells_the_rules_in_force(database: Database) {
    let flags = ["--set", "quickbooks.history_days=30"];
    let flags = crate::harness::ServerOptions::flags(&flags);
    let server = Server::start_with(database, &flags).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let model = options(&books, "bankAccounts/acc-1/bankTransactions").await;
    assert_eq!(model, options(&books, "bankTransactions").await);
    assert!(model.to_string().contains("older than 30 days"), "{model}");
    let lines = &model["properties"]["transactions"]["properties"];
    assert_eq!(lines["description"]["required"], true);
    assert_eq!(lines["balance"]["required"], false);
    let path = format!("{}/options", books.path());
    for absent in ["bankAccounts", "invoices", "bankAccounts/none/bankTransactions"] {
        books.caller.get(&format!("{path}/{absent}")).await.expect_error(404);
    }
}

async fn quickbooks_maps_accounts_in_its_own_pages(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let accounts = format!("{}/connectionInfo/bankFeedAccounts", books.path());
    books.caller.post(&accounts, json!({"id": "acc-2", "currency": "EUR"})).await.expect(200);
    let path = format!("{}/bankFeedAccounts/mapping", books.path());
    let mapping = books.caller.get(&path).await.expect(200).json();
    let expected = json!([
        {
            "sourceAccountId": "acc-1", "sourceAccountName": "Current", "sourceBalance": 100.5,
            "sourceCurrency": "USD", "status": "connected",
            "feedStartDate": format!("{}T00:00:00", days_ago(5)),
        },
        {"sourceAccountId": "acc-2", "sourceCurrency": "EUR", "status": "pending"},
    ]);
    assert_eq!(mapping, expected);
    let refused = books.caller.post(&path, json!({"sourceAccountId": "acc-1"})).await;
    assert!(text(&refused.expect_error(400)["error"]).contains("in its own pages"));
    let unknown = books.caller.post(&path, json!({"sourceAccountId": "none"})).await;
    assert!(text(&unknown.expect_error(400)["error"]).starts_with("sourceAccountId is refused"));
}

async fn what_quickbooks_cannot_do_is_said(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let (caller, path) = (&books.caller, books.path());
    let why = |reply: crate::harness::Reply| text(&reply.expect_error(400)["error"]);
    let information = caller.get(&format!("{path}/bankFeeds/info")).await;
    assert!(why(information).contains("tells nothing of the organisation"));
    let otp = caller.post(&format!("{path}/bankFeeds/otp"), "").await;
    assert!(why(otp).contains("only Sage does"));
    let authorization = format!("{path}/authorization");
    let sage = caller.put(&authorization, json!({"authorizationId": "a"})).await;
    assert!(why(sage).contains("linkUrl"));
    let wrong = caller.put(&authorization, json!({"authorizationId": 7})).await;
    assert!(why(wrong).contains("must be an object of texts"));
    let accounts = caller.get(&format!("{path}/data/bankAccounts")).await;
    assert!(why(accounts).contains("keeps the accounts of its books to itself"));
    let made = caller.post(&format!("{path}/push/bankAccounts"), json!({"accountName": "x"})).await;
    assert!(why(made).contains("keeps the accounts of its books to itself"));
}

#[tokio::test]
async fn the_page_of_the_api_names_every_operation_and_loads_nothing() {
    let server = Server::start(Database::Sqlite).await;
    let answer = reqwest::get(format!("{}/docs", server.url)).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8");
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    let page = answer.text().await.unwrap();
    for outside in ["<script", "src=", "@import", "url(", "<link"] {
        assert!(!page.contains(outside), "{outside}");
    }
    for document in ["openapi.json", "ext/openapi.json"] {
        let document = reqwest::get(format!("{}/{document}", server.url)).await.unwrap();
        let document: Value = document.json().await.unwrap();
        for methods in document["paths"].as_object().unwrap().values() {
            for operation in methods.as_object().unwrap().values() {
                let id = text(&operation["operationId"]);
                assert!(page.contains(&format!("<article id=\"{id}\">")), "{id}");
                assert!(page.contains(&format!("<a href=\"#{id}\">")), "{id}");
            }
        }
    }
}
