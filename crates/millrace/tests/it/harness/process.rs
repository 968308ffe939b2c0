//! A program of other people that runs beside a test, in a home of its own, and ends with it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::mpsc;

/// Long enough for a loaded machine; nothing waits as long unless it fails.
const ANSWER_MAX: Duration = Duration::from_mins(1);
/// How long a program may take to end by itself.
const GRACE_MAX: Duration = Duration::from_secs(5);
const GRACE_STEP: Duration = Duration::from_millis(10);

/// A running program; it ends when dropped: one that listens ends with its input, and what does not end is killed.
pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    lines: mpsc::UnboundedReceiver<String>,
    errors: Arc<Mutex<Vec<String>>>,
    _home: TempDir,
}

impl Process {
    /// Starts one, with nothing in its environment but what every program needs.
    pub(crate) fn start(program: &str, arguments: &[&str]) -> Self {
        Self::spawn(program, arguments, &[], Stdio::null())
    }

    /// Starts one that listens, with these variables. It must end when its input ends.
    pub(crate) fn start_listening(
        program: &str,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        Self::spawn(program, arguments, variables, Stdio::piped())
    }

    fn spawn(program: &str, arguments: &[&str], variables: &[(&str, &str)], input: Stdio) -> Self {
        let home = TempDir::with_prefix("millrace-beside-").unwrap();
        let mut command = Command::new(program);
        command.args(arguments).env_clear().current_dir(home.path());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs([("LANG", "C.UTF-8"), ("TZ", "UTC")]);
        command.env("HOME", home.path()).env("TMPDIR", home.path());
        command.envs(variables.iter().copied());
        command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("{program}: {error}: run `cargo xtask test`, which installs it")
        });
        let (sender, lines) = mpsc::unbounded_channel();
        let errors = Arc::new(Mutex::new(Vec::new()));
        let kept = errors.clone();
        // A test that has ended does not listen any more.
        each_line(child.stdout.take().unwrap(), move |line| drop(sender.send(line)));
        each_line(child.stderr.take().unwrap(), move |line| kept.lock().unwrap().push(line));
        let input = child.stdin.take();
        Self { child, input, lines, errors, _home: home }
    }

    /// Writes it a line.
    pub(crate) fn say(&mut self, line: &str) {
        let said = self.input.as_mut().map(|input| writeln!(input, "{line}"));
        assert!(matches!(said, Some(Ok(()))), "it does not listen: {said:?}\n{}", self.errors());
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
        let grace = self.input.take().map_or(Duration::ZERO, |_input| GRACE_MAX);
        let until = Instant::now() + grace;
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(GRACE_STEP);
        }
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
