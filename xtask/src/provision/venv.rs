//! A Python environment for the one client that Debian does not package: ofxget.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::needs::PYTHON;
use crate::step::{last_lines, run_quietly, succeeds};

/// What is installed; a change to the file makes a new environment.
const REQUIREMENTS: &str = "xtask/provision/requirements-ofx.txt";
/// A copy of the requirements, written last: without it the environment is not finished.
const SEAL: &str = "installed-requirements.txt";
/// Enough of pip's words to see what went wrong.
const LINES_SHOWN_MAX: usize = 8;

pub(super) fn folder() -> PathBuf {
    crate::workspace::cache_folder().join("venv-ofx")
}

/// Makes the environment, unless it is there and its client starts.
pub(super) fn provide() -> Result<()> {
    let folder = folder();
    let source = crate::workspace::root().join(REQUIREMENTS);
    let wanted =
        fs::read_to_string(&source).with_context(|| format!("cannot read {REQUIREMENTS}"))?;
    if is_sealed_with(&folder, &wanted) && client_starts(&folder) {
        return Ok(());
    }
    println!("installing once, from PyPI, into {}: {}", folder.display(), names_in(&wanted));
    finish(Command::new(PYTHON).args(["-m", "venv", "--clear"]).arg(&folder))?;
    let pip = folder.join("bin/pip");
    let arguments = ["install", "--quiet", "--disable-pip-version-check", "--requirement"];
    finish(Command::new(pip).args(arguments).arg(&source))?;
    if !client_starts(&folder) {
        bail!("{} is installed and does not start", client(&folder).display());
    }
    fs::write(folder.join(SEAL), wanted).context("cannot seal the Python environment")
}

fn finish(command: &mut Command) -> Result<()> {
    let answer = run_quietly(command)?;
    if !answer.is_content() {
        let program = command.get_program().to_string_lossy();
        bail!("{program}: {}", last_lines(&answer.text, LINES_SHOWN_MAX));
    }
    Ok(())
}

fn is_sealed_with(folder: &Path, wanted: &str) -> bool {
    fs::read_to_string(folder.join(SEAL)).is_ok_and(|installed| installed == wanted)
}

/// Also false when the whole clone was moved: an environment knows its own absolute path.
fn client_starts(folder: &Path) -> bool {
    succeeds(Command::new(client(folder)).arg("--help"))
}

fn client(folder: &Path) -> PathBuf {
    folder.join("bin/ofxget")
}

fn names_in(requirements: &str) -> String {
    let lines = requirements.lines().filter(|line| line.contains("=="));
    lines.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_made_from_other_requirements_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_sealed_with(folder.path(), "ofxtools==1.1.1\n"));
        fs::write(folder.path().join(SEAL), "ofxtools==1.1.0\n").unwrap();
        assert!(!is_sealed_with(folder.path(), "ofxtools==1.1.1\n"));
        assert!(is_sealed_with(folder.path(), "ofxtools==1.1.0\n"));
    }

    #[test]
    fn what_is_installed_is_named_without_the_remarks() {
        assert_eq!(names_in("# why\na==1\nb==2\n"), "a==1 b==2");
    }

    #[test]
    fn a_failing_command_is_told_with_its_last_words() {
        let error =
            finish(Command::new("sh").args(["-c", "echo no room >&2; exit 1"])).unwrap_err();
        assert_eq!(error.to_string(), "sh: no room");
    }
}
