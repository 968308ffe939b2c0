//! A program that is measured: started in a folder of its own, and ended with its handle.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use testkit::wait_until;

/// Longer than any start.
const START_MAX: Duration = Duration::from_mins(2);

/// A running program.
pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// Starts one; what it writes to its standard error goes into a file of the folder, as an operator keeps it.
    pub(crate) fn start(command: &mut Command, folder: &Path) -> Self {
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let child = command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
        // Some programs have workers of their own, which must end with them.
        child.process_group(0);
        Self {
            child: child.stderr(log).spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")),
        }
    }

    /// Waits for a line in the log that has these words.
    pub(crate) fn wait_for_line(&mut self, folder: &Path, words: &str) -> String {
        let began = Instant::now();
        loop {
            let log = BufReader::new(std::fs::File::open(folder.join("log")).unwrap());
            if let Some(line) = log.lines().map_while(Result::ok).find(|line| line.contains(words))
            {
                return line;
            }
            let ended = self.child.try_wait().unwrap();
            let told = || std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            assert!(ended.is_none() && began.elapsed() < START_MAX, "it did not start: {}", told());
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// Ends it as an operator does, and waits until it has ended.
    pub(crate) fn end(mut self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        wait_until("the server has ended", || self.child.try_wait().unwrap().is_some());
    }

    /// Its resident memory, in bytes.
    pub(crate) fn resident(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() * 1024.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        let group = format!("-{}", self.child.id());
        drop(Command::new("kill").args(["-KILL", "--", &group]).status());
        drop(self.child.wait());
    }
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
