//! Events on their way to those who want to hear of them: through the real binary to an endpoint that checks signatures
//! with the published library.

use crate::harness::{
    Caller, Database, Heard, Sandbox, Server, ServerOptions, Sink, a_line, a_linked_account,
    days_ago, environment, node_packages, on_both, text, today, wait_for,
};
use serde_json::{Value, json};

on_both! {
    the_end_of_a_push_is_told_signed_and_in_full;
    published_libraries_accept_what_is_sent;
    a_company_s_life_is_told_in_order;
    tags_choose_the_companies;
    a_rule_is_told_as_in_2023;
    what_failed_is_seen_sent_again_and_recovered;
    while_secrets_change_both_sign;
    a_consumer_that_is_gone_is_disabled_and_comes_back_without_loss;
    what_happened_before_is_replayed;
    headers_are_sent_and_never_shown;
    events_are_asked_for_and_waited_for;
    a_message_that_was_sent_and_not_settled_is_sent_again;
    a_slow_consumer_does_not_delay_another;
}

/// A consumer of these events; its id and its secret.
async fn a_consumer(caller: &Caller, sink: &Sink, types: &[&str]) -> (String, String) {
    let url = format!("{}/hooks", sink.url);
    let made = caller.post("/webhooks", json!({"url": url, "eventTypes": types})).await;
    let made = made.expect(201).json();
    (text(&made["id"]), text(&made["secret"]))
}

fn ext(id: &str, rest: &str) -> String {
    format!("/ext/v1/webhooks/{id}{rest}")
}

async fn a_company(caller: &Caller, name: &str) -> String {
    text(&caller.post("/companies", json!({"name": name})).await.expect(200).json()["id"])
}

/// The consumer's deliveries, oldest first, when there are so many of that status.
async fn deliveries(caller: &Caller, id: &str, status: &str, count: usize) -> Vec<Value> {
    wait_for(&format!("{count} {status}"), || async {
        let page = caller.get(&ext(id, &format!("/deliveries?query=status={status}"))).await;
        let mut listed = page.expect(200).json()["results"].as_array().unwrap().clone();
        listed.reverse();
        (listed.len() == count).then_some(listed)
    })
    .await
}

async fn the_end_of_a_push_is_told_signed_and_in_full(database: Database) {
    let (server, sink) = (Server::start(database).await, Sink::open().await);
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let types = ["bankTransactions.write.successful", "bankTransactions.write.unsuccessful"];
    let (id, secret) = a_consumer(&books.caller, &sink, &types).await;
    let good = books.push_to_end(&[a_line("a", today(), 1.0)]).await;
    // Messages have no order among themselves: one after the other, then.
    sink.hears(1).await;
    let bad = books.push_to_end(&[a_line("old", days_ago(60), 1.0)]).await;
    let heard = sink.hears(2).await;
    for (message, push) in heard.iter().zip([&good, &bad]) {
        message.verify(&secret);
        assert_eq!(message.header("content-type"), "application/json");
        assert!(message.header("webhook-id").starts_with("msg_"));
        let body = message.json();
        let payload = &body["payload"];
        assert_eq!(payload["id"], push["pushOperationKey"]);
        assert_eq!(payload["status"], push["status"]);
        assert_eq!(payload["requestedOnDate"], push["requestedOnUtc"]);
        assert_eq!(payload["completedOnDate"], push["completedOnUtc"]);
        assert_eq!(
            (&payload["type"], &payload["connectionId"]),
            (&json!("Create"), &json!(books.connection))
        );
        assert_eq!(payload["referenceCompany"]["id"], json!(books.company));
        assert!(payload["referenceCompany"]["name"].is_string());
    }
    assert_eq!(heard[0].event_type(), "bankTransactions.write.successful");
    assert_eq!(heard[1].event_type(), "bankTransactions.write.unsuccessful");
    let sent = deliveries(&books.caller, &id, "Success", 2).await;
    assert_eq!(sent[0]["messageId"], heard[0].header("webhook-id"));
    assert!(!server.log().iter().any(|line| line.contains(&secret)));
    // A stranger's consumer hears nothing of it.
    let stranger = server.caller_of_new_client("other-bank");
    let theirs = Sink::open().await;
    a_consumer(&stranger, &theirs, &types).await;
    books.push_to_end(&[a_line("b", today(), 1.0)]).await;
    sink.hears(3).await;
    assert_eq!(theirs.heard().len(), 0);
}

