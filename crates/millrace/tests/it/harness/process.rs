//! A program of other people that runs beside a test, in a home of its own, and ends with it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::mpsc;

/// Long enough for a loaded machine; nothing waits as long unless it fails.
const ANSWER_MAX: Duration = Duration::from_mins(1);

/// A running program; killed when dropped.
pub(crate) struct Process {
    child: Child,
    lines: mpsc::UnboundedReceiver<String>,
    errors: Arc<Mutex<Vec<String>>>,
    _home: TempDir,
}

impl Process {
    /// Starts one, with nothing in its environment but what every program needs.
    pub(crate) fn start(program: &str, arguments: &[&str]) -> Self {
        let home = TempDir::with_prefix("millrace-beside-").unwrap();
        let mut command = Command::new(program);
        command.args(arguments).env_clear().current_dir(home.path());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs([("LANG", "C.UTF-8"), ("TZ", "UTC")]);
        command.env("HOME", home.path()).env("TMPDIR", home.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("{program}: {error}: run `cargo xtask test`, which installs it")
        });
        let (sender, lines) = mpsc::unbounded_channel();
        let errors = Arc::new(Mutex::new(Vec::new()));
        let kept = errors.clone();
        // A test that has ended does not listen any more.
        each_line(child.stdout.take().unwrap(), move |line| drop(sender.send(line)));
        each_line(child.stderr.take().unwrap(), move |line| kept.lock().unwrap().push(line));
        Self { child, lines, errors, _home: home }
    }

    /// The next line that it writes.
    pub(crate) async fn hear(&mut self) -> String {
        let heard = tokio::time::timeout(ANSWER_MAX, self.lines.recv()).await;
        match heard {
            Ok(Some(line)) => line,
            Ok(None) => panic!("it has ended:\n{}", self.errors()),
            Err(elapsed) => panic!("it says nothing: {elapsed}:\n{}", self.errors()),
        }
    }

    fn errors(&self) -> String {
        self.errors.lock().unwrap().join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already; either way nothing is left behind.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn each_line(
    stream: impl std::io::Read + Send + 'static,
    mut take: impl FnMut(String) + Send + 'static,
) {
    std::thread::spawn(move || {
        BufReader::new(stream).lines().map_while(Result::ok).for_each(&mut take);
    });
}
