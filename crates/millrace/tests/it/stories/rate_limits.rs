//! An operator who limits how much is asked for.

use crate::harness::{Caller, Database, Reply, Server, ServerOptions, days_ago, on_both, text};
use crate::harness::{a_line, a_linked_account, today};
use jiff::Timestamp;
use serde_json::json;
use tokio::task::JoinSet;

on_both! {
    nothing_is_said_while_nothing_is_limited;
    a_day_is_used_up_and_what_is_refused_may_be_sent_again;
    an_address_is_limited_with_and_without_a_key;
    limits_outlive_the_process;
}

fn limited(settings: &[&str]) -> ServerOptions {
    let mut flags = vec!["--set", "limits.enabled=true"];
    for setting in settings {
        flags.extend(["--set", setting]);
    }
    ServerOptions::flags(&flags)
}

fn header(reply: &Reply, name: &str) -> Option<String> {
    reply.headers.get(name).map(|value| value.to_str().unwrap().to_owned())
}

fn remaining(reply: &Reply) -> u64 {
    header(reply, "x-rate-limit-remaining").unwrap().parse().unwrap()
}

/// How many of `count` requests sent at once were let in.
async fn let_in(callers: &[Caller], count: usize) -> usize {
    let mut tasks = JoinSet::new();
    for caller in callers.iter().cycle().take(count) {
        let caller = caller.clone();
        tasks.spawn(async move { caller.get("/companies").await.status });
    }
    let statuses = tasks.join_all().await;
    assert!(statuses.iter().all(|status| matches!(status, 200 | 429)), "{statuses:?}");
    statuses.iter().filter(|status| **status == 200).count()
}

async fn nothing_is_said_while_nothing_is_limited(database: Database) {
    let server = Server::start(database).await;
    let reply = server.caller().get("/companies").await.expect(200);
    assert!(reply.headers.keys().all(|name| !name.as_str().starts_with("x-rate-limit")));
}

async fn a_day_is_used_up_and_what_is_refused_may_be_sent_again(database: Database) {
    let options = limited(&["limits.requests_per_company=20"]);
    let server = Server::start_with(database, &options).await;
    let caller = server.caller();
    let first = caller.get("/companies").await.expect(200);
    assert_eq!(header(&first, "x-rate-limit-limit").as_deref(), Some("20"));
    assert_eq!(remaining(&first), 19);
    let reset: Timestamp = header(&first, "x-rate-limit-reset").unwrap().parse().unwrap();
    assert!(reset.to_string().ends_with("T00:00:00Z"), "{reset}");
    // What is wrong counts too; what has no key is nobody's.
    assert_eq!(remaining(&caller.get("/companies/none").await.expect(404)), 18);
    let stranger = Caller::new(&server.url, "nobody");
    assert_eq!(header(&stranger.get("/companies").await.expect(401), "x-rate-limit-limit"), None);
    // A linked company brings as much again.
    let books = a_linked_account(&caller, days_ago(5)).await;
    while remaining(&caller.get("/companies").await.expect(200)) > 0 {}
    let push = json!({"accountId": "acc-1", "transactions": [a_line("late", today(), 1.0)]});
    let key = "8c2f7a10-9d5e-4b3a-8f61-2d4c9e7b5a30";
    let send = async || {
        let request = caller.request(reqwest::Method::POST, &books.push_path());
        let request = request.header("Idempotency-Key", key).json(&push);
        Caller::send(request).await
    };
    let refused = send().await;
    let wait: i64 = header(&refused, "retry-after").unwrap().parse().unwrap();
    assert!((1..=86_400).contains(&wait), "{wait}");
    assert_eq!(header(&refused, "x-rate-limit-limit").as_deref(), Some("40"));
    let error = refused.expect_error(429);
    assert!(text(&error["error"]).contains("the 40 requests of this day (UTC) are used up"));
    assert_eq!(error["canBeRetried"], "True");
    // With more allowed, the same request under the same key is done: the refusal was no answer to it.
    let more = limited(&["limits.requests_per_company=1000"]);
    let server = Server::start_at(server.stop().await, &more).await;
    let caller = caller.at(&server.url);
    let request = caller.request(reqwest::Method::POST, &books.push_path());
    let request = request.header("Idempotency-Key", key).json(&push);
    let done = Caller::send(request).await.expect(200);
    assert_eq!(header(&done, "idempotency-replayed"), None);
}

async fn an_address_is_limited_with_and_without_a_key(database: Database) {
    let settings = ["limits.requests_per_address=5", "limits.address_header=X-Forwarded-For"];
    let server = Server::start_with(database, &limited(&settings)).await;
    let (caller, stranger) = (server.caller(), Caller::new(&server.url, "nobody"));
    let from = async |caller: &Caller, address: &str| {
        let request = caller.request(reqwest::Method::GET, "/companies");
        Caller::send(request.header("X-Forwarded-For", format!("198.51.100.1, {address}"))).await
    };
    let mut refused = None;
    // A minute may end on the way: ten requests are too many for one of two minutes.
    for n in 0..11 {
        let caller = if n % 2 == 0 { &caller } else { &stranger };
        let reply = from(caller, "203.0.113.9").await;
        assert!(matches!(reply.status, 200 | 401 | 429), "{}", reply.status);
        refused = refused.or((reply.status == 429).then_some(reply));
    }
    let refused = refused.unwrap();
    let wait: i64 = header(&refused, "retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(text(&refused.expect_error(429)["error"]).contains("more than 5 requests in a minute"));
    from(&caller, "203.0.113.10").await.expect(200);
    // What an operator's probe asks is not counted.
    for _ in 0..12 {
        assert_eq!(reqwest::get(format!("{}/healthz", server.url)).await.unwrap().status(), 200);
    }
}

async fn limits_outlive_the_process(database: Database) {
    let options = limited(&["limits.requests_per_company=12"]);
    let server = Server::start_with(database, &options).await;
    let caller = server.caller();
    assert_eq!(let_in(std::slice::from_ref(&caller), 7).await, 7);
    let server = Server::start_at(server.kill().await, &options).await;
    assert_eq!(let_in(&[caller.at(&server.url)], 9).await, 5);
}

/// Two processes on one PostgreSQL count together.
#[tokio::test]
async fn two_processes_let_in_no_more_than_one() {
    let options = limited(&["limits.requests_per_company=50", "limits.at_once_per_company=1000"]);
    let first = Server::start_with(Database::Postgres, &options).await;
    let second = Server::start_at(first.home.clone(), &options).await;
    let caller = first.caller();
    let callers = [caller.clone(), caller.at(&second.url)];
    assert_eq!(let_in(&callers, 120).await, 50);
}