/// The libraries that banks have, from `PyPI` and from npm. The crate checks everywhere else.
async fn published_libraries_accept_what_is_sent(database: Database) {
    let (server, sink) = (Server::start(database).await, Sink::open().await);
    let caller = server.caller();
    let (id, before) = a_consumer(&caller, &sink, &["company.created"]).await;
    a_company(&caller, "One").await;
    sink.hears(1).await;
    let rotated = caller.post(&ext(&id, "/secret"), "").await.expect(200).json();
    a_company(&caller, "One & only").await;
    let heard = sink.hears(2).await;
    let message = |heard: &Heard, secret: &str| {
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        let headers: Vec<_> = names.iter().map(|name| (*name, heard.header(name))).collect();
        let headers = headers.into_iter().collect::<std::collections::BTreeMap<_, _>>();
        json!({"headers": headers, "body": String::from_utf8_lossy(&heard.body), "secret": secret})
    };
    let after = text(&rotated["secret"]);
    let messages = json!([
        message(&heard[0], &before),
        message(&heard[1], &before),
        message(&heard[1], &after)
    ]);
    let sandbox = Sandbox::new();
    let messages = sandbox.write("messages.json", messages.to_string());
    let messages = messages.to_str().unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    let python = [&format!("{folder}/python/receivers.py"), messages];
    let said = sandbox.run(environment("webhooks", "python"), &python).expect_success();
    assert!(said.text().contains("checked 3 messages with 2 libraries"));
    let node = [&format!("{folder}/node/receivers.cjs"), messages];
    let sandbox = Sandbox::new().with("NODE_PATH", &node_packages("sdk"));
    let said = sandbox.run("node", &node).expect_success();
    assert!(said.text().contains("checked 3 messages with 2 libraries"));
}

async fn a_company_s_life_is_told_in_order(database: Database) {
    let (server, sink) = (Server::start(database).await, Sink::open().await);
    let caller = server.caller();
    let types = [
        "company.created",
        "company.deleted",
        "connection.created",
        "connection.connected",
        "connection.disconnected",
        "connection.deleted",
        "bankFeeds.sourceAccount.connected",
        "bankFeeds.sourceAccount.disconnected",
    ];
    let (id, secret) = a_consumer(&caller, &sink, &types).await;
    let fifo = caller.patch(&ext(&id, ""), json!({"order": "fifo"})).await.expect(200).json();
    assert_eq!(fifo["order"], "fifo");
    let books = a_linked_account(&caller, days_ago(5)).await;
    caller.patch(&books.path(), json!({"status": "Unlinked"})).await.expect(200);
    caller.delete(&books.path()).await.expect(200);
    caller.delete(&format!("/companies/{}", books.company)).await.expect(204);
    let heard = sink.hears(8).await;
    let told: Vec<_> = heard.iter().map(Heard::event_type).collect();
    assert_eq!(
        told,
        [
            "company.created",
            "connection.created",
            "connection.connected",
            "bankFeeds.sourceAccount.connected",
            "bankFeeds.sourceAccount.disconnected",
            "connection.disconnected",
            "connection.deleted",
            "company.deleted",
        ]
    );
    let sequences: Vec<u64> =
        heard.iter().map(|message| message.header("webhook-sequence").parse().unwrap()).collect();
    assert!(sequences.is_sorted(), "{sequences:?}");
    for message in &heard {
        message.verify(&secret);
    }
    let statuses: Vec<_> = [1, 2, 5, 6]
        .map(|index| heard[index].json()["payload"]["connection"]["status"].clone())
        .into();
    assert_eq!(statuses, ["PendingAuth", "Linked", "Unlinked", "Unlinked"]);
    let account = &heard[3].json()["payload"]["sourceAccount"];
    assert_eq!((&account["id"], &account["status"]), (&json!("acc-1"), &json!("connected")));
    assert_eq!(heard[7].json()["payload"]["id"], json!(books.company));
}

