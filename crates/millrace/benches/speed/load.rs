//! A closed loop of pushes over connections that stay open, each on a thread of its own. It is written by hand so that it
//! costs little beside what it measures.

use crate::body::{Body, account_id};
use jiff::civil::Date;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

/// Two loads of one bench never send the same id.
static SEED: AtomicU32 = AtomicU32::new(1);

/// Where pushes go.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Host and port.
    pub(crate) address: String,
    /// Before the account's id.
    pub(crate) path: String,
    pub(crate) authorization: String,
    pub(crate) accounts: u64,
    pub(crate) day: Date,
}

/// How.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    /// Of a push.
    pub(crate) lines: usize,
    pub(crate) window: Duration,
    /// Ends sooner when so many pushes were made.
    pub(crate) pushes_max: u64,
}

/// What came of it.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) pushes_per_second: f64,
    pub(crate) lines_per_second: f64,
    /// Sorted, in seconds.
    latencies: Vec<f64>,
}

impl Outcome {
    /// The latency below which that part of the pushes was answered.
    pub(crate) fn latency(&self, part: f64) -> f64 {
        let place = (self.latencies.len() as f64 * part) as usize;
        self.latencies[place.min(self.latencies.len() - 1)]
    }
}

impl Load {
    /// So many connections, and lines of a push.
    pub(crate) const fn new(connections: usize, lines: usize, window: Duration) -> Self {
        Self { connections, lines, window, pushes_max: u64::MAX }
    }

    /// Runs it. Every push must be taken.
    pub(crate) fn run(self, target: &Target) -> Outcome {
        let stop = AtomicBool::new(false);
        let began = Instant::now();
        let share = self.pushes_max.div_ceil(self.connections as u64);
        let latencies: Vec<Vec<f64>> = std::thread::scope(|scope| {
            let all = (0..self.connections).map(|number| {
                let (stop, first) = (&stop, number as u64);
                scope.spawn(move || self.push(target, stop, (first, share)))
            });
            let all: Vec<_> = all.collect();
            let is_done =
                |all: &[ScopedJoinHandle<'_, _>]| all.iter().all(ScopedJoinHandle::is_finished);
            while began.elapsed() < self.window && !is_done(&all) {
                std::thread::sleep(Duration::from_millis(5));
            }
            stop.store(true, Ordering::Relaxed);
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let spent = began.elapsed().as_secs_f64();
        let mut latencies = latencies.concat();
        latencies.sort_by(f64::total_cmp);
        let pushes_per_second = latencies.len() as f64 / spent;
        let lines_per_second = pushes_per_second * self.lines as f64;
        Outcome { pushes_per_second, lines_per_second, latencies }
    }

    fn push(self, target: &Target, stop: &AtomicBool, (first, share): (u64, u64)) -> Vec<f64> {
        let mut body = Body::new(self.lines, target.day, SEED.fetch_add(1, Ordering::Relaxed));
        let mut connection = Connection::open(&target.address);
        let (mut latencies, mut turn) = (Vec::new(), 0_u64);
        while !stop.load(Ordering::Relaxed) && turn < share {
            // A prime stride visits the accounts far from one another, each connection on a way of its own.
            let place = first + turn * self.connections as u64;
            let account = place * 7_919 % target.accounts;
            let path = format!("{}/{}/bankTransactions", target.path, account_id(account));
            let bytes = body.fill(account);
            let began = Instant::now();
            connection.post(&path, &target.authorization, bytes);
            latencies.push(began.elapsed().as_secs_f64());
            turn += 1;
        }
        latencies
    }
}

/// An HTTP connection that is used again.
pub(crate) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
    head: Vec<u8>,
}

/// What was answered.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    /// In lower case.
    pub(crate) head: String,
    body: &'a [u8],
}

impl Connection {
    pub(crate) fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, read: Vec::new(), head: Vec::new() }
    }

    /// Posts JSON, which must be answered with 200; the answer's body.
    pub(crate) fn post(&mut self, path: &str, authorization: &str, body: &[u8]) -> &[u8] {
        self.send("POST", path, &json_headers(authorization, body), body)
    }

    /// The body of an answer that must be 200.
    pub(crate) fn get(&mut self, path: &str, authorization: &str) -> &[u8] {
        self.send("GET", path, &format!("Authorization: {authorization}"), b"")
    }

    fn send(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> &[u8] {
        let answer = self.ask(method, path, headers, body);
        assert!(answer.status == 200, "{}{}", answer.head, String::from_utf8_lossy(answer.body));
        answer.body
    }

    /// Whatever is answered.
    pub(crate) fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &[u8],
    ) -> Answer<'_> {
        self.head.clear();
        write!(self.head, "{method} {path} HTTP/1.1\r\nHost: bench\r\n{headers}\r\n\r\n").unwrap();
        self.stream.write_all(&self.head).unwrap();
        self.stream.write_all(body).unwrap();
        self.answer()
    }

    fn answer(&mut self) -> Answer<'_> {
        self.read.clear();
        let body_at = loop {
            if let Some(at) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            self.more();
        };
        let head = String::from_utf8_lossy(&self.read[..body_at]).to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).expect("an answer has a length");
        let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
        while self.read.len() < body_at + length {
            self.more();
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: &self.read[body_at..] }
    }

    fn more(&mut self) {
        let mut bytes = [0; 16_384];
        let count = self.stream.read(&mut bytes).unwrap();
        assert!(count > 0, "the connection was closed");
        self.read.extend_from_slice(&bytes[..count]);
    }
}

/// The headers of a request with JSON.
pub(crate) fn json_headers(authorization: &str, body: &[u8]) -> String {
    let length = body.len();
    format!(
        "Authorization: {authorization}\r\nContent-Type: application/json\r\nContent-Length: {length}"
    )
}
