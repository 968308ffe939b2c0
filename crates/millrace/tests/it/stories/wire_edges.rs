//! The edges of HTTP: strange paths, methods, headers, and bodies that nobody reads. Callers repeat broken connections and
//! 5xx for an hour, so everything has an answer, and every answer is an honest one.

use crate::harness::{
    Caller, Database, Server, a_line, a_linked_account, days_ago, link_account, on_both, text,
    today,
};
use reqwest::Method;
use serde_json::json;

on_both! {
    an_answer_arrives_though_nobody_read_the_body;
    ids_with_slashes_spaces_and_letters_of_any_script_are_found;
    paths_are_taken_to_the_letter;
    methods_that_are_not_there_say_which_are;
    two_keys_are_as_good_as_none;
    a_platform_that_is_not_there_is_answered_with_those_that_are;
    ids_that_no_path_can_hold_are_refused;
    a_list_of_new_accounts_claims_none_of_another_list;
}

/// More than sockets hold on their way.
const LONG_BODY_BYTES: usize = 12 * 1024 * 1024;

async fn an_answer_arrives_though_nobody_read_the_body(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let stranger = Caller::new(&caller.url, "wrongwrongwrongwrongwrongwrongwrongwrong");
    let long = || vec![b' '; LONG_BODY_BYTES];
    stranger.post("/companies", long()).await.expect_error(401);
    caller.post("/nowhere", long()).await.expect_error(404);
    caller.post("/companies/7/connections", long()).await.expect_error(404);
    caller.put("/companies", long()).await.expect_error(405);
    caller.post("/companies", long()).await.expect_error(413);
    let plain = caller.request(Method::POST, "/companies").header("Content-Type", "text/plain");
    Caller::send(plain.body(long())).await.expect_error(415);
}

async fn ids_with_slashes_spaces_and_letters_of_any_script_are_found(database: Database) {
    let server = Server::start(database).await;
    for (id, encoded) in
        [("acc 1/ä+%", "acc%201%2F%C3%A4+%25"), ("口座?#&;", "%E5%8F%A3%E5%BA%A7%3F%23%26;")]
    {
        let mut books = link_account(&server.caller(), json!({"id": id}), days_ago(2)).await;
        books.account = encoded.to_owned();
        let line = json!({"accountId": id, "transactions": [a_line("t/1", today(), 1.0)]});
        let operation = books.caller.post(&books.push_path(), line).await.expect(200).json();
        assert_eq!(
            (&operation["status"], &operation["data"]["accountId"]),
            (&json!("Pending"), &json!(id))
        );
        let lines = books.caller.get(&books.lines_path()).await.expect(200).json();
        assert_eq!(
            (&lines["totalResults"], &lines["results"][0]["accountId"]),
            (&json!(1), &json!(id))
        );
        let account = format!("{}/connectionInfo/bankFeedAccounts/{encoded}", books.path());
        let named = books.caller.patch(&account, json!({"accountName": "N"})).await.expect(200);
        assert_eq!(named.json()["id"], id);
        books.caller.delete(&account).await.expect(204);
        books.caller.get(&books.lines_path()).await.expect_error(404);
    }
}

async fn paths_are_taken_to_the_letter(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let company = caller.post("/companies", json!({"name": "A"})).await.expect(200).json();
    let id = text(&company["id"]);
    for path in [
        "/companies/".to_owned(),
        "//companies".to_owned(),
        format!("/companies/{id}/"),
        format!("/companies//{id}"),
        format!("/companies/{id}/connections/"),
        "/companies/%FF".to_owned(),
        "/companies/%00".to_owned(),
        format!("/companies/{}", "a".repeat(20_000)),
        format!("/companies/{id}%2Fconnections"),
    ] {
        caller.get(&path).await.expect_error(404);
    }
    let upper = caller.get(&format!("/companies/{}", id.to_uppercase())).await.expect(200).json();
    assert_eq!(text(&upper["id"]), id, "a UUID is the same in either case");
}

async fn methods_that_are_not_there_say_which_are(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let head = Caller::send(caller.request(Method::HEAD, "/companies")).await.expect(200);
    assert!(head.text.is_empty());
    for method in [Method::OPTIONS, Method::TRACE, Method::from_bytes(b"PURGE").unwrap()] {
        let reply = Caller::send(caller.request(method, "/companies")).await;
        assert_eq!(reply.headers["allow"], "GET,HEAD,POST");
        reply.expect_error(405);
    }
}

async fn two_keys_are_as_good_as_none(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let twice = caller.request(Method::GET, "/companies").header("Authorization", "Basic AAAA");
    let error = Caller::send(twice).await.expect_error(401);
    assert!(text(&error["error"]).contains("more than one"), "{error}");
}

async fn a_platform_that_is_not_there_is_answered_with_those_that_are(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(1)).await;
    let connections = format!("/companies/{}/connections", books.company);
    let wish = json!({"platformKey": "zzzz"});
    let error = books.caller.post(&connections, wish).await.expect_error(400);
    let error = text(&error["error"]);
    assert!(error.contains("\"zzzz\"") && error.contains("hcws"), "{error}");
}

async fn ids_that_no_path_can_hold_are_refused(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(1)).await;
    let accounts = format!("{}/connectionInfo/bankFeedAccounts", books.path());
    let long = "x".repeat(201);
    for id in ["", ".", "..", "batch", "credentials", "a\u{0}b", "a\nb", &long] {
        books.caller.post(&accounts, json!({"id": id})).await.expect_error(400);
    }
    for (name, long) in [("name", 501), ("description", 2_001)] {
        for text in ["x\u{0}".to_owned(), "x".repeat(long)] {
            let mut company = json!({"name": "A"});
            company[name] = json!(text);
            books.caller.post("/companies", company).await.expect_error(400);
        }
    }
    for text in ["x\u{0}".to_owned(), "x".repeat(501)] {
        let account = json!({"id": "new", "accountName": text});
        books.caller.post(&accounts, account).await.expect_error(400);
    }
}

async fn a_list_of_new_accounts_claims_none_of_another_list(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(1)).await;
    let accounts = format!("{}/connectionInfo/bankFeedAccounts", books.path());
    for list in [json!([{"id": "a"}, {"id": "acc-1"}]), json!([{"id": "a"}, {"id": "a"}])] {
        books.caller.post(&accounts, list).await.expect_error(400);
    }
    let many = |first: usize| {
        json!((first..first + 50).map(|n| json!({"id": format!("m{n}")})).collect::<Vec<_>>())
    };
    // Two callers want overlapping lists at once: whoever is told 200 has every account, and nobody has one twice.
    let (one, other) =
        tokio::join!(books.caller.post(&accounts, many(0)), books.caller.post(&accounts, many(25)));
    for reply in [&one, &other] {
        match reply.status {
            200 => assert_eq!(reply.json().as_array().unwrap().len(), 50),
            status => assert_eq!(status, 400, "{}", reply.text),
        }
    }
    assert!(one.status == 200 || other.status == 200, "{} {}", one.text, other.text);
    assert_ne!(
        (one.status, other.status),
        (200, 200),
        "both cannot have the accounts in the middle"
    );
    let listed = books.caller.get(&accounts).await.expect(200).json();
    let mut ids: Vec<_> = listed.as_array().unwrap().iter().map(|a| text(&a["id"])).collect();
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
}
