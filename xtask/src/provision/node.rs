//! A folder of packages from npm: the published client of the API for TypeScript, and what receivers of webhooks use.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::step::{last_lines, run_quietly};

/// Where the tests find the packages.
pub(super) const VARIABLE: &str = "MILLRACE_TEST_NODE_SDK";
/// The wanted packages and the lock, which pins what they need in turn; a change makes a new folder.
const SOURCE: &str = "xtask/provision/node-sdk";
const MANIFEST: &str = "package.json";
const LOCK: &str = "package-lock.json";
/// A copy of the lock, written last: without it the folder is not finished.
const SEAL: &str = "installed-lock.json";
/// Enough of npm's words to see what went wrong.
const LINES_SHOWN_MAX: usize = 8;

pub(super) fn folder() -> PathBuf {
    crate::workspace::cache_folder().join("node-sdk")
}

/// Fills the folder, unless it is filled from this lock.
pub(super) fn provide() -> Result<()> {
    let folder = folder();
    let source = crate::workspace::root().join(SOURCE);
    let wanted = read(&source.join(LOCK))?;
    if is_sealed_with(&folder, &wanted) {
        return Ok(());
    }
    println!(
        "installing once, from npm, into {}: what {SOURCE}/{MANIFEST} names",
        folder.display()
    );
    fs::create_dir_all(&folder).context("cannot make the folder for npm")?;
    fs::write(folder.join(MANIFEST), read(&source.join(MANIFEST))?)?;
    fs::write(folder.join(LOCK), &wanted)?;
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    let answer = run_quietly(Command::new("npm").args(arguments).current_dir(&folder))?;
    if !answer.is_content() {
        bail!("npm: {}", last_lines(&answer.text, LINES_SHOWN_MAX));
    }
    fs::write(folder.join(SEAL), wanted).context("cannot seal the folder of packages")
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn is_sealed_with(folder: &Path, wanted: &str) -> bool {
    fs::read_to_string(folder.join(SEAL)).is_ok_and(|installed| installed == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_filled_from_another_lock_is_not_taken() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_sealed_with(folder.path(), "{}"));
        fs::write(folder.path().join(SEAL), "{}").unwrap();
        assert!(is_sealed_with(folder.path(), "{}"));
        assert!(!is_sealed_with(folder.path(), "{\"a\": 1}"));
    }

    #[test]
    fn the_lock_names_no_address() {
        let lock = read(&crate::workspace::root().join(SOURCE).join(LOCK)).unwrap();
        assert!(!lock.contains("\"resolved\""));
    }
}
