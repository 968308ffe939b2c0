//! PostgreSQL's server programs: where Debian puts them, and how to install them without Debian
//! starting a server of its own. The tests start theirs in temporary folders.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::apt::as_root;

const VERSIONS: &str = "/usr/lib/postgresql";
const PACKAGE: &str = "postgresql";
/// Read by Debian's scripts while the package is installed; taken away afterwards, so that who
/// asks for a cluster later gets Debian's usual behaviour.
const NOTE_FOLDER: &str = "/etc/postgresql-common/createcluster.d";
const NOTE_NAME: &str = "millrace-tests.conf";

/// The folder with `initdb` and `postgres`, of the highest version that is installed.
pub(super) fn programs() -> Option<PathBuf> {
    programs_in(Path::new(VERSIONS))
}

fn programs_in(versions: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(versions).ok()?;
    let folders = entries.flatten().filter_map(|entry| {
        let version: u32 = entry.file_name().to_str()?.parse().ok()?;
        let programs = entry.path().join("bin");
        programs.join("initdb").is_file().then_some((version, programs))
    });
    folders.max().map(|(_, programs)| programs)
}

/// Runs `install`; if it installs PostgreSQL, no server is left running on the usual port.
pub(super) fn without_default_cluster(
    packages: &[&str],
    install: impl FnOnce() -> Result<()>,
) -> Result<()> {
    if !packages.contains(&PACKAGE) {
        return install();
    }
    let note = format!("{NOTE_FOLDER}/{NOTE_NAME}");
    let write = format!("mkdir -p {NOTE_FOLDER} && echo create_main_cluster = false > {note}");
    let written = as_root(&["sh", "-c", &write])?;
    if !written.is_content() {
        bail!("cannot write {note}: {}", written.text.trim());
    }
    let outcome = install();
    let removed = as_root(&["rm", "-f", &note])?;
    if !removed.is_content() {
        bail!("cannot remove {note}: {}", removed.text.trim());
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_version_with_a_server_is_taken() {
        let versions = tempfile::tempdir().unwrap();
        for (version, program) in [("9", "initdb"), ("15", "initdb"), ("17", "psql")] {
            let folder = versions.path().join(version).join("bin");
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(program), "").unwrap();
        }
        assert_eq!(programs_in(versions.path()), Some(versions.path().join("15/bin")));
    }

    #[test]
    fn a_machine_without_a_server_has_no_programs() {
        assert_eq!(programs_in(Path::new("/no/such/folder")), None);
    }

    #[test]
    fn other_packages_are_installed_without_a_note_to_debian() {
        let error = without_default_cluster(&["ledger"], || bail!("reached")).unwrap_err();
        assert_eq!(error.to_string(), "reached");
    }
}
