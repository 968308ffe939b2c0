//! One step of a longer run: a command, or a function, whose end is told in one line with its
//! name and how long it took.

use std::os::fd::AsFd;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How a step ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Passed,
    /// What the step looks at cannot be had here.
    NotChecked,
}

/// Runs `work` and prints one line about it: its name, how it ended, how long it took.
pub(crate) fn timed(name: &str, work: impl FnOnce() -> Result<Ending>) -> Result<()> {
    let started = now();
    let outcome = work();
    let told = match outcome {
        Ok(Ending::Passed) => "ok",
        Ok(Ending::NotChecked) => "NOT CHECKED",
        Err(_) => "FAILED",
    };
    println!("{}", closing_line(name, told, started.elapsed()));
    outcome.map(|_| ())
}

/// Runs `command` with its messages going to our stdout, in the order they are written.
pub(crate) fn run_shown(command: &mut Command) -> Result<()> {
    println!("$ {}", shown(command));
    let stdout = std::io::stdout();
    let messages = stdout.as_fd().try_clone_to_owned().context("cannot share stdout")?;
    let status = command.stdin(Stdio::null()).stderr(messages).status();
    let status = status.with_context(|| format!("cannot start {}", program_of(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", program_of(command));
    }
    Ok(())
}

/// What a quiet command said, and how it ended.
pub(crate) struct Answer {
    /// Absent when a signal ended it.
    pub(crate) exit_code: Option<i32>,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn is_content(&self) -> bool {
        self.exit_code == Some(0)
    }
}

/// Runs `command` and keeps what it says.
pub(crate) fn run_quietly(command: &mut Command) -> Result<Answer> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("cannot start {}", program_of(command)))?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    Ok(Answer { exit_code: output.status.code(), text })
}

/// Whether `command` can be started and is content; what it says is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    run_quietly(command).is_ok_and(|answer| answer.is_content())
}

/// The last `count_max` lines of a text that may be long.
pub(crate) fn last_lines(text: &str, count_max: usize) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let skipped = lines.len().saturating_sub(count_max);
    lines.iter().skip(skipped).copied().collect::<Vec<_>>().join("\n")
}

fn closing_line(name: &str, told: &str, took: Duration) -> String {
    format!("== {name}: {told} in {:.1} s", took.as_secs_f64())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

fn program_of(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

#[expect(clippy::disallowed_methods, reason = "a step's duration is for the reader of the log")]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_names_the_step_and_its_duration() {
        let line = closing_line("fmt", "ok", Duration::from_millis(1_250));
        assert_eq!(line, "== fmt: ok in 1.2 s");
    }

    #[test]
    fn a_command_that_ends_badly_is_an_error() {
        let error = run_shown(&mut Command::new("false")).unwrap_err().to_string();
        assert!(error.starts_with("false ended with"), "{error}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = run_shown(&mut Command::new("no-such-program")).unwrap_err().to_string();
        assert_eq!(error, "cannot start no-such-program");
    }

    #[test]
    fn a_quiet_command_keeps_both_streams() {
        let answer =
            run_quietly(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"])).unwrap();
        assert_eq!((answer.exit_code, answer.text.as_str()), (Some(3), "out\nerr\n"));
    }

    #[test]
    fn only_the_last_lines_are_kept() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc");
        assert_eq!(last_lines("a\n", 2), "a");
    }
}
