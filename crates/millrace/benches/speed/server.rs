//! Millrace itself, as its users run it, on a store of its own.

use crate::load::Target;
use crate::process::Process;
use crate::seed::{KEY, seed};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::ids::ConnectionPath;
use jiff::Timestamp;
use std::fs::File;
use std::process::Command;
use std::time::{Duration, Instant};
use store::Installations as _;
use store::migration::Migrate;
use store_postgres::{PostgresOptions, PostgresStore};
use store_sqlite::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

/// Where a server keeps everything.
pub(crate) struct Home {
    pub(crate) folder: TempDir,
    url: Option<String>,
    connection: ConnectionPath,
    accounts: u64,
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) target: Target,
    /// From the start of the process to the first request that it could take.
    pub(crate) started_in: Duration,
}

/// What a server does with pushes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keeping {
    All,
    /// It answers and keeps nothing.
    None,
}

impl Home {
    /// A SQLite database with so many accounts.
    pub(crate) async fn sqlite(accounts: u64) -> Self {
        let folder = TempDir::with_prefix("millrace-bench-").unwrap();
        let path = folder.path().join("millrace.db");
        let opened_at = Timestamp::now();
        let store = SqliteStore::open(SqliteOptions { path, migrate: Migrate::Apply, opened_at });
        let store = store.unwrap();
        let connection = seed(&store, accounts).await;
        store.close().await;
        Self { folder, url: None, connection, accounts }
    }

    /// A PostgreSQL database with so many accounts.
    pub(crate) async fn postgres(url: &str, accounts: u64) -> Self {
        let folder = TempDir::with_prefix("millrace-bench-").unwrap();
        let store = PostgresStore::connect(PostgresOptions::new(url)).await.unwrap();
        let connection = seed(&store, accounts).await;
        store.close().await;
        Self { folder, url: Some(url.to_owned()), connection, accounts }
    }

    /// A copy of a SQLite database that no server has open, safe on the disk.
    pub(crate) fn copied(&self) -> Self {
        let folder = TempDir::with_prefix("millrace-bench-").unwrap();
        for entry in std::fs::read_dir(self.folder.path()).unwrap().map(Result::unwrap) {
            let copy = folder.path().join(entry.file_name());
            std::fs::copy(entry.path(), &copy).unwrap();
            File::open(&copy).unwrap().sync_all().unwrap();
        }
        Self { folder, url: None, connection: self.connection, accounts: self.accounts }
    }

    /// The bytes on disk.
    pub(crate) fn bytes(&self) -> f64 {
        let entries = std::fs::read_dir(self.folder.path()).unwrap().map(Result::unwrap);
        let database = |name: &str| name.starts_with("millrace.db");
        let files = entries.filter(|entry| entry.file_name().to_str().is_some_and(database));
        files.map(|file| file.metadata().unwrap().len() as f64).sum()
    }

    /// The company's id.
    pub(crate) fn company(&self) -> String {
        self.connection.company.to_string()
    }

    /// The path of the connection.
    pub(crate) fn path(&self) -> String {
        let ConnectionPath { company, connection, .. } = self.connection;
        format!("/companies/{company}/connections/{connection}")
    }
}

impl Server {
    /// Starts it and waits until it is ready. No other worker takes part of the machine than its own.
    pub(crate) fn start(home: &Home, keeping: Keeping) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_millrace"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("MILLRACE_") {
                command.env_remove(name);
            }
        }
        command.args(["serve", "--listen", "127.0.0.1:0", "--set", "simulators.enabled=false"]);
        command.args(["--set", "log.format=json"]);
        match &home.url {
            None => command.arg("--data").arg(home.folder.path()),
            Some(url) => {
                // Every process of a database has the same; this one is alone.
                let key = STANDARD.encode([7; 32]);
                command.env("MILLRACE_ENCRYPTION__KEY", key).args(["--database", url])
            }
        };
        if keeping == Keeping::None {
            std::fs::write(home.folder.path().join("answer-only"), "").unwrap();
        }
        let began = Instant::now();
        let mut process = Process::start(&mut command, home.folder.path());
        let line = process.wait_for_line(home.folder.path(), "\"message\":\"listening\"");
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let address = line["url"].as_str().unwrap().trim_start_matches("http://").to_owned();
        let started_in = began.elapsed();
        let target = Target {
            address,
            path: format!("{}/push/bankAccounts", home.path()),
            authorization: authorization(),
            accounts: home.accounts,
            day: Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date(),
        };
        Self { process, target, started_in }
    }
}

/// As every server here takes it.
pub(crate) fn authorization() -> String {
    format!("Basic {}", STANDARD.encode(KEY))
}
