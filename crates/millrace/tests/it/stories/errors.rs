//! Every error that a caller can cause, as it reads: what is wrong, where, and what to do. One snapshot for each area,
//! so that a change of a text shows in the diff.

use super::scribe::Scribe;
use crate::harness::{
    Books, Caller, Database, Server, ServerOptions, a_line, a_linked_account, days_ago, text, today,
};
use crate::mapping::{Scene, books_read_at};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt::Write as _;

async fn a_scribe() -> (Server, Books, Scribe) {
    a_scribe_at(&[]).await
}

/// At a server with these flags.
async fn a_scribe_at(flags: &[&str]) -> (Server, Books, Scribe) {
    let server = Server::start_with(Database::Sqlite, &ServerOptions::flags(flags)).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let scribe = Scribe::of(&books);
    (server, books, scribe)
}

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[tokio::test]
async fn requests_that_go_nowhere() {
    let (server, books, mut scribe) = a_scribe().await;
    scribe.ask(Method::GET, "/nothing", Value::Null).await;
    scribe.ask(Method::GET, "/companies/7", Value::Null).await;
    scribe.ask(Method::GET, &format!("/companies/{NOBODY}"), Value::Null).await;
    let company = format!("/companies/{}", books.company);
    scribe.ask(Method::GET, &format!("{company}/connections/{NOBODY}"), Value::Null).await;
    scribe.ask(Method::GET, &format!("{company}/push/{NOBODY}"), Value::Null).await;
    let none = format!("{}/data/bankAccounts/none/bankTransactions", books.path());
    scribe.ask(Method::GET, &none, Value::Null).await;
    scribe.ask(Method::PUT, "/companies", json!({})).await;
    let typed = scribe.caller.request(Method::POST, "/companies");
    let typed = typed.header("Content-Type", "text/plain").body("{}");
    scribe.write("POST /companies as text/plain", Caller::send(typed).await);
    let long = scribe.caller.request(Method::POST, "/companies");
    let long = long.header("Content-Type", "application/json").body("x".repeat(11 * 1024 * 1024));
    scribe.write("POST /companies with 11 MiB", Caller::send(long).await);
    for header in ["", "Basic", "Basic !!!", "Bearer abc", "Basic d3Jvbmc="] {
        let mut bare = reqwest::Client::new().get(format!("{}/companies", server.url));
        if !header.is_empty() {
            bare = bare.header("Authorization", header);
        }
        scribe.write(&format!("Authorization: {header}"), Caller::send(bare).await);
    }
    insta::assert_snapshot!(scribe.written);
}

#[tokio::test]
async fn bodies_that_cannot_be_read() {
    let (_server, _books, mut scribe) = a_scribe().await;
    for body in
        ["", "{", "nul", "[1,", "\u{feff}{}", "{\"a\":1}x", "[]", "7", "{\"name\":\"\\ud800\"}"]
    {
        scribe.ask(Method::POST, "/companies", json!(body)).await;
    }
    insta::assert_snapshot!(scribe.written);
}

#[tokio::test]
async fn companies_and_connections_that_cannot_be() {
    let (_server, books, mut scribe) = a_scribe().await;
    let tags: Value =
        (0..11).map(|n| (n.to_string(), json!("v"))).collect::<serde_json::Map<_, _>>().into();
    for body in [
        json!({}),
        json!({"name": null}),
        json!({"name": 1, "description": [], "tags": "gold"}),
        json!({"name": "([])"}),
        json!({"name": "x".repeat(501)}),
        json!({"name": "a", "description": "x".repeat(2001)}),
        json!({"name": "a", "tags": {"tier": 1}}),
        json!({"name": "a", "tags": {"tier": "x".repeat(101)}}),
        json!({"name": "a", "tags": {"": "x"}}),
        json!({"name": "a", "tags": tags}),
        json!({"name": "a", "platformType": "zzzz"}),
        json!("{\"name\":\"a\",\"name\":\"b\"}"),
        json!("{\"name\":\"a\\u0000b\"}"),
    ] {
        scribe.ask(Method::POST, "/companies", body).await;
    }
    let connections = format!("/companies/{}/connections", books.company);
    for body in [
        json!({}),
        json!({"platformKey": 7}),
        json!({"platformKey": "zzzz"}),
        json!({"platformKey": "olpr"}),
        json!({"platformKey": ""}),
        json!({"platformKey": "x".repeat(51)}),
    ] {
        scribe.ask(Method::POST, &connections, body).await;
    }
    for body in [json!({}), json!({"status": "Linked"}), json!({"status": 1})] {
        scribe.ask(Method::PATCH, &books.path(), body).await;
    }
    scribe.caller.patch(&books.path(), json!({"status": "Unlinked"})).await.expect(200);
    scribe.ask(Method::PATCH, &books.path(), json!({"status": "Unlinked"})).await;
    insta::assert_snapshot!(scribe.written);
}