async fn tags_choose_the_companies(database: Database) {
    let (server, sink) = (Server::start(database).await, Sink::open().await);
    let caller = server.caller();
    let wish = json!({"url": sink.url, "eventTypes": ["company.created"], "companyTags": ["tier:gold", "region:north"]});
    caller.post("/webhooks", wish).await.expect(201);
    for (name, tags) in [
        ("Plain", json!({})),
        ("Silver", json!({"tier": "silver"})),
        ("Case", json!({"tier": "Gold"})),
        ("North", json!({"region": "north", "tier": "silver"})),
    ] {
        caller.post("/companies", json!({"name": name, "tags": tags})).await.expect(200);
    }
    let heard = sink.hears(1).await;
    assert_eq!(heard[0].json()["payload"]["name"], "North");
    assert_eq!(sink.heard().len(), 1);
}

async fn a_rule_is_told_as_in_2023(database: Database) {
    let (server, sink) = (Server::start(database).await, Sink::open().await);
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let wish = json!({
        "type": "Push Operation Status Changed",
        "notifiers": {"webhook": format!("{}/rule", sink.url), "emails": ["ops@bank.example"]},
        "companyId": books.company,
    });
    let rule = books.caller.post("/rules", wish).await.expect(200).json();
    let push = books.push_to_end(&[a_line("a", today(), 1.0)]).await;
    let heard = sink.hears(1).await.remove(0);
    let body = heard.json();
    assert_eq!(body["CompanyId"], json!(books.company));
    assert_eq!(
        (&body["RuleId"], &body["Type"]),
        (&rule["id"], &json!("Push Operation Status Changed"))
    );
    assert_eq!(body["Data"]["pushOperationKey"], push["pushOperationKey"]);
    assert_eq!(
        (&body["Data"]["dataType"], &body["Data"]["status"]),
        (&json!("bankTransactions"), &json!("Success"))
    );
    assert!(
        text(&body["Message"]).starts_with(
            "bankTransactions triggered notification for PushOperationStatusChanged at "
        )
    );
    assert_eq!(heard.path, "/rule");
}

async fn what_failed_is_seen_sent_again_and_recovered(database: Database) {
    let (server, sink) = (Server::start(database).await, Sink::open().await);
    let caller = server.caller();
    let (id, secret) = a_consumer(&caller, &sink, &["company.created"]).await;
    sink.answers(302, &[("location", "http://169.254.169.254/")]);
    a_company(&caller, "One").await;
    let failed = deliveries(&caller, &id, "Attempting", 1).await.remove(0);
    assert!(failed["nextAttempt"].is_string());
    let path = ext(&id, &format!("/deliveries/{}", failed["eventSequence"]));
    let whole = caller.get(&path).await.expect(200).json();
    let attempt = &whole["history"][0];
    assert_eq!((&attempt["httpStatus"], &attempt["number"]), (&json!(302), &json!(1)));
    assert!(text(&attempt["error"]).contains("redirects are not followed"));
    assert_eq!(attempt["answer"], "so says the bank");
    assert_eq!(text(&whole["body"]).as_bytes(), &sink.heard()[0].body[..]);
    let shown = caller.get(&ext(&id, "")).await.expect(200).json();
    assert!(shown["failingSince"].is_string(), "{shown}");
    caller.post(&format!("{path}/resend"), "").await.expect(200);
    let heard = sink.hears(2).await;
    assert_eq!(heard[0].header("webhook-id"), heard[1].header("webhook-id"));
    assert_eq!(heard[0].body, heard[1].body);
    heard[1].verify(&secret);
    deliveries(&caller, &id, "Success", 1).await;
    let shown = caller.get(&ext(&id, "")).await.expect(200).json();
    assert!(shown["failingSince"].is_null(), "{shown}");
    let since = json!({"since": "2020-01-01T00:00:00Z"});
    let recovered = caller.post(&ext(&id, "/recover"), since).await.expect(200).json();
    assert_eq!(recovered, json!({"count": 0}));
    caller.get(&ext(&id, "/deliveries/999999")).await.expect_error(404);
    caller.post(&ext(&id, "/deliveries/999999/resend"), "").await.expect_error(404);
}

