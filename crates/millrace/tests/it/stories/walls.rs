//! Walls between tenants, and between the companies of one: every operation of the published documents is called with
//! another client's key, and with another company's access token. An operation that is not in the table fails the test.

use crate::harness::{
    Bank, Caller, Database, Reply, Server, ServerOptions, Sink, a_line, a_linked_account, days_ago,
    on_both, text, today, wait_for,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

on_both! {
    no_operation_lets_a_stranger_in;
}

/// What a stranger finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wall {
    /// Nothing: the path names what is another's.
    Closed,
    /// What is the stranger's own.
    Own,
    /// What is the same for everybody.
    Public,
}
use Wall::{Closed, Own, Public};

const NAME: &str = r#"{"name":"x"}"#;
const ACCOUNT: &str = r#"{"id":"acc-9","accountName":"x","sourceAccountId":"acc-1"}"#;
const ORIGINS: &str = r#"{"allowedOrigins":["https://stranger.example"]}"#;
const LINES: &str = r#"{"accountId":"acc-1","transactions":[{"id":"x","date":"2024-02-29","amount":1,"description":"x"}]}"#;

/// What the proxy is asked for.
const PROXIED: &str = "?endpoint=generatecredentials%3Fdataconnectionid%3D{connectionId}";

/// Every operation there is, with a body that it would take.
const OPERATIONS: &[(&str, Wall, &str)] = &[
    ("list-api-keys", Own, ""),
    ("create-api-key", Own, NAME),
    ("delete-api-key", Closed, ""),
    ("list-companies", Own, ""),
    ("create-company", Own, NAME),
    ("delete-company", Closed, ""),
    ("get-company", Closed, ""),
    ("update-company", Closed, NAME),
    ("replace-company", Closed, NAME),
    ("get-company-access-token", Closed, ""),
    ("get-connection-management-access-token", Closed, ""),
    ("list-connections", Closed, ""),
    ("create-connection", Closed, r#"{"platformKey":"hcws"}"#),
    ("delete-connection", Closed, ""),
    ("get-connection", Closed, ""),
    ("unlink-connection", Closed, r#"{"status":"Unlinked"}"#),
    ("update-connection-authorization", Closed, r#"{"authorizationId":"x"}"#),
    ("get-bank-account-mapping", Closed, ""),
    ("create-bank-account-mapping", Closed, ACCOUNT),
    ("run-managed-bank-feed-ad-hoc-sync", Closed, ""),
    ("get-latest-managed-bank-feed-sync", Closed, ""),
    ("get-managed-bank-feed-sync", Closed, ""),
    ("get-company-information", Closed, ""),
    ("generate-otp", Closed, ""),
    ("list-source-accounts", Closed, ""),
    ("create-source-account", Closed, ACCOUNT),
    ("create-bank-feed", Closed, r#"[{"id":"acc-1","accountName":"x"}]"#),
    ("create-batch-source-account", Closed, r#"[{"id":"acc-9"}]"#),
    ("delete-bank-feed-credentials", Closed, ""),
    ("generate-credentials", Closed, ""),
    ("delete-source-account", Closed, ""),
    ("update-source-account", Closed, r#"{"accountName":"x"}"#),
    ("list-bank-accounts", Closed, ""),
    ("list-bank-account-transactions", Closed, ""),
    ("proxy", Closed, ""),
    ("post-proxy", Closed, ""),
    ("get-create-bankAccounts-model", Closed, ""),
    ("get-create-bank-transactions-model", Closed, ""),
    ("get-create-update-model-options-by-data-type", Closed, ""),
    ("create-bank-account", Closed, r#"{"accountName":"x"}"#),
    ("create-bank-transactions", Closed, LINES),
    ("list-create-operations", Closed, ""),
    ("get-create-operation", Closed, ""),
    ("get-connection-management-cors-settings", Own, ""),
    ("set-connection-management-cors-settings", Own, ORIGINS),
    ("get-cors-settings", Own, ""),
    ("set-cors-settings", Own, ORIGINS),
    ("list-integrations", Public, ""),
    ("get-integration", Public, ""),
    ("get-integrations-branding", Public, ""),
    ("get-profile", Own, ""),
    ("update-profile", Own, r#"{"name":"Stranger","redirectUrl":""}"#),
    ("list-rules", Own, ""),
    (
        "create-rule",
        Own,
        r#"{"type":"PushOperationStatusChanged","notifiers":{"webhook":"https://stranger.example"}}"#,
    ),
    ("get-webhook", Closed, ""),
    ("list-webhook-consumers", Own, ""),
    (
        "create-webhook-consumer",
        Own,
        r#"{"url":"https://stranger.example","eventTypes":["company.created"]}"#,
    ),
    ("delete-webhook-consumer", Closed, ""),
    ("list-accounts", Closed, ""),
    ("delete-managed-feed", Closed, ""),
    ("get-managed-feed", Closed, ""),
    ("set-managed-feed", Closed, r#"{"schedule":"0 7 * * *"}"#),
    ("get-push", Closed, ""),
    ("get-mapping", Closed, ""),
    ("list-managed-bank-feed-syncs", Closed, ""),
    ("list-consumers", Own, ""),
    ("get-consumer", Closed, ""),
    ("change-consumer", Closed, r#"{"ratePerSecond":7}"#),
    ("rotate-consumer-secret", Closed, ""),
    ("list-deliveries", Closed, ""),
    ("get-delivery", Closed, ""),
    ("resend-delivery", Closed, ""),
    ("recover-deliveries", Closed, r#"{"since":"2020-01-01T00:00:00Z"}"#),
    ("replay-events", Closed, r#"{"since":"2020-01-01T00:00:00Z"}"#),
    ("test-consumer", Closed, r#"{"eventType":"company.created"}"#),
    ("list-events", Own, ""),
    ("get-branding", Own, ""),
    ("set-branding", Own, r#"{"name":"Stranger"}"#),
    ("set-branding-image", Own, "GIF89a"),
    ("delete-branding-image", Closed, ""),
    ("make-example-event", Own, r#"{"eventType":"company.created"}"#),
];

/// What the owner gets 400 or 404 for, because QuickBooks cannot, and what answers something new at every call.
const NOT_LOOKED_AT: [&str; 6] = [
    "get-company-access-token",
    "get-connection-management-access-token",
    "get-company-information",
    "get-create-bankAccounts-model",
    "list-bank-accounts",
    "proxy",
];

/// One operation as it is published.
struct Route {
    id: String,
    method: Method,
    path: String,
    is_open_to_tokens: bool,
}

/// Everything that a client has, by the names that paths have for it.
struct World {
    caller: Caller,
    company: String,
    ids: Vec<(&'static str, String)>,
}

impl World {
    /// One of each thing.
    async fn of(caller: Caller, sink: &Sink) -> Self {
        let books = a_linked_account(&caller, days_ago(5)).await;
        let push = books.push_to_end(&[a_line("ours", today(), 1.0)]).await;
        let key = caller.post("/apiKeys", json!({"name": "ours"})).await.expect(201).json();
        let hook = json!({"url": sink.url, "eventTypes": ["connection.deleted"]});
        let hook = caller.post("/webhooks", hook).await.expect(201).json();
        let consumer = format!("/ext/v1/webhooks/{}", text(&hook["id"]));
        let example = json!({"eventType": "company.created"});
        let example = caller.post(&format!("{consumer}/test"), example).await.expect(200).json();
        let delivery = format!("{consumer}/deliveries/{}", example["eventSequence"]);
        wait_for("the message to arrive", || async {
            let reply = caller.get(&delivery).await;
            (reply.status == 200 && reply.json()["status"] == "Success").then_some(())
        })
        .await;
        let logo = caller.request(Method::PUT, "/ext/v1/branding/logo").body("GIF89a-ours");
        Caller::send(logo).await.expect(200);
        let rule = json!({"type": "PushOperationStatusChanged", "notifiers": {"webhook": "https://ours.example"}});
        let rule = caller.post("/rules", rule).await.expect(200).json();
        let account = format!("/ext/v1{}/accounts/acc-1/managedFeed", books.path());
        caller.put(&account, json!({"schedule": "0 6 1 1 *"})).await.expect(200);
        let syncs = format!("{}/bankFeedAccounts/acc-1/managedBankFeeds/syncs", books.path());
        let sync = text(&caller.post(&syncs, "").await.expect(201).json()["syncId"]);
        wait_for("the sync to end", || async {
            let sync = caller.get(&format!("{syncs}/{sync}")).await.expect(200).json();
            (sync["status"] != "Started").then_some(())
        })
        .await;
        let ids = vec![
            ("companyId", books.company.clone()),
            ("connectionId", books.connection),
            ("accountId", "acc-1".to_owned()),
            ("sourceAccountId", "acc-1".to_owned()),
            ("pushOperationKey", text(&push["pushOperationKey"])),
            ("apiKeyId", text(&key["id"])),
            ("webhookId", text(&hook["id"])),
            ("eventSequence", example["eventSequence"].to_string()),
            ("ruleId", text(&rule["id"])),
            ("syncId", sync),
            ("image", "logo".to_owned()),
            ("platformKey", "hcws".to_owned()),
            ("dataType", "bankTransactions".to_owned()),
        ];
        Self { caller, company: books.company, ids }
    }

    /// The path with what is in this world.
    fn fill(&self, path: &str) -> String {
        let mut filled = path.to_owned();
        for (name, id) in &self.ids {
            filled = filled.replace(&format!("{{{name}}}"), id);
        }
        assert!(!filled.contains('{'), "{filled}: add what the path names to the world");
        filled
    }

    /// All that its owner sees, without what is new in every answer.
    async fn look(&self, routes: &[Route]) -> Vec<(String, Value)> {
        let mut seen = Vec::new();
        for route in routes.iter().filter(|route| route.method == Method::GET) {
            if wall(&route.id).0 == Closed && !NOT_LOOKED_AT.contains(&route.id.as_str()) {
                let reply = self.caller.get(&self.fill(&route.path)).await.expect(200);
                let mut value = reply.json();
                forget_links(&mut value);
                seen.push((route.id.clone(), value));
            }
        }
        seen
    }
}

/// Links carry a new password at every look.
fn forget_links(value: &mut Value) {
    if let Some(object) = value.as_object_mut() {
        object.remove("linkUrl");
        object.remove("redirect");
        object.values_mut().for_each(forget_links);
    } else if let Some(list) = value.as_array_mut() {
        list.iter_mut().for_each(forget_links);
    }
}

fn wall(id: &str) -> (Wall, &'static str) {
    let found = OPERATIONS.iter().find(|(known, ..)| *known == id);
    let (_, wall, body) = found.unwrap_or_else(|| panic!("add {id} to the table of this test"));
    (*wall, body)
}

async fn published(server: &Server) -> Vec<Route> {
    let mut routes = Vec::new();
    for document in ["/openapi.json", "/ext/openapi.json"] {
        let document = reqwest::get(format!("{}{document}", server.url)).await.unwrap();
        let document: Value = document.json().await.unwrap();
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let id = text(&operation["operationId"]);
                let query = if id.ends_with("proxy") { PROXIED } else { "" };
                routes.push(Route {
                    id,
                    method: method.to_uppercase().parse().unwrap(),
                    path: format!("{path}{query}"),
                    is_open_to_tokens: operation["security"].is_array(),
                });
            }
        }
    }
    let published: BTreeSet<&str> = routes.iter().map(|route| route.id.as_str()).collect();
    let tested: BTreeSet<&str> = OPERATIONS.iter().map(|(id, ..)| *id).collect();
    assert_eq!(published, tested, "the table of this test is not that of the server");
    routes
}

async fn call(caller: &Caller, token: Option<&str>, route: &Route, path: &str) -> Reply {
    let request = match token {
        None => caller.request(route.method.clone(), path),
        Some(token) => reqwest::Client::new()
            .request(route.method.clone(), format!("{}{path}", caller.url))
            .header("Authorization", format!("Bearer {token}")),
    };
    let request = request.header("Content-Type", "application/json");
    Caller::send(request.body(wall(&route.id).1.to_owned())).await
}

async fn no_operation_lets_a_stranger_in(database: Database) {
    let bank = Bank::open().await;
    let options = ServerOptions { flags: bank.flags(), ..ServerOptions::default() };
    let server = Server::start_with(database, &options).await;
    let routes = published(&server).await;
    let ours = World::of(server.caller(), &Sink::open().await).await;
    let before = ours.look(&routes).await;
    assert!(before.len() > 15, "{before:?}");

    let stranger = server.caller_of_new_client("other-bank");
    for route in &routes {
        let reply = call(&stranger, None, route, &ours.fill(&route.path)).await;
        let what = format!("{} {}: {}", route.method, route.path, reply.text);
        match wall(&route.id).0 {
            Closed => {
                assert_eq!(reply.status, 404, "{what}");
                reply.expect_error(404);
            }
            Own | Public => {
                assert!((200..300).contains(&reply.status), "{what}");
                let tells = reply.text.contains("ours") || reply.text.contains(&ours.company);
                assert!(!tells, "{what}");
            }
        }
    }
    assert_eq!(ours.look(&routes).await, before, "a stranger has changed something");

    let other = ours.caller.post("/companies", json!({"name": "Other"})).await.expect(200).json();
    let path = format!("/companies/{}/accessToken", text(&other["id"]));
    let token = text(&ours.caller.get(&path).await.expect(200).json()["accessToken"]);
    for route in &routes {
        let reply = call(&ours.caller, Some(&token), route, &ours.fill(&route.path)).await;
        let expected = match (route.is_open_to_tokens, wall(&route.id).0) {
            (false, _) => 403,
            (true, Closed) => 404,
            (true, Own | Public) => 200,
        };
        assert_eq!(reply.status, expected, "{} {}: {}", route.method, route.path, reply.text);
    }
    assert_eq!(ours.look(&routes).await, before, "another company's page has changed something");
}
