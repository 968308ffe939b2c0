//! The server's side: its processes, what they keep everything in, and how they die and come back.

use crate::harness::{Caller, Database, Home, Server, ServerOptions, millrace, wait_for};
use reqwest::Method;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use testkit::PostgresCluster;
use tokio::task::spawn_blocking;

/// Below the ports that the machine hands out: a server that comes back must find its own free.
const PORTS: std::ops::Range<u16> = 20_000..30_000;

/// What secrets are kept under, whichever process opens them.
const ENCRYPTION: [&str; 2] =
    ["--set", "encryption.key=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"];

/// The processes of one world, and their data.
pub(super) struct House {
    pub(super) home: Home,
    flags: Vec<String>,
    servers: Vec<Seat>,
    cluster: Option<Arc<PostgresCluster>>,
}

/// One process after the other, at the same address.
struct Seat {
    address: String,
    server: Option<Server>,
}

/// Who dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Victim {
    /// One of the processes.
    One(usize),
    /// All of them.
    All,
    Postgres,
    PostgresAndAll,
}

impl House {
    /// So many processes on an empty database.
    pub(super) async fn open(
        folder: &Path,
        cluster: Option<PostgresCluster>,
        processes: usize,
        flags: Vec<String>,
        any: u16,
    ) -> Self {
        let url = cluster.as_ref().map(PostgresCluster::database);
        let home = Home::that_stays(folder, url);
        let seat = |address| Seat { address, server: None };
        let servers = free_addresses(any, processes).into_iter().map(seat).collect();
        let mut house = Self { home, flags, servers, cluster: cluster.map(Arc::new) };
        house.start().await;
        house
    }

    pub(super) fn database(&self) -> Database {
        if self.cluster.is_some() { Database::Postgres } else { Database::Sqlite }
    }

    /// How many processes there are.
    pub(super) fn processes(&self) -> usize {
        self.servers.len()
    }

    /// A caller of each process, all with one new key.
    pub(super) fn callers(&self) -> Vec<Caller> {
        let first = self.servers[0].server.as_ref().unwrap().caller();
        let at = |seat: &Seat| first.at(&format!("http://{}", seat.address));
        self.servers.iter().map(at).collect()
    }

    /// Kills, and starts again until every process says that it is ready; answers how many servers died.
    pub(super) async fn crash(&mut self, victim: Victim, callers: &[Caller]) -> usize {
        let mut killed = 0;
        for (number, seat) in self.servers.iter_mut().enumerate() {
            let dies = match victim {
                Victim::One(one) => one == number,
                Victim::All | Victim::PostgresAndAll => true,
                Victim::Postgres => false,
            };
            if let Some(server) = seat.server.take_if(|_| dies) {
                drop(server.kill().await);
                killed += 1;
            }
        }
        if matches!(victim, Victim::Postgres | Victim::PostgresAndAll) {
            let cluster = self.cluster.clone().unwrap();
            let restarted = spawn_blocking(move || {
                cluster.kill();
                cluster.restart();
            });
            restarted.await.unwrap();
            killed += 1;
        }
        self.start().await;
        for caller in callers {
            wait_for(&format!("{} to be ready", caller.url), || async {
                let asked = caller.request(Method::GET, "/readyz").send().await;
                asked.is_ok_and(|answer| answer.status() == 200).then_some(())
            })
            .await;
        }
        killed
    }

    /// Starts whoever does not run.
    async fn start(&mut self) {
        for seat in &mut self.servers {
            if seat.server.is_none() {
                let listen = ["--listen".to_owned(), seat.address.clone()];
                let encryption = ENCRYPTION.map(str::to_owned);
                let flags = [&self.flags[..], &listen, &encryption].concat();
                let options = ServerOptions { flags, ..ServerOptions::default() };
                seat.server = Some(Server::start_at(self.home.clone(), &options).await);
            }
        }
    }

    /// Asks all processes to stop, and looks whether what they leave is sound.
    pub(super) async fn close(mut self) {
        for seat in &mut self.servers {
            drop(seat.server.take().unwrap().stop().await);
        }
        let output = millrace()
            .args(["doctor", "--deep", "--json"])
            .args(self.home.flags())
            .args(ENCRYPTION)
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stdout);
        let faults: Vec<_> = told.lines().filter(|line| line.contains("\"ok\":false")).collect();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the doctor found {faults:#?} {errors}");
        if self.database() == Database::Sqlite {
            let file = rusqlite::Connection::open(self.home.folder().join("millrace.db")).unwrap();
            let sql = "pragma integrity_check";
            let said: String = file.query_row(sql, [], |row| row.get(0)).unwrap();
            assert_eq!(said, "ok", "the integrity check");
        }
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // What a cluster keeps goes away with it, and whoever looks for the reason needs it.
        if let Some(cluster) = self.cluster.as_ref().filter(|_| std::thread::panicking()) {
            cluster.keep_in(self.home.folder());
        }
    }
}

/// Addresses on which nobody listens, beginning to look anywhere.
fn free_addresses(any: u16, count: usize) -> Vec<String> {
    let length = PORTS.end - PORTS.start;
    let ports = (0..length).map(|step| PORTS.start + (any % length + step) % length);
    let addresses = ports.map(|port| format!("127.0.0.1:{port}"));
    let mut held = Vec::new();
    for address in addresses {
        if let Ok(listener) = TcpListener::bind(&address) {
            held.push((address, listener));
        }
        if held.len() == count {
            break;
        }
    }
    held.into_iter().map(|(address, _)| address).collect()
}