async fn while_secrets_change_both_sign(database: Database) {
    let (server, sink) = (Server::start(database).await, Sink::open().await);
    let caller = server.caller();
    let (id, before) = a_consumer(&caller, &sink, &["company.created"]).await;
    let rotated = caller.post(&ext(&id, "/secret"), "").await.expect(200).json();
    let after = text(&rotated["secret"]);
    assert_ne!(before, after);
    assert!(rotated["previousUntil"].is_string());
    a_company(&caller, "One").await;
    let heard = sink.hears(1).await.remove(0);
    assert_eq!(heard.header("webhook-signature").split(' ').count(), 2);
    heard.verify(&before);
    heard.verify(&after);
    // Neither is shown again, and no database file holds one.
    let shown = caller.get(&ext(&id, "")).await.expect(200).text;
    let listed = caller.get("/webhooks").await.expect(200).text;
    assert!(!shown.contains("whsec_") && !listed.contains("whsec_"));
    let home = server.stop().await;
    if home.url().is_none() {
        for file in ["millrace.db", "millrace.db-wal"] {
            let bytes = std::fs::read(home.folder().join(file)).unwrap_or_default();
            for secret in [&before, &after] {
                let needle = secret.trim_start_matches("whsec_").as_bytes();
                assert!(!bytes.windows(needle.len()).any(|window| window == needle), "{file}");
            }
        }
    }
}

async fn a_consumer_that_is_gone_is_disabled_and_comes_back_without_loss(database: Database) {
    let (server, sink) = (Server::start(database).await, Sink::open().await);
    let (caller, witness) = (server.caller(), Sink::open().await);
    let (id, _) = a_consumer(&caller, &sink, &["company.created"]).await;
    a_consumer(&caller, &witness, &["webhook.consumer.disabled"]).await;
    sink.answers(410, &[]);
    a_company(&caller, "One").await;
    let told = witness.hears(1).await.remove(0).json();
    assert_eq!((&told["payload"]["id"], &told["payload"]["reason"]), (&json!(id), &json!("gone")));
    let shown = caller.get(&ext(&id, "")).await.expect(200).json();
    assert_eq!((&shown["disabled"], &shown["disabledReason"]), (&json!(true), &json!("gone")));
    assert!(server.log().iter().any(|line| line.contains("a webhook consumer is disabled")));
    a_company(&caller, "Two").await;
    let refused = caller.post(&ext(&id, "/test"), json!({"eventType": "company.created"})).await;
    assert!(text(&refused.expect_error(409)["error"]).contains("enable it first"));
    caller.patch(&ext(&id, ""), json!({"disabled": false})).await.expect(200);
    let mut names: Vec<_> =
        sink.hears(3).await.iter().map(|heard| text(&heard.json()["payload"]["name"])).collect();
    names.sort_unstable();
    assert_eq!(names, ["One", "One", "Two"]);
}

