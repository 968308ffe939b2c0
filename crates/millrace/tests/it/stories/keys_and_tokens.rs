//! What opens the door: API keys made and revoked over the API, and the tokens that a company's page carries.

use crate::harness::{Caller, Database, Reply, Server, a_linked_account, days_ago, on_both, text};
use reqwest::Method;
use serde_json::{Value, json};

on_both! {
    a_key_is_made_used_and_revoked;
    the_last_key_stays_and_the_eleventh_is_refused;
    a_token_opens_its_own_company_and_not_everything_of_it;
    a_token_ends_with_its_company;
}

async fn a_key_is_made_used_and_revoked(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let made = caller.post("/apiKeys", json!({"name": "ci"})).await.expect(201).json();
    let secret = text(&made["apiKey"]);
    assert_eq!((secret.len(), &made["name"]), (40, &json!("ci")));
    let new = Caller::new(&server.url, &secret);
    let listed = new.get("/apiKeys").await.expect(200).json();
    let found: Vec<&Value> = listed["results"].as_array().unwrap().iter().collect();
    let mine = found.iter().find(|key| key["id"] == made["id"]).unwrap();
    assert_eq!(text(&mine["apiKey"]), format!("{}{}", "*".repeat(36), &secret[36..]));
    assert!(!listed.to_string().contains(&secret));
    let stranger = server.caller_of_new_client("other-bank");
    let path = format!("/apiKeys/{}", text(&made["id"]));
    stranger.delete(&path).await.expect_error(404);
    assert!(caller.delete(&path).await.expect(204).text.is_empty());
    caller.delete(&path).await.expect_error(404);
    new.get("/apiKeys").await.expect_error(401);
}

async fn the_last_key_stays_and_the_eleventh_is_refused(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller_of_new_client("other-bank");
    let only = caller.get("/apiKeys").await.expect(200).json();
    let path = format!("/apiKeys/{}", text(&only["results"][0]["id"]));
    let refused = caller.delete(&path).await.expect_error(409);
    assert!(text(&refused["error"]).contains("last API key"), "{refused}");
    for _ in 0..9 {
        caller.post("/apiKeys", json!({})).await.expect(201);
    }
    caller.post("/apiKeys", json!({})).await.expect_error(409);
    caller.delete(&path).await.expect(204);
}

/// Calls with a company's token.
async fn with_token(
    server: &Server,
    token: &str,
    method: Method,
    path: &str,
    body: Value,
) -> Reply {
    let request = reqwest::Client::new().request(method, format!("{}{path}", server.url));
    let request = request.header("Authorization", format!("Bearer {token}"));
    Caller::send(request.header("Content-Type", "application/json").body(body.to_string())).await
}

async fn token_of(caller: &Caller, company: &str) -> String {
    let token = caller.get(&format!("/companies/{company}/accessToken")).await.expect(200).json();
    assert_eq!((&token["tokenType"], &token["expiresIn"]), (&json!("Bearer"), &json!(86400)));
    text(&token["accessToken"])
}

async fn a_token_opens_its_own_company_and_not_everything_of_it(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let books = a_linked_account(&caller, days_ago(5)).await;
    let other = a_linked_account(&caller, days_ago(5)).await;
    let token = token_of(&caller, &books.company).await;
    let company = format!("/companies/{}", books.company);
    let get = async |path: String| with_token(&server, &token, Method::GET, &path, json!({})).await;
    assert_eq!(get(company.clone()).await.expect(200).json()["id"], json!(books.company));
    get(format!("{}/connectionInfo/bankFeedAccounts", books.path())).await.expect(200);
    let wish = json!({"platformKey": "hcws"});
    let connections = format!("{company}/connections");
    with_token(&server, &token, Method::POST, &connections, wish.clone()).await.expect(200);
    // Another company is as if it were not there.
    get(format!("/companies/{}", other.company)).await.expect_error(404);
    get(format!("{}/connectionInfo/bankFeedAccounts", other.path())).await.expect_error(404);
    let elsewhere = format!("/companies/{}/connections", other.company);
    with_token(&server, &token, Method::POST, &elsewhere, wish).await.expect_error(404);
    // What a page does not need is closed to it.
    for (method, path) in [
        (Method::GET, "/companies".to_owned()),
        (Method::POST, "/companies".to_owned()),
        (Method::GET, "/apiKeys".to_owned()),
        (Method::POST, "/apiKeys".to_owned()),
        (Method::DELETE, company.clone()),
        (Method::DELETE, books.path()),
        (Method::POST, books.push_path()),
        (Method::GET, format!("{company}/accessToken")),
    ] {
        let refused = with_token(&server, &token, method, &path, json!({})).await;
        assert!(text(&refused.expect_error(403)["error"]).contains("API key"), "{path}");
    }
    with_token(&server, "guess", Method::GET, &company, json!({})).await.expect_error(401);
}

async fn a_token_ends_with_its_company(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let company = caller.post("/companies", json!({"name": "Shop"})).await.expect(200).json();
    let company = text(&company["id"]);
    let token = token_of(&caller, &company).await;
    let path = format!("/companies/{company}");
    caller.delete(&path).await.expect(204);
    with_token(&server, &token, Method::GET, &path, json!({})).await.expect_error(401);
    caller.get(&format!("{path}/accessToken")).await.expect_error(404);
}
