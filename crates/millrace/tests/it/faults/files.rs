//! A process that may open no more files: no connection is taken, no database opened.

use super::scene::{Scene, expect_away, on_sqlite};
use crate::harness::{Caller, Server, ServerOptions, text, wait_for};
use std::collections::BTreeSet;
use std::process::Command;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Connections that are open when the files run out.
const OPEN: usize = 8;

#[tokio::test]
async fn too_many_open_files_are_told_and_got_over() {
    let mut scene = Scene::open(on_sqlite(), &ServerOptions::default()).await;
    scene.push_together().await;
    let callers = connected(&scene).await;
    let usual = limit_of(&scene.server);
    lower_to_what_is_open(&scene.server);
    // Those who are connected are served as far as it goes, and told what is wrong.
    callers[0].get("/healthz").await.expect(200);
    let told = wait_for("readiness to say so", || async {
        let reply = callers[0].get("/readyz?verbose").await;
        (reply.status == 503).then(|| reply.json())
    })
    .await;
    let told = text(&told["database"]);
    assert!(told.contains("files cannot be opened") && told.contains("Too many"), "{told}");
    let mut reads = JoinSet::new();
    for caller in &callers {
        let (caller, path) = (caller.clone(), scene.books.lines_path());
        reads.spawn(async move { caller.get(&path).await });
    }
    for reply in reads.join_all().await {
        if reply.status != 200 {
            expect_away(reply);
        }
    }
    // Whoever comes now waits at the door, which opens when the limit is lifted.
    let address = scene.server.url.trim_start_matches("http://").to_owned();
    let mut waiting = TcpStream::connect(&address).await.unwrap();
    waiting.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    limit(&scene.server, &usual);
    let mut answer = [0; 15];
    waiting.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    scene.is_ready().await;
    assert!(scene.push_together().await > 0);
    scene.nothing_is_lost().await;
}

/// Callers with a connection each, which stays open.
async fn connected(scene: &Scene) -> Vec<Caller> {
    let caller = &scene.books.caller;
    let callers: Vec<_> = (0..OPEN).map(|_| Caller::new(&scene.server.url, &caller.key)).collect();
    for caller in &callers {
        caller.get("/healthz").await.expect(200);
    }
    callers
}

/// From now on the process may open nothing.
fn lower_to_what_is_open(server: &Server) {
    let folder = format!("/proc/{}/fd", server.process_id());
    let open: BTreeSet<u32> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_str().unwrap().parse().unwrap())
        .collect();
    let free = (0..=u32::MAX).find(|number| !open.contains(number)).unwrap();
    limit(server, &free.to_string());
}

/// How many files it may open.
fn limit_of(server: &Server) -> String {
    let process = server.process_id().to_string();
    let mut prlimit = Command::new("prlimit");
    prlimit.args(["--pid", &process, "--nofile", "--output", "SOFT", "--noheadings", "--raw"]);
    String::from_utf8(prlimit.output().unwrap().stdout).unwrap().trim().to_owned()
}

fn limit(server: &Server, most: &str) {
    let process = server.process_id().to_string();
    let limit = format!("--nofile={most}:");
    let set = Command::new("prlimit").args(["--pid", &process, &limit]).status().unwrap();
    assert!(set.success(), "{set}");
}
