//! Processes that are stopped, killed, and that share one database.

use crate::harness::{
    Books, Database, Home, Server, ServerOptions, a_line, a_linked_account, days_ago, on_both,
    text, today, values, wait_for,
};
use serde_json::json;

on_both! {
    what_was_answered_survives_a_kill;
    a_stop_lets_requests_finish;
    a_newer_database_is_refused_with_a_sentence;
}

/// Leases end soon in these stories: nobody waits long for a worker that was killed.
fn short_leases() -> ServerOptions {
    ServerOptions::flags(&["--set", "worker.lease_secs=1"])
}

async fn what_was_answered_survives_a_kill(database: Database) {
    let mut server = Server::start_with(database, &short_leases()).await;
    let mut books = a_linked_account(&server.caller(), days_ago(5)).await;
    for round in 0..3 {
        let operation = books.push(&[a_line(&format!("k{round}"), today(), 1.0)]).await;
        server = Server::start_at(server.kill().await, &short_leases()).await;
        books.caller = books.caller.at(&server.url);
        books.ofx =
            crate::harness::OfxCaller::new(&books.caller, &books.ofx.username, &books.ofx.password);
        let ended =
            books.caller.ended_push(&books.company, &text(&operation["pushOperationKey"])).await;
        assert_eq!(ended["status"], "Success");
    }
    assert_eq!(values(&books.ofx.statement(&books.number, "").await, "FITID"), ["k0", "k1", "k2"]);
}

async fn a_stop_lets_requests_finish(database: Database) {
    let server = Server::start(database).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let lines: Vec<_> = (0..1000).map(|n| a_line(&format!("s{n}"), today(), 1.0)).collect();
    let body = json!({"accountId": "acc-1", "transactions": lines});
    let pushes: Vec<_> = (0..8)
        .map(|_| {
            let (caller, path, body) = (books.caller.clone(), books.push_path(), body.clone());
            tokio::spawn(async move { caller.post(&path, body).await })
        })
        .collect();
    // Once one is answered, the others are under way or done.
    let mut pushes = pushes.into_iter();
    pushes.next().unwrap().await.unwrap().expect(200);
    server.ask_to_stop();
    for push in pushes {
        match push.await {
            Ok(reply) => assert_eq!(reply.status, 200, "{}", reply.text),
            // It had not been sent when the listener closed: refused, not cut off.
            Err(error) => assert!(error.is_panic()),
        }
    }
    let (status, home) = server.ended().await;
    assert!(status.success());
    let server = Server::start_at(home, &ServerOptions::default()).await;
    let caller = books.caller.at(&server.url);
    let lines = caller.get(&books.lines_path()).await.expect(200).json();
    assert_eq!(lines["totalResults"], 1000, "each line once, however many pushes brought it");
}

async fn a_newer_database_is_refused_with_a_sentence(database: Database) {
    let home = Server::start(database).await.stop().await;
    make_newer(&home);
    let output = crate::harness::millrace()
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(home.flags())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("use a newer Millrace"), "{said}");
}

fn make_newer(home: &Home) {
    home.sql(if home.url().is_some() {
        "insert into schema_migration (version, name) values (9999, 'future')"
    } else {
        "insert into schema_migration (version, name, applied_at_us) values (9999, 'future', 0)"
    });
}

/// Two processes on one PostgreSQL: both serve, both work, one dies, nothing is lost or doubled.
#[tokio::test]
async fn two_processes_share_one_postgresql() {
    let first = Server::start_with(Database::Postgres, &short_leases()).await;
    let second = Server::start_at(first.home.clone(), &short_leases()).await;
    let books = a_linked_account(&first.caller(), days_ago(5)).await;
    let callers = [books.caller.clone(), books.caller.at(&second.url)];
    let pushes: Vec<_> = (0..40)
        .map(|n| {
            let (caller, path) = (callers[n % 2].clone(), books.push_path());
            // Every second push repeats the one before it, at the other process.
            let line = a_line(&format!("p{}", n / 2), today(), 1.0);
            let body = json!({"accountId": "acc-1", "transactions": [line]});
            tokio::spawn(async move { caller.post(&path, body).await.expect(200).json() })
        })
        .collect();
    let mut keys = Vec::new();
    for push in pushes {
        keys.push(text(&push.await.unwrap()["pushOperationKey"]));
    }
    drop(first.kill().await);
    for key in &keys {
        let ended = callers[1].ended_push(&books.company, key).await;
        assert_eq!(ended["status"], "Success", "{ended}");
    }
    each_line_is_there_once(&books, &callers[1], 20).await;
}

