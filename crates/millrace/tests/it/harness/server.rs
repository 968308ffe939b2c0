//! The real binary as a child process, on a folder or a PostgreSQL database of its own.

use super::{Caller, TestCa, wait_for};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use testkit::PostgresCluster;

/// Which database a server uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

/// The binary, with an environment that sets nothing.
pub(crate) fn millrace() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_millrace"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MILLRACE_")) {
        command.env_remove(name);
    }
    command
}

/// How to start a server.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerOptions {
    /// More flags of `serve`.
    pub(crate) flags: Vec<String>,
    /// What its callers must trust, as PEM.
    pub(crate) trusted: Option<Vec<u8>>,
    /// Of its environment.
    pub(crate) variables: Vec<(String, String)>,
}

impl ServerOptions {
    /// With these flags.
    pub(crate) fn flags(flags: &[&str]) -> Self {
        let flags = flags.iter().map(|flag| (*flag).to_owned()).collect();
        Self { flags, ..Self::default() }
    }

    /// The same, with a certificate by `ca`.
    pub(crate) fn tls(mut self, ca: &TestCa) -> Self {
        self.flags.extend(ca.flags());
        Self { trusted: Some(ca.pem()), ..self }
    }
}

/// Where a server keeps everything; it outlives the process.
#[derive(Clone)]
pub(crate) struct Home {
    folder: PathBuf,
    url: Option<String>,
    /// Where what servers log is kept, if anywhere.
    log: Option<PathBuf>,
    _own: Option<Arc<TempDir>>,
}

/// A running server; killed when dropped.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) home: Home,
    trusted: Option<Vec<u8>>,
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    printed: Arc<Mutex<Vec<String>>>,
}

impl Home {
    /// A new, empty one.
    pub(crate) fn new(database: Database) -> Self {
        let own = TempDir::new().unwrap();
        let url = match database {
            Database::Sqlite => None,
            Database::Postgres => Some(PostgresCluster::shared().database()),
        };
        Self { folder: own.path().to_owned(), url, log: None, _own: Some(Arc::new(own)) }
    }

    /// One that stays when nobody needs it any more, with what its servers log.
    pub(crate) fn that_stays(folder: &Path, url: Option<String>) -> Self {
        let log = Some(folder.join("server.log"));
        Self { folder: folder.to_owned(), url, log, _own: None }
    }

    /// One on a PostgreSQL database that somebody else made.
    pub(crate) fn on_postgres(url: String) -> Self {
        Self { url: Some(url), ..Self::new(Database::Sqlite) }
    }

    /// The flags that name it.
    pub(crate) fn flags(&self) -> Vec<String> {
        match &self.url {
            Some(url) => vec!["--database".to_owned(), url.clone()],
            None => vec!["--data".to_owned(), self.folder.display().to_string()],
        }
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The URL of its PostgreSQL database, if it is one.
    pub(crate) fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// What a statement gives as text, one row a line; of SQLite rows of one number.
    pub(crate) fn sql(&self, sql: &str) -> Vec<String> {
        if let Some(url) = self.url() {
            let printed = PostgresCluster::shared().sql_at(url, sql);
            return printed.lines().map(str::to_owned).collect();
        }
        let database = rusqlite::Connection::open(self.folder().join("millrace.db")).unwrap();
        let mut statement = database.prepare(sql).unwrap();
        if statement.column_count() == 0 {
            statement.execute([]).unwrap();
            return Vec::new();
        }
        let rows = statement.query_map([], |row| row.get::<_, i64>(0)).unwrap();
        rows.map(|row| row.unwrap().to_string()).collect()
    }
}

impl Server {
    /// Starts one on an empty database and waits until it is ready.
    pub(crate) async fn start(database: Database) -> Self {
        Self::start_with(database, &ServerOptions::default()).await
    }

    /// The same, with options.
    pub(crate) async fn start_with(database: Database, options: &ServerOptions) -> Self {
        Self::start_at(Home::new(database), options).await
    }

    /// Starts one on what another has left.
    pub(crate) async fn start_at(home: Home, options: &ServerOptions) -> Self {
        let mut child = millrace()
            .arg("serve")
            .args(["--set", "log.format=json"])
            .args(if options.flags.iter().any(|flag| flag == "--listen") {
                &[][..]
            } else {
                &["--listen", "127.0.0.1:0"][..]
            })
            .args(home.flags())
            .args(&options.flags)
            .envs(options.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(home.folder())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = collect(child.stderr.take().unwrap(), home.log.as_deref());
        let printed = collect(child.stdout.take().unwrap(), None);
        let trusted = options.trusted.clone();
        let mut server = Self { url: String::new(), home, trusted, child, log, printed };
        server.url = server.wait_for_url().await;
        server
    }

    async fn wait_for_url(&mut self) -> String {
        let log = self.log.clone();
        let child = &mut self.child;
        wait_for("the server to listen", || {
            let lines = log.lock().unwrap().clone();
            let listening = lines.iter().find(|line| line.contains("\"message\":\"listening\""));
            let url = listening.map(|line| {
                let line: serde_json::Value = serde_json::from_str(line).unwrap();
                line["url"].as_str().unwrap().to_owned()
            });
            assert!(
                url.is_some() || child.try_wait().unwrap().is_none(),
                "the server ended: {lines:#?}"
            );
            std::future::ready(url)
        })
        .await
    }

    /// A caller with a new key of the client of that name, which must exist unless it is the default one.
    pub(crate) fn caller_of(&self, client: &str) -> Caller {
        let output = millrace()
            .args(["keys", "create", "--client", client])
            .args(self.home.flags())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let key = String::from_utf8(output.stdout).unwrap();
        Caller::trusting(&self.url, key.trim(), self.trusted.as_deref())
    }

    /// A caller with a new key of the default client.
    pub(crate) fn caller(&self) -> Caller {
        self.caller_of("default")
    }

    /// A caller of a new client.
    pub(crate) fn caller_of_new_client(&self, name: &str) -> Caller {
        let output =
            millrace().args(["clients", "create", name]).args(self.home.flags()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.caller_of(name)
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// What it has printed so far.
    pub(crate) fn printed(&self) -> Vec<String> {
        self.printed.lock().unwrap().clone()
    }

    /// Its number among the machine's processes.
    pub(crate) fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM.
    pub(crate) fn ask_to_stop(&self) {
        let process = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &process]).status().unwrap().success());
    }

    /// Waits for its end.
    pub(crate) async fn ended(mut self) -> (ExitStatus, Home) {
        let child = &mut self.child;
        let status =
            wait_for("the server to end", || std::future::ready(child.try_wait().unwrap())).await;
        (status, self.home.clone())
    }

    /// Asks it to stop and waits until it has.
    pub(crate) async fn stop(self) -> Home {
        self.ask_to_stop();
        let (status, home) = self.ended().await;
        assert!(status.success(), "{status}");
        home
    }

    /// Kills it as a power cut would.
    pub(crate) async fn kill(mut self) -> Home {
        self.child.kill().unwrap();
        self.ended().await.1
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; either way nothing is left behind.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn collect(
    stream: impl std::io::Read + Send + 'static,
    file: Option<&Path>,
) -> Arc<Mutex<Vec<String>>> {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = lines.clone();
    let mut file = file.map(|path| File::options().append(true).create(true).open(path).unwrap());
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if let Some(file) = &mut file {
                writeln!(file, "{line}").unwrap();
            }
            kept.lock().unwrap().push(line);
        }
    });
    lines
}
