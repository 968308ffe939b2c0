//! Two servers that do the same in the way that comes first to mind: `FastAPI` with `SQLAlchemy`, and Fastify with pg, each
//! with two processes on PostgreSQL. We wrote them (benches/peers); nobody who sells either has looked at them.

use crate::load::{Connection, Target};
use crate::process::{Process, free_port};
use crate::server::authorization;
use std::collections::HashSet;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use testkit::{PostgresCluster, wait_until};

/// Of each: as many as there are cores where it was measured.
const PROCESSES: usize = 2;
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../benches/peers");

/// Which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    FastApi,
    Fastify,
}

/// A running one, on an empty database of its own.
pub(crate) struct RunningPeer {
    pub(crate) target: Target,
    _process: Process,
    _folder: TempDir,
}

impl Peer {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::FastApi => "FastAPI+PG",
            Self::Fastify => "Fastify+PG",
        }
    }

    /// Installs what it needs, once.
    pub(crate) fn install(self) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-peers");
        let folder = folder.join(self.folder());
        let source = Path::new(FOLDER).join(self.folder());
        let pins = std::fs::read_to_string(source.join(self.pins())).unwrap();
        let done = folder.join("installed");
        let is_new = std::fs::read_to_string(&done).ok().as_ref() != Some(&pins);
        if is_new {
            drop(std::fs::remove_dir_all(&folder));
            std::fs::create_dir_all(&folder).unwrap();
        }
        // Each time: it may have changed since.
        for file in std::fs::read_dir(source).unwrap().map(Result::unwrap) {
            std::fs::copy(file.path(), folder.join(file.file_name())).unwrap();
        }
        if is_new {
            println!("installing once: {}", self.name());
            match self {
                Self::FastApi => {
                    succeed(Command::new("python3").args(["-m", "venv", "venv"]), &folder);
                    let pip = ["-m", "pip", "install", "--quiet", "-r", "requirements.txt"];
                    succeed(Command::new(folder.join("venv/bin/python")).args(pip), &folder);
                }
                Self::Fastify => succeed(Command::new("npm").args(["ci", "--silent"]), &folder),
            }
            std::fs::write(done, pins).unwrap();
        }
        folder
    }

    /// The file that names the versions of what it needs.
    const fn pins(self) -> &'static str {
        match self {
            Self::FastApi => "requirements.txt",
            Self::Fastify => "package-lock.json",
        }
    }

    const fn folder(self) -> &'static str {
        match self {
            Self::FastApi => "fastapi",
            Self::Fastify => "fastify",
        }
    }

    /// Starts it.
    pub(crate) fn start(self, cluster: &PostgresCluster, like: &Target) -> RunningPeer {
        let home = self.install();
        let (url, port) = (cluster.database(), free_port());
        cluster
            .sql_at(&url, &std::fs::read_to_string(Path::new(FOLDER).join("schema.sql")).unwrap());
        let folder = TempDir::with_prefix("millrace-bench-").unwrap();
        let processes = PROCESSES.to_string();
        let mut command = match self {
            Self::FastApi => {
                let mut command = Command::new(home.join("venv/bin/python"));
                command.args(["-m", "uvicorn", "app:app", "--host", "127.0.0.1"]);
                command.args(["--workers", &processes, "--no-access-log", "--app-dir"]).arg(&home);
                command.args(["--port", &port.to_string()]);
                command
            }
            Self::Fastify => {
                let mut command = Command::new("node");
                command.arg(home.join("server.mjs"));
                command
            }
        };
        let socket = url.split("host=").nth(1).unwrap().split('&').next().unwrap();
        let database = url.trim_start_matches("postgres:///").split('?').next().unwrap();
        command.env("PEER_SOCKET", socket).env("PEER_DATABASE", database);
        command.env("PEER_PORT", port.to_string()).env("PEER_PROCESSES", &processes);
        command.env("PEER_AUTHORIZATION", authorization());
        let process = Process::start(&mut command, folder.path());
        let address = format!("127.0.0.1:{port}");
        wait_for(&address);
        RunningPeer {
            target: Target { address, ..like.clone() },
            _process: process,
            _folder: folder,
        }
    }
}

/// Until each of its processes has answered.
fn wait_for(address: &str) {
    wait_until(&format!("somebody listens on {address}"), || TcpStream::connect(address).is_ok());
    let mut heard = HashSet::new();
    wait_until(&format!("{PROCESSES} processes answer on {address}"), || {
        heard.insert(Connection::open(address).get("/process", &authorization()).to_vec());
        heard.len() == PROCESSES
    });
}

fn succeed(command: &mut Command, folder: &Path) {
    let status = command.current_dir(folder).status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}
