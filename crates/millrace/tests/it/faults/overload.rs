//! More requests than a server has places for: those that find none are told at once, everything that is let in is kept,
//! and health answers all the while.

use super::scene::{Scene, on};
use crate::harness::{
    Caller, Database, Reply, ServerOptions, a_line, days_ago, on_both, text, today, wait_for,
};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Requests that are served at once in these stories.
const PLACES: usize = 4;
/// Far more than that.
const TOO_MANY: usize = 64;
/// What whoever waits for leave to send is told.
const GO_AHEAD: &[u8; 25] = b"HTTP/1.1 100 Continue\r\n\r\n";
/// What those who watch over processes allow, as a rule, before they end one.
const HEALTH_MAX: Duration = Duration::from_secs(1);
/// Enough to keep the server busy for a moment.
const LINES: usize = 200;

on_both! {
    whoever_finds_no_place_is_told_at_once_and_what_is_let_in_is_kept;
    callers_who_do_not_send_what_they_announce_keep_nobody_out;
}

async fn open(database: Database) -> Scene {
    let places = format!("server.places={PLACES}");
    Scene::open(on(database), &ServerOptions::flags(&["--set", &places])).await
}

async fn whoever_finds_no_place_is_told_at_once_and_what_is_let_in_is_kept(database: Database) {
    let scene = open(database).await;
    let mut kept = BTreeSet::new();
    let mut is_overloaded = false;
    // A machine that is fast enough to serve all of them is asked again.
    for wave in 0..50 {
        let replies = ask_too_much(&scene, wave).await;
        for (first_id, reply) in replies {
            if reply.status == 200 {
                kept.insert(first_id);
            } else {
                is_overloaded = true;
                expect_overload(reply);
            }
        }
        if is_overloaded {
            break;
        }
    }
    assert!(is_overloaded && !kept.is_empty(), "{} were kept", kept.len());
    // All who were turned away are let in when they come again.
    let again = push(&scene.books.caller, &scene, "again").await;
    assert_eq!(again.status, 200, "{}", again.text);
    for id in &kept {
        let path = format!("{}?query=id%3D{id}", scene.books.lines_path());
        let lines = scene.books.caller.get(&path).await.expect(200).json();
        assert_eq!(lines["totalResults"], 1, "{id}");
    }
    let told = scene.server.log().into_iter().filter(|line| line.contains("are turned away"));
    assert_eq!(told.count(), 1, "the log is told once in a while");
}

/// Many pushes at once, and meanwhile asks how the server is.
async fn ask_too_much(scene: &Scene, wave: usize) -> Vec<(String, Reply)> {
    let mut pushes = JoinSet::new();
    for number in 0..TOO_MANY {
        let (caller, path) = (scene.books.caller.clone(), scene.books.push_path());
        let name = format!("w{wave}-{number}");
        let body = body(scene, &name);
        pushes.spawn(async move { (format!("{name}-0"), caller.post(&path, body).await) });
    }
    let mut replies = Vec::new();
    while let Some(pushed) = pushes.join_next().await {
        replies.push(pushed.unwrap());
        if replies.len() % 8 == 0 {
            let began = Instant::now();
            scene.books.caller.get("/healthz").await.expect(200);
            assert!(began.elapsed() < HEALTH_MAX, "{:?}", began.elapsed());
            scene.books.caller.get("/readyz").await.expect(200);
        }
    }
    replies
}

fn body(scene: &Scene, name: &str) -> serde_json::Value {
    let lines = (0..LINES).map(|line| a_line(&format!("{name}-{line}"), days_ago(1), 1.0));
    json!({"accountId": scene.books.account, "transactions": lines.collect::<Vec<_>>()})
}

async fn push(caller: &Caller, scene: &Scene, name: &str) -> Reply {
    caller.post(&scene.books.push_path(), body(scene, name)).await
}

#[track_caller]
fn expect_overload(reply: Reply) {
    let retry_after = reply.headers["retry-after"].clone();
    let body = reply.expect_error(503);
    assert_eq!((retry_after, &body["canBeRetried"]), ("1".parse().unwrap(), &"True".into()));
    assert!(text(&body["error"]).contains("too much to do"), "{body}");
}

async fn callers_who_do_not_send_what_they_announce_keep_nobody_out(database: Database) {
    let scene = open(database).await;
    let mut slow = Vec::new();
    for number in 0..PLACES {
        slow.push(SlowPush::begin(&scene, &format!("slow{number}")).await);
    }
    wait_for("the slow ones to make room", || async {
        (push(&scene.books.caller, &scene, "quick").await.status == 200).then_some(())
    })
    .await;
    // Late, and as welcome as any.
    for push in slow {
        push.end().await;
    }
}

/// A push whose last byte is still to come.
struct SlowPush {
    stream: TcpStream,
}

impl SlowPush {
    async fn begin(scene: &Scene, id: &str) -> Self {
        let address = scene.server.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).await.unwrap();
        let body =
            json!({"accountId": scene.books.account, "transactions": [a_line(id, today(), 1.0)]});
        let body = body.to_string();
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {}\r\n\
             Content-Type: application/json\r\nConnection: close\r\nExpect: 100-continue\r\n\
             Content-Length: {}\r\n\r\n",
            scene.books.push_path(),
            BASE64_STANDARD.encode(&scene.books.caller.key),
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        // It has a place now, and the body is waited for.
        let mut leave = [0; GO_AHEAD.len()];
        stream.read_exact(&mut leave).await.unwrap();
        assert_eq!(leave, *GO_AHEAD);
        let (most, _last) = body.split_at(body.len() - 1);
        stream.write_all(most.as_bytes()).await.unwrap();
        Self { stream }
    }

    /// Sends the last byte, and is answered as any push.
    async fn end(mut self) {
        self.stream.write_all(b"}").await.unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}
