//! Folders of packages from npm: the published client of the API for TypeScript and what receivers of webhooks use,
//! the published client of Xero with a judge of calls to Xero, and what drives a browser and looks at its pages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::needs::Need;
use crate::step::{last_lines, run_quietly};

const MANIFEST: &str = "package.json";
const LOCK: &str = "package-lock.json";
/// A copy of the lock, written last: without it the folder is not finished.
const SEAL: &str = "installed-lock.json";
/// Enough of npm's words to see what went wrong.
const LINES_SHOWN_MAX: usize = 8;

/// One folder. What is installed stands in `xtask/provision/{name}`, with the lock, which pins what that needs in turn; a
/// change to the lock fills the folder anew, in `.cache/{name}`.
pub(super) struct Folder {
    name: &'static str,
    pub(super) need: Need,
    /// Where the tests find it.
    pub(super) variable: &'static str,
}

pub(super) const FOLDERS: &[Folder] = &[
    folder("node-sdk", Need::Sdks, "MILLRACE_TEST_NODE_SDK"),
    folder("node-xero", Need::Sdks, "MILLRACE_TEST_NODE_XERO"),
    folder("node-browser", Need::Browser, "MILLRACE_TEST_NODE_BROWSER"),
];

const fn folder(name: &'static str, need: Need, variable: &'static str) -> Folder {
    Folder { name, need, variable }
}

impl Folder {
    pub(super) fn path(&self) -> PathBuf {
        crate::workspace::cache_folder().join(self.name)
    }

    fn source(&self) -> String {
        format!("xtask/provision/{}", self.name)
    }

    /// Fills the folder, unless it is filled from this lock.
    pub(super) fn provide(&self) -> Result<()> {
        let folder = self.path();
        let source = crate::workspace::root().join(self.source());
        let wanted = read(&source.join(LOCK))?;
        if is_sealed_with(&folder, &wanted) {
            return Ok(());
        }
        println!(
            "installing once, from npm, into {}: what {}/{MANIFEST} names",
            folder.display(),
            self.source()
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
    fn every_folder_has_a_lock_that_names_no_address() {
        for folder in FOLDERS {
            let lock = crate::workspace::root().join(folder.source()).join(LOCK);
            assert!(!read(&lock).unwrap().contains("\"resolved\""), "{}", folder.name);
        }
    }
}
