//! Python environments for the programs that Debian does not package: a foreign OFX client, and the published clients
//! of the API, the old ones each in an environment of its own, and foreign judges of its documents.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::needs::{Need, PYTHON};
use crate::step::{last_lines, run_quietly, succeeds};

/// A copy of the requirements, written last: without it the environment is not finished.
const SEAL: &str = "installed-requirements.txt";
/// Enough of pip's words to see what went wrong.
const LINES_SHOWN_MAX: usize = 8;

/// One environment. What is installed stands in `xtask/provision/requirements-{name}.txt`; a change to that file makes
/// a new environment, in `.cache/venv-{name}`.
pub(super) struct Environment {
    name: &'static str,
    pub(super) need: Need,
    /// Where the tests find it.
    pub(super) variable: &'static str,
    /// A program of it and its arguments: it succeeds once all is there. Not when the whole clone was moved, for an
    /// environment knows its own absolute path.
    proof: &'static [&'static str],
}

pub(super) const ENVIRONMENTS: &[Environment] = &[
    Environment {
        name: "ofx",
        need: Need::OfxClients,
        variable: "MILLRACE_TEST_VENV_OFX",
        proof: &["ofxget", "--help"],
    },
    sdk(
        "sdk",
        "MILLRACE_TEST_VENV_SDK",
        &["python", "-c", "import codat_bankfeeds, codat_platform"],
    ),
    sdk("sdk-6", "MILLRACE_TEST_VENV_SDK_6", OLD_SDK),
    sdk("sdk-0-25", "MILLRACE_TEST_VENV_SDK_0_25", OLD_SDK),
    sdk("sdk-0-23", "MILLRACE_TEST_VENV_SDK_0_23", OLD_SDK),
    Environment {
        name: "schemathesis",
        need: Need::Sdks,
        variable: "MILLRACE_TEST_VENV_SCHEMATHESIS",
        proof: &["st", "--version"],
    },
    sdk(
        "webhooks",
        "MILLRACE_TEST_VENV_WEBHOOKS",
        &["python", "-c", "import svix, standardwebhooks"],
    ),
];

const OLD_SDK: &[&str] = &["python", "-c", "import codatbankfeeds"];

const fn sdk(
    name: &'static str,
    variable: &'static str,
    proof: &'static [&'static str],
) -> Environment {
    Environment { name, need: Need::Sdks, variable, proof }
}

impl Environment {
    pub(super) fn folder(&self) -> PathBuf {
        crate::workspace::cache_folder().join(format!("venv-{}", self.name))
    }

    /// Makes the environment, unless it is there and content.
    pub(super) fn provide(&self) -> Result<()> {
        let folder = self.folder();
        let source = format!("xtask/provision/requirements-{}.txt", self.name);
        let path = crate::workspace::root().join(&source);
        let wanted = fs::read_to_string(&path).with_context(|| format!("cannot read {source}"))?;
        if is_sealed_with(&folder, &wanted) && self.is_content() {
            return Ok(());
        }
        println!("installing once, from PyPI, into {}: {}", folder.display(), names_in(&wanted));
        finish(Command::new(PYTHON).args(["-m", "venv", "--clear"]).arg(&folder))?;
        let pip = folder.join("bin/pip");
        let arguments = ["install", "--quiet", "--disable-pip-version-check", "--requirement"];
        finish(Command::new(pip).args(arguments).arg(&path))?;
        if !self.is_content() {
            bail!("{} is installed and cannot do: {}", folder.display(), self.proof.join(" "));
        }
        fs::write(folder.join(SEAL), wanted).context("cannot seal the Python environment")
    }

    fn is_content(&self) -> bool {
        let Some((program, arguments)) = self.proof.split_first() else { return false };
        succeeds(Command::new(self.folder().join("bin").join(program)).args(arguments))
    }
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

fn names_in(requirements: &str) -> String {
    let lines = requirements.lines().filter(|line| line.contains("=="));
    lines.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_environment_has_pinned_requirements() {
        for environment in ENVIRONMENTS {
            let name = format!("xtask/provision/requirements-{}.txt", environment.name);
            let wanted = fs::read_to_string(crate::workspace::root().join(&name)).unwrap();
            assert!(!names_in(&wanted).is_empty(), "{name}");
        }
    }

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