async fn what_happened_before_is_replayed(database: Database) {
    let (server, sink) = (Server::start(database).await, Sink::open().await);
    let caller = server.caller();
    a_company(&caller, "Before").await;
    let (id, _) = a_consumer(&caller, &sink, &["company.created"]).await;
    a_company(&caller, "After").await;
    sink.hears(1).await;
    let since = json!({"since": "2020-01-01T00:00:00Z"});
    let replayed = caller.post(&ext(&id, "/replay"), since.clone()).await.expect(200).json();
    assert_eq!(replayed, json!({"count": 2}));
    let names: Vec<_> =
        sink.hears(2).await.iter().map(|heard| text(&heard.json()["payload"]["name"])).collect();
    assert_eq!(names, ["After", "Before"], "what was sent is not sent again");
    deliveries(&caller, &id, "Success", 2).await;
    let nobody = ext("00000000-0000-4000-8000-000000000000", "/replay");
    caller.post(&nobody, since).await.expect_error(404);
    let wrong = caller.post(&ext(&id, "/replay"), json!({"since": "monday"})).await;
    assert!(text(&wrong.expect_error(400)["error"]).starts_with("since is refused"));
}

async fn headers_are_sent_and_never_shown(database: Database) {
    let (server, sink) = (Server::start(database).await, Sink::open().await);
    let caller = server.caller();
    let (id, secret) = a_consumer(&caller, &sink, &["company.created"]).await;
    let wish = json!({"headers": {"Authorization": "Bearer geheim-9", "X-Team": "feeds"}});
    let shown = caller.patch(&ext(&id, ""), wish).await.expect(200);
    assert_eq!(shown.json()["headerNames"], json!(["Authorization", "X-Team"]));
    assert!(!shown.text.contains("geheim"));
    a_company(&caller, "One").await;
    let heard = sink.hears(1).await.remove(0);
    assert_eq!(
        (heard.header("authorization"), heard.header("x-team")),
        ("Bearer geheim-9".to_owned(), "feeds".to_owned())
    );
    heard.verify(&secret);
    assert!(!server.log().iter().any(|line| line.contains("geheim-9")));
    let wrong = caller.patch(&ext(&id, ""), json!({"headers": {"webhook-id": "x"}})).await;
    assert!(text(&wrong.expect_error(400)["error"]).contains("which every message has by itself"));
}

async fn events_are_asked_for_and_waited_for(database: Database) {
    let server = Server::start(database).await;
    let caller = server.caller();
    let first = a_company(&caller, "One").await;
    let page = caller.get("/ext/v1/events").await.expect(200).json();
    assert_eq!(page["results"][0]["event"]["payload"]["id"], json!(first));
    let last = page["last"].as_u64().unwrap();
    let none = caller.get(&format!("/ext/v1/events?after={last}")).await.expect(200).json();
    assert_eq!(none, json!({"results": [], "last": last, "newest": last}));
    let waiting = {
        let caller = caller.clone();
        tokio::spawn(
            async move { caller.get(&format!("/ext/v1/events?after={last}&wait=50")).await },
        )
    };
    let second = a_company(&caller, "Two").await;
    let told = waiting.await.unwrap().expect(200).json();
    assert_eq!(told["results"][0]["companyId"], json!(second));
    let example = json!({"eventType": "company.deleted", "payload": {"n": [1.5, "\u{e9}"]}});
    let made = caller.post("/ext/v1/events/examples", example).await.expect(200).json();
    let path = format!("/ext/v1/events?after={}", made["eventSequence"].as_u64().unwrap() - 1);
    let told = caller.get(&path).await.expect(200);
    assert!(told.text.contains("{\"n\":[1.5,\"\u{e9}\"]}"), "{}", told.text);
    assert_eq!(told.json()["results"][0]["example"], true);
    for (query, error) in [
        ("after=x", "after must be a whole number from 0 to 9223372036854775807"),
        ("wait=51", "wait must be a whole number from 0 to 50"),
        ("count=0", "count must be a whole number from 1 to 1000"),
    ] {
        let refused = caller.get(&format!("/ext/v1/events?{query}")).await.expect_error(400);
        assert_eq!(refused["error"], error);
    }
    let stranger = server.caller_of_new_client("other-bank");
    assert_eq!(stranger.get("/ext/v1/events").await.expect(200).json()["results"], json!([]));
    // Whoever waits when the server is to stop is answered.
    let last = caller.get("/ext/v1/events?count=1000").await.expect(200).json()["last"].clone();
    let waiting =
        tokio::spawn(
            async move { caller.get(&format!("/ext/v1/events?after={last}&wait=50")).await },
        );
    tokio::task::yield_now().await;
    drop(server.stop().await);
    let ended = waiting.await;
    assert!(ended.is_err() || ended.is_ok_and(|reply| reply.status == 200));
}