async fn each_line_is_there_once(books: &Books, caller: &crate::harness::Caller, count: usize) {
    let lines =
        caller.get(&format!("{}?pageSize=5000", books.lines_path())).await.expect(200).json();
    let mut ids: Vec<_> =
        lines["results"].as_array().unwrap().iter().map(|line| text(&line["id"])).collect();
    ids.sort();
    ids.dedup();
    let total = lines["totalResults"].as_u64();
    assert_eq!((ids.len(), total), (count, u64::try_from(count).ok()), "{lines}");
}

/// Two processes that start at once on an empty PostgreSQL: one migrates, the other waits.
#[tokio::test]
async fn two_processes_may_start_at_once_on_an_empty_database() {
    let home = Home::new(Database::Postgres);
    let options = ServerOptions::default();
    let (first, second) = tokio::join!(
        Server::start_at(home.clone(), &options),
        Server::start_at(home.clone(), &options),
    );
    let caller = first.caller();
    caller.post("/companies", json!({"name": "One"})).await.expect(200);
    let seen = caller.at(&second.url).get("/companies").await.expect(200).json();
    assert_eq!(seen["totalResults"], 1);
}

/// `millrace worker` settles what a server without a worker accepted, and stops when asked.
#[tokio::test]
async fn a_worker_of_its_own_settles_what_a_server_accepted() {
    let server =
        Server::start_with(Database::Postgres, &ServerOptions::flags(&["--no-worker"])).await;
    let books = a_linked_account(&server.caller(), days_ago(5)).await;
    let operation = books.push(&[a_line("w", today(), 1.0)]).await;
    let mut worker = crate::harness::millrace()
        .arg("worker")
        .args(server.home.flags())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let key = text(&operation["pushOperationKey"]);
    let ended = books.caller.ended_push(&books.company, &key).await;
    assert_eq!(ended["status"], "Success");
    let process = worker.id().to_string();
    assert!(
        std::process::Command::new("kill").args(["-TERM", &process]).status().unwrap().success()
    );
    let status =
        wait_for("the worker to end", || std::future::ready(worker.try_wait().unwrap())).await;
    assert!(status.success(), "{status}");
}

/// A folder is one server's; the operator is told what to do.
#[tokio::test]
async fn a_second_server_on_one_folder_is_refused() {
    let server = Server::start(Database::Sqlite).await;
    let second = crate::harness::millrace()
        .args(["serve", "--listen", "127.0.0.1:0"])
        .args(server.home.flags())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(1));
    assert!(said.contains("another server uses") && said.contains("--data"), "{said}");
    server.caller().get("/companies").await.expect(200);
}

/// A second signal does not wait for what the first one drains.
#[tokio::test]
async fn a_second_signal_stops_at_once() {
    let server = Server::start_with(
        Database::Sqlite,
        &ServerOptions::flags(&["--set", "server.drain_secs=3600"]),
    )
    .await;
    // A request whose body never ends keeps the drain waiting; the server says when it waits for the body.
    let caller = server.caller();
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut stuck = tokio::net::TcpStream::connect(&address).await.unwrap();
    let key = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &caller.key);
    let head = format!(
        "POST /companies HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {key}\r\nContent-Type: application/json\r\n\
         Expect: 100-continue\r\nContent-Length: 10\r\n\r\n"
    );
    tokio::io::AsyncWriteExt::write_all(&mut stuck, head.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    tokio::io::AsyncReadExt::read_exact(&mut stuck, &mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100");
    server.ask_to_stop();
    wait_for("the first signal to be heard", || {
        std::future::ready(
            server.log().iter().any(|line| line.contains("asked to stop")).then_some(()),
        )
    })
    .await;
    server.ask_to_stop();
    let (status, _) = server.ended().await;
    assert_eq!(status.code(), Some(130));
}
