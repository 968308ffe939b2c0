//! What the same machine does without most of us: an HTTP server that echoes, SQLite and PostgreSQL that take rows.

use crate::load::{Load, Outcome, Target};
use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use rusqlite::params;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use testkit::PostgresCluster;
use tokio_postgres::NoTls;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;

const LINES_OF_A_PUSH: u64 = 1_000;
const COPY_CONNECTIONS: usize = 4;
const ACCOUNTS: u64 = 100;
/// About what a push of a thousand lines of the bench makes of itself.
const SEGMENT_BYTES: usize = 50_000;
const RUN_BYTES: usize = 8_000;
const HEAD_BYTES: usize = 300;
const PUSHES_OF_A_COMMIT: u64 = 16;

/// A bare axum server that answers with what it was sent.
pub(crate) fn echo(load: Load, like: &Target) -> Outcome {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async move {
            let router = Router::new().fallback(async |body: Bytes| body);
            let router = router.layer(DefaultBodyLimit::disable());
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let until = async move { drop(stopped.await) };
            tokio::select! {
                served = axum::serve(listener, router) => served.unwrap(),
                () = until => {}
            }
        });
    });
    let outcome = load.run(&Target { address, ..like.clone() });
    stop.send(()).unwrap();
    serving.join().unwrap();
    outcome
}

/// Lines a second into SQLite, a row each, unique by account and id, a commit for each thousand.
pub(crate) fn sqlite_rows(window: Duration) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let mut database = open_sqlite(
        folder.path(),
        "create table line (
            account integer not null, id text not null, day integer not null, amount integer not null,
            balance integer, description text, reference text, counterparty text,
            primary key (account, id)
        ) strict, without rowid;
        create index line_by_day on line (account, day);",
    );
    let (began, mut lines) = (Instant::now(), 0_u64);
    while began.elapsed() < window {
        let transaction = database.transaction().unwrap();
        {
            let mut insert = transaction
                .prepare_cached("insert into line values (?1, ?2, 20000, ?3, ?4, ?5, ?6, ?7)")
                .unwrap();
            for line in lines..lines + LINES_OF_A_PUSH {
                let account = (line / LINES_OF_A_PUSH % ACCOUNTS).cast_signed();
                let (id, cents) = (id_of(line), (line % 97_700).cast_signed());
                let values = params![
                    account,
                    id,
                    cents,
                    cents,
                    "Card sale 12 High Street",
                    "ref-00001",
                    "Elaborate Events"
                ];
                insert.execute(values).unwrap();
            }
        }
        transaction.commit().unwrap();
        lines += LINES_OF_A_PUSH;
    }
    lines as f64 / began.elapsed().as_secs_f64()
}

/// Lines a second into SQLite as we lay them down: for each thousand a segment, its fingerprints, the account's head, the
/// operation and its work, sixteen such pushes a commit. The bytes are ready made, and nothing is read.
pub(crate) fn sqlite_segments(window: Duration) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let mut database = open_sqlite(
        folder.path(),
        "create table chunk (chunk_no integer primary key, account integer not null, bytes blob not null) strict;
        create table head (account integer primary key, bytes blob not null) strict;
        create table push (push_key blob primary key, account integer not null, bytes blob not null) strict, without rowid;
        create table work (account integer not null, push_key blob not null, primary key (account, push_key)) strict,
            without rowid;",
    );
    let (segment, run, head) = (noise(SEGMENT_BYTES), noise(RUN_BYTES), noise(HEAD_BYTES));
    let (began, mut pushes) = (Instant::now(), 0_u64);
    while began.elapsed() < window {
        let transaction = database.transaction().unwrap();
        let run_one = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
            transaction.prepare_cached(sql).unwrap().execute(values).unwrap();
        };
        for push in pushes..pushes + PUSHES_OF_A_COMMIT {
            let (account, key) = ((push % ACCOUNTS).cast_signed(), u128::from(push).to_be_bytes());
            run_one("insert into chunk (account, bytes) values (?1, ?2)", &[&account, &segment]);
            run_one("insert into chunk (account, bytes) values (?1, ?2)", &[&account, &run]);
            run_one("insert or replace into head values (?1, ?2)", &[&account, &head]);
            run_one("insert into push values (?1, ?2, ?3)", &[&key, &account, &head]);
            run_one("insert into work values (?1, ?2)", &[&account, &key]);
        }
        transaction.commit().unwrap();
        pushes += PUSHES_OF_A_COMMIT;
    }
    (pushes * LINES_OF_A_PUSH) as f64 / began.elapsed().as_secs_f64()
}

/// As durable as ours.
fn open_sqlite(folder: &std::path::Path, schema: &str) -> rusqlite::Connection {
    let database = rusqlite::Connection::open(folder.join("raw.db")).unwrap();
    database.pragma_update(None, "page_size", 8192).unwrap();
    database.pragma_update(None, "journal_mode", "wal").unwrap();
    database.pragma_update(None, "synchronous", "full").unwrap();
    database.execute_batch(schema).unwrap();
    database
}

/// Any bytes.
fn noise(bytes: usize) -> Vec<u8> {
    let scattered = |place: usize| (place as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56;
    (0..bytes).map(|place| scattered(place) as u8).collect()
}

/// Lines a second into PostgreSQL by binary COPY, a row each, unique by account and id, a commit for each thousand.
pub(crate) async fn postgres_copy(cluster: &PostgresCluster, window: Duration) -> f64 {
    let url = cluster.database();
    cluster.sql_at(
        &url,
        "create table line (account bigint not null, id text not null, day integer not null, \
         amount bigint not null, balance bigint, description text, reference text, counterparty text, \
         primary key (account, id)); create index line_by_day on line (account, day)",
    );
    let (began, next) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..COPY_CONNECTIONS {
        let (url, next) = (url.clone(), Arc::clone(&next));
        tasks.spawn(async move {
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
            let driving = tokio::spawn(connection);
            let mut lines = 0;
            while began.elapsed() < window {
                copy(&client, next.fetch_add(1, Ordering::Relaxed)).await;
                lines += LINES_OF_A_PUSH;
            }
            driving.abort();
            lines
        });
    }
    let lines: u64 = tasks.join_all().await.into_iter().sum();
    let spent = began.elapsed().as_secs_f64();
    cluster.drop_database(&url);
    lines as f64 / spent
}

async fn copy(client: &tokio_postgres::Client, push: u64) {
    let sink = client.copy_in("copy line from stdin (format binary)").await.unwrap();
    let (int8, text) = (Type::INT8, Type::TEXT);
    let types = [
        int8.clone(),
        text.clone(),
        Type::INT4,
        int8.clone(),
        int8,
        text.clone(),
        text.clone(),
        text,
    ];
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
    for line in push * LINES_OF_A_PUSH..(push + 1) * LINES_OF_A_PUSH {
        let account = (push % ACCOUNTS).cast_signed();
        let (id, cents) = (id_of(line), (line % 97_700).cast_signed());
        let row: [&(dyn tokio_postgres::types::ToSql + Sync); 8] = [
            &account,
            &id,
            &20_000_i32,
            &cents,
            &cents,
            &"Card sale 12 High Street",
            &"ref-00001",
            &"Elaborate Events",
        ];
        writer.as_mut().write(&row).await.unwrap();
    }
    assert_eq!(writer.finish().await.unwrap(), LINES_OF_A_PUSH);
}

/// Scattered, as ids of real feeds are, and as long as those of the pushes.
fn id_of(line: u64) -> String {
    format!("7f3c1a52-{:016x}", line.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}