async fn a_message_that_was_sent_and_not_settled_is_sent_again(database: Database) {
    let options = ServerOptions::flags(&["--set", "worker.lease_secs=1"]);
    let (server, sink) = (Server::start_with(database, &options).await, Sink::open().await);
    let caller = server.caller();
    let (id, secret) = a_consumer(&caller, &sink, &["company.created"]).await;
    sink.close();
    a_company(&caller, "One").await;
    sink.hears(1).await;
    // It was heard, and the sender dies before it knows.
    let server = Server::start_at(server.kill().await, &options).await;
    let caller = caller.at(&server.url);
    let heard = sink.hears(2).await;
    assert_eq!(heard[0].header("webhook-id"), heard[1].header("webhook-id"));
    assert_eq!(heard[0].body, heard[1].body);
    heard[1].verify(&secret);
    let listed = caller.get(&ext(&id, "/deliveries")).await.expect(200).json();
    assert_eq!(listed["totalResults"], 1);
}

async fn a_slow_consumer_does_not_delay_another(database: Database) {
    let (server, slow, quick) =
        (Server::start(database).await, Sink::open().await, Sink::open().await);
    let caller = server.caller();
    a_consumer(&caller, &slow, &["company.created"]).await;
    let (id, _) = a_consumer(&caller, &quick, &["company.created"]).await;
    slow.close();
    for n in 0..120 {
        a_company(&caller, &format!("Company {n}")).await;
    }
    quick.hears(120).await;
    deliveries(&caller, &id, "Success", 100).await;
    assert!(slow.heard().len() < 120, "it is sent no more at a time than it may be");
}

/// In production a name or address that leads inside is refused when it is given, and again when it is called.
#[tokio::test]
async fn addresses_inside_are_refused() {
    let options = ServerOptions::flags(&[
        "--set",
        "mode=production",
        "--public-url",
        "https://feeds.bank.example",
    ]);
    let server = Server::start_with(Database::Sqlite, &options).await;
    let caller = server.caller_of("default");
    for url in [
        "https://127.0.0.1/hooks",
        "https://localhost/hooks",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.7/",
        "https://[::1]/",
        "https://0x7f.1/",
        "https://2130706433/",
        "http://bank.example/hooks",
        "https://bank.example:22/hooks",
    ] {
        let wish = json!({"url": url, "eventTypes": ["company.created"]});
        let refused = caller.post("/webhooks", wish).await.expect_error(400);
        assert!(text(&refused["error"]).starts_with("url is refused: "), "{url}: {refused}");
    }
    let allowed = ServerOptions::flags(&[
        "--set",
        "mode=production",
        "--set",
        "webhooks.allowed_subnets=127.0.0.0/8",
        "--public-url",
        "https://feeds.bank.example",
    ]);
    let server = Server::start_at(server.stop().await, &allowed).await;
    let (caller, sink) = (caller.at(&server.url), Sink::open().await);
    let (_, secret) = a_consumer(&caller, &sink, &["company.created"]).await;
    a_company(&caller, "One").await;
    sink.hears(1).await[0].verify(&secret);
}