#[tokio::test]
async fn lists_that_cannot_be_asked_for() {
    let (_server, books, mut scribe) = a_scribe().await;
    for query in [
        "page=0",
        "page=x",
        "page=-1",
        "pageSize=0",
        "pageSize=5001",
        "query=name",
        "query=colour=red",
        "query=name=a%26%26",
        "query={name=a",
        "query=created>yesterday",
        "query=name>b",
        "orderBy=colour",
        "orderBy=-",
        "tags=tier",
        "tags=tier>1",
        "query=%ff",
    ] {
        scribe.ask(Method::GET, &format!("/companies?{query}"), Value::Null).await;
    }
    let long = format!("/companies?query=name={}", "x".repeat(2048));
    scribe.ask(Method::GET, &long, Value::Null).await;
    scribe
        .ask(Method::GET, &format!("{}?query=amount=many", books.lines_path()), Value::Null)
        .await;
    let pushes = format!("/companies/{}/push?orderBy=amount", books.company);
    scribe.ask(Method::GET, &pushes, Value::Null).await;
    insta::assert_snapshot!(scribe.written);
}

#[tokio::test]
async fn accounts_and_credentials_that_cannot_be() {
    let (_server, books, mut scribe) = a_scribe().await;
    let accounts = format!("{}/connectionInfo/bankFeedAccounts", books.path());
    let v2 = json!({"id": "n", "accountName": "Cur", "accountType": "checking", "accountNumber": "1", "currency": "EUR", "balance": 1, "routingInfo": {"type": "planet"}, "accountInfo": {"accountOpenDate": "soon", "availableBalance": "1"}});
    for body in [
        json!({}),
        json!({"id": ""}),
        json!({"id": "batch"}),
        json!({"id": "credentials"}),
        json!({"id": "acc-1"}),
        json!({"id": "a", "currency": "POUNDS", "balance": "12", "accountName": 7}),
        v2,
        json!([{"id": "b"}, {"id": "b"}]),
        json!([{"id": "b"}, {}]),
        json!([]),
    ] {
        scribe.ask(Method::POST, &accounts, body).await;
    }
    scribe.ask(Method::PUT, &accounts, json!({"id": "a"})).await;
    for body in [json!({}), json!([]), json!([{}, 7])] {
        scribe.ask(Method::POST, &format!("{accounts}/batch"), body).await;
    }
    for body in [
        json!({"balance": 5}),
        json!({"id": "other"}),
        json!({"status": "connected"}),
        json!({"accountName": false}),
    ] {
        scribe.ask(Method::PATCH, &format!("{accounts}/acc-1"), body).await;
    }
    scribe.ask(Method::PATCH, &format!("{accounts}/none"), json!({"accountName": "x"})).await;
    scribe.ask(Method::DELETE, &format!("{accounts}/none"), Value::Null).await;
    let proxy = format!("{}/data/proxy", books.path());
    for endpoint in [
        "",
        "?endpoint=other",
        &format!("?endpoint=generatecredentials%3Fdataconnectionid%3D{NOBODY}"),
    ] {
        scribe.ask(Method::GET, &format!("{proxy}{endpoint}"), Value::Null).await;
    }
    insta::assert_snapshot!(scribe.written);
}

