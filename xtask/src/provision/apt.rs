//! Debian packages, by apt-get, as root or through sudo.

use std::process::Command;

use anyhow::{Result, bail};

use crate::step::{Answer, last_lines, run_quietly};

/// Another apt-get, such as the nightly one, may hold the lock for a while.
const LOCK_WAIT: &str = "DPkg::Lock::Timeout=120";
/// Enough of apt-get's words to see what went wrong.
const LINES_SHOWN_MAX: usize = 8;

/// Installs `packages`. The lists are fetched first: old ones name files that no longer exist.
pub(super) fn install(packages: &[&str]) -> Result<()> {
    let update = apt_get(&["update"])?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(packages);
    let install = apt_get(&arguments)?;
    if install.is_content() {
        return Ok(());
    }
    if !update.is_content() {
        bail!("apt-get update: {}", last_lines(&update.text, LINES_SHOWN_MAX));
    }
    bail!("apt-get install: {}", last_lines(&install.text, LINES_SHOWN_MAX));
}

fn apt_get(arguments: &[&str]) -> Result<Answer> {
    let mut words = vec!["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", LOCK_WAIT];
    words.extend(arguments);
    as_root(&words)
}

/// Runs a command as root: directly when we are root, else through sudo.
pub(super) fn as_root(words: &[&str]) -> Result<Answer> {
    let is_root = run_quietly(Command::new("id").arg("-u"))?.text.trim() == "0";
    let prefix: &[&str] = if is_root { &[] } else { &["sudo"] };
    let mut all = prefix.iter().chain(words);
    let Some(program) = all.next() else { bail!("there is no command to run as root") };
    run_quietly(Command::new(program).args(all))
}