#[tokio::test]
async fn pushes_that_are_not_formed_as_they_must_be() {
    let (_server, books, mut scribe) = a_scribe().await;
    let path = books.push_path();
    let good = json!({"accountId": "acc-1", "transactions": [a_line("a", today(), 1.0)]});
    for query in ["timeoutInMinutes=0", "timeoutInMinutes=x", "allowSyncOnPushComplete=maybe"] {
        scribe.ask(Method::POST, &format!("{path}?{query}"), good.clone()).await;
    }
    let none = format!("{}/push/bankAccounts/none/bankTransactions", books.path());
    scribe
        .ask(Method::POST, &none, json!({"accountId": "none", "transactions": [{"id": "a"}]}))
        .await;
    let one = |line: Value| json!({"accountId": "acc-1", "transactions": [line]});
    for body in [
        json!({}),
        json!({"accountId": "acc-1"}),
        json!({"accountId": "acc-1", "transactions": []}),
        json!({"accountId": "other", "transactions": [{"id": "a"}]}),
        json!({"accountId": "acc-1", "transactions": "none"}),
        one(json!(7)),
        one(
            json!({"id": 1, "date": 5, "amount": "1", "balance": true, "description": {}, "transactionType": "Gift", "reconciled": "no"}),
        ),
        one(json!({"id": "a", "date": "2023-02-30", "amount": 1})),
        one(json!({"id": "a", "date": "tomorrow", "amount": 1})),
        one(json!({"id": "x".repeat(501), "date": "2023-02-03", "amount": 1})),
        one(json!({"id": "a", "date": "2023-02-03", "reference": "x".repeat(2001)})),
        json!(r#"{"accountId":"acc-1","transactions":[{"id":"a","amount":1e400}]}"#),
        json!(r#"{"accountId":"acc-1","transactions":[{"id":"a","amount":1,"amount":2}]}"#),
    ] {
        scribe.ask(Method::POST, &path, body).await;
    }
    insta::assert_snapshot!(scribe.written);
}

#[tokio::test]
async fn settings_and_consumers_that_cannot_be() {
    let (_server, _books, mut scribe) = a_scribe().await;
    scribe.ask(Method::POST, "/apiKeys", json!({"name": "x".repeat(51)})).await;
    scribe.ask(Method::DELETE, &format!("/apiKeys/{NOBODY}"), Value::Null).await;
    for body in [
        json!({}),
        json!({"name": "", "redirectUrl": "bank"}),
        json!({"name": "a", "redirectUrl": "https://{companyId}.bank.example"}),
        json!({"name": "a", "redirectUrl": "https://{tld}/x"}),
        json!({"name": "a", "redirectUrl": "https://a.example/{x", "logoUrl": "ftp://a", "whiteListUrls": [7, "x"]}),
    ] {
        scribe.ask(Method::PUT, "/profile", body).await;
    }
    for body in [
        json!({}),
        json!({"allowedOrigins": ["*", "https://a.example/page", "https://u:p@a.example"]}),
        json!({"allowedOrigins": vec!["https://a.example"; 101]}),
    ] {
        scribe.ask(Method::POST, "/corsSettings", body).await;
    }
    for body in [
        json!({}),
        json!({"url": "x", "eventTypes": [], "disabled": "no", "companyTags": ["gold"]}),
        json!({"url": "https://a.example", "eventTypes": ["lunch"]}),
    ] {
        scribe.ask(Method::POST, "/webhooks", body).await;
    }
    scribe.ask(Method::DELETE, &format!("/webhooks/{NOBODY}"), Value::Null).await;
    let rule = |more: Value| {
        let mut rule = json!({"type": "PushOperationStatusChanged", "notifiers": {"webhook": "https://a.example"}});
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        rule
    };
    for body in [
        json!({}),
        rule(json!({"notifiers": {"emails": ["nobody"]}})),
        rule(json!({"type": "lunch", "notifiers": []})),
        rule(json!({"companyId": "7"})),
        rule(json!({"companyId": NOBODY})),
    ] {
        scribe.ask(Method::POST, "/rules", body).await;
    }
    scribe.ask(Method::GET, &format!("/rules/{NOBODY}"), Value::Null).await;
    insta::assert_snapshot!(scribe.written);
}

#[tokio::test]
async fn what_a_platform_cannot_do() {
    let (_server, books, mut scribe) = a_scribe().await;
    let path = books.path();
    scribe.ask(Method::GET, "/integrations/zzzz", Value::Null).await;
    scribe.ask(Method::GET, "/integrations/fbrh/branding", Value::Null).await;
    scribe.ask(Method::GET, &format!("{path}/options/invoices"), Value::Null).await;
    scribe.ask(Method::GET, &format!("{path}/options/bankAccounts"), Value::Null).await;
    scribe.ask(Method::GET, &format!("{path}/bankFeeds/info"), Value::Null).await;
    scribe.ask(Method::POST, &format!("{path}/bankFeeds/otp"), Value::Null).await;
    scribe.ask(Method::GET, &format!("{path}/data/bankAccounts"), Value::Null).await;
    let account = json!({"accountName": 7, "accountType": "Gift", "currency": "pounds"});
    scribe.ask(Method::POST, &format!("{path}/push/bankAccounts"), account).await;
    scribe.ask(Method::POST, &format!("{path}/push/bankAccounts"), json!({})).await;
    for body in [json!([]), json!({"authorizationId": 7}), json!({"authorizationId": "a"})] {
        scribe.ask(Method::PUT, &format!("{path}/authorization"), body).await;
    }
    for body in [
        json!({}),
        json!({"sourceAccountId": "none"}),
        json!({"sourceAccountId": "acc-1", "feedStartDate": "soon", "targetAccountId": 7}),
        json!({"sourceAccountId": "acc-1"}),
    ] {
        scribe.ask(Method::POST, &format!("{path}/bankFeedAccounts/mapping"), body).await;
    }
    insta::assert_snapshot!(scribe.written);
}

#[tokio::test]
async fn accounts_that_cannot_be_mapped() {
    let scene = Scene::open(Database::Sqlite).await;
    let names = vec![
        (scene.path.company.to_string(), "{company}"),
        (scene.path.connection.to_string(), "{connection}"),
    ];
    let caller = scene.caller.clone();
    let mut scribe = Scribe { caller, names, written: String::new() };
    let wish = |account: &str, target: &str| json!({"sourceAccountId": account, "targetAccountId": target});
    scribe.ask(Method::POST, &scene.mappings(), wish("a", "current")).await;
    scribe.ask(Method::GET, &scene.at("bankFeeds/info"), Value::Null).await;
    scribe.ask(Method::GET, &scene.at("data/bankAccounts"), Value::Null).await;
    scribe.ask(Method::POST, &scene.at("push/bankAccounts"), json!({"accountName": "x"})).await;
    scene.link(None).await;
    scribe.ask(Method::POST, &scene.mappings(), wish("a", "current")).await;
    scene.play(|link| link.read(books_read_at(Timestamp::now()))).await;
    scene.caller.post(&scene.mappings(), wish("b", "savings")).await.expect(200);
    for (account, target) in [
        ("nobody", "current"),
        ("a", "none"),
        ("a", "theirs"),
        ("a", "savings"),
        ("a", "card"),
        ("visa", "current"),
        ("a", "euros"),
        ("b", "current"),
    ] {
        scribe.ask(Method::POST, &scene.mappings(), wish(account, target)).await;
    }
    scribe.ask(Method::GET, &scene.at("data/bankAccounts?query=colour=red"), Value::Null).await;
    insta::assert_snapshot!(scribe.written);
}

#[tokio::test]
async fn managed_feeds_that_cannot_be() {
    let (_without, bare, mut scribe) = a_scribe().await;
    let syncs =
        |books: &Books| format!("{}/bankFeedAccounts/acc-1/managedBankFeeds/syncs", books.path());
    scribe.ask(Method::POST, &syncs(&bare), Value::Null).await;
    let written = scribe.written;
    let flags = ["--set", "managed_feeds.url=https://bank.example/{accountId}?from={from}"];
    let (_server, books, scribe) = a_scribe_at(&flags).await;
    let (syncs, mut scribe) = (syncs(&books), Scribe { written, ..scribe });
    scribe.ask(Method::GET, &format!("{syncs}/{NOBODY}"), Value::Null).await;
    let elsewhere = syncs.replace("acc-1", "none");
    scribe.ask(Method::GET, &format!("{elsewhere}/latest"), Value::Null).await;
    let feed = format!("/ext/v1{}/accounts/acc-1/managedFeed", books.path());
    scribe.ask(Method::GET, &feed, Value::Null).await;
    for body in [
        json!({}),
        json!({"schedule": "often"}),
        json!({"schedule": "0 6 * *", "enabled": "yes"}),
        json!({"schedule": "0 6 * * * Mars/Base"}),
    ] {
        scribe.ask(Method::PUT, &feed, body).await;
    }
    insta::assert_snapshot!(scribe.written);
}

#[tokio::test]
async fn requests_that_cannot_be_done_once_or_by_a_page() {
    let (server, books, mut scribe) = a_scribe().await;
    let request = || scribe.caller.request(Method::POST, "/companies");
    let odd = request().header("Idempotency-Key", "seven").body(r#"{"name":"a"}"#);
    let odd = Caller::send(odd).await;
    let key = "8c2f7a10-9d5e-4b3a-8f61-2d4c9e7b5a30";
    let first = request().header("Idempotency-Key", key).body(r#"{"name":"a"}"#);
    Caller::send(first).await.expect(200);
    let other = request().header("Idempotency-Key", key).body(r#"{"name":"b"}"#);
    let other = Caller::send(other).await;
    scribe.write("Idempotency-Key: seven", odd);
    scribe.write("the key of another request", other);
    let secret = |key: &str| {
        let request = books.caller.request(Method::POST, "/apiKeys").header("Idempotency-Key", key);
        Caller::send(request.body("{}"))
    };
    let key = "9c2f7a10-9d5e-4b3a-8f61-2d4c9e7b5a30";
    secret(key).await.expect(201);
    scribe.write("POST /apiKeys twice under one key", secret(key).await);
    let token = books.caller.get(&format!("/companies/{}/accessToken", books.company)).await;
    let token = text(&token.expect(200).json()["accessToken"]);
    for (what, token) in [("a company's token", token.as_str()), ("an unknown token", "guess")] {
        let request = reqwest::Client::new().get(format!("{}/apiKeys", server.url));
        let request = request.header("Authorization", format!("Bearer {token}"));
        scribe.write(&format!("GET /apiKeys with {what}"), Caller::send(request).await);
    }
    insta::assert_snapshot!(scribe.written);
}

#[tokio::test]
async fn brandings_that_cannot_be() {
    let (_server, _books, mut scribe) = a_scribe().await;
    let callout =
        |title: &str, body: &str| json!({"callout": {"en": {"title": title, "body": body}}});
    for body in [
        json!({"name": "", "primaryColor": "green", "secondaryColor": 7, "asDecoration": "yes"}),
        json!({"primaryColor": "#ebaa2d", "secondaryColor": "#ffff00"}),
        json!({"callout": "words"}),
        json!({"callout": {"en": {"title": "only"}}}),
        callout(&"x".repeat(51), &"x".repeat(151)),
        callout("one\nline", " "),
    ] {
        scribe.ask(Method::PUT, "/ext/v1/branding", body).await;
    }
    for (image, body) in [
        ("banner", "GIF89a"),
        ("logo", ""),
        ("logo", "<svg><script/></svg>"),
        ("logo", "<svg><path onclick='x'/></svg>"),
        ("logo", "<svg><image href='https://a.example/b.png'/></svg>"),
        ("logo", "<!DOCTYPE svg><svg/>"),
        ("logo", "<svg"),
        ("hero", "GIF89a"),
        ("icon", "words"),
    ] {
        scribe.ask(Method::PUT, &format!("/ext/v1/branding/{image}"), json!(body)).await;
    }
    for (image, bytes) in [("icon", 500 * 1024 + 1), ("hero", 10 * 1024 * 1024 + 1)] {
        let path = format!("/ext/v1/branding/{image}");
        let long = scribe.caller.request(Method::PUT, &path).body("x".repeat(bytes));
        scribe.write(&format!("PUT {path} with {bytes} bytes"), Caller::send(long).await);
    }
    scribe.ask(Method::DELETE, "/ext/v1/branding/logo", Value::Null).await;
    insta::assert_snapshot!(scribe.written);
}

/// The rules of the platform: not an error of HTTP, but of the operation.
#[tokio::test]
async fn pushes_that_break_a_rule() {
    let (_server, books, mut scribe) = a_scribe().await;
    books.push_to_end(&[a_line("kept", days_ago(2), 1.0)]).await;
    let future =
        json!({"id": "f", "date": "2999-01-01", "amount": 1, "balance": 1, "description": "d"});
    let mut other = a_line("kept", days_ago(2), 2.0);
    other["balance"] = json!(5);
    let cases = [
        ("nothing but an id", vec![json!({"id": "a"})]),
        ("no id", vec![json!({"date": today().to_string(), "amount": 1, "description": "d"})]),
        ("out of order", vec![a_line("b", today(), 1.0), a_line("c", days_ago(1), 1.0)]),
        ("twice in one push", vec![a_line("d", today(), 1.0), a_line("d", today(), 1.0)]),
        ("kept with other content", vec![other]),
        ("too old", vec![a_line("e", days_ago(30), 1.0)]),
        ("in the future", vec![future]),
        ("older than the newest", vec![a_line("g", days_ago(3), 1.0)]),
    ];
    for (what, lines) in cases {
        let operation = books.push(&lines).await;
        assert_eq!(operation["status"], "Failed", "{what}: {operation}");
        let mut entry = format!("{what}\n  {}\n", text(&operation["errorMessage"]));
        for kind in ["errors", "warnings"] {
            for remark in operation["validation"][kind].as_array().unwrap() {
                let (place, message) = (text(&remark["itemId"]), text(&remark["message"]));
                writeln!(entry, "  - {kind}: {place} {message}").unwrap();
            }
        }
        scribe.names.extend((0..=10).map(|days| (days_ago(days).to_string(), "{a day}")));
        for (id, name) in &scribe.names {
            entry = entry.replace(id, name);
        }
        scribe.written.push_str(&entry);
    }
    insta::assert_snapshot!(scribe.written);
}
