//! The files of a workspace, read once so that every rule is a pure function. Which of them break
//! a rule is the rules' own matter.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Folders that hold what tools made or fetched, at any depth.
const FOLDERS_SKIPPED: &[&str] = &[".cache", ".git", "node_modules", "target"];
/// Endings of the files whose text some rule reads; of the others only the name is kept.
const ENDINGS_READ: &[&str] = &[".rs", ".toml", ".json", ".txt"];

/// A file and its path from the root, with `/` between the folders.
pub(crate) struct File {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl File {
    pub(crate) fn is_rust(&self) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, ending)| ending == "rs")
    }

    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Every file of a workspace, in the order of their paths.
pub(crate) struct Tree {
    files: Vec<File>,
}

impl Tree {
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let mut files = Vec::new();
        read_folder(root, "", &mut files)?;
        files.sort_by(|left, right| left.path.cmp(&right.path));
        Ok(Self { files })
    }

    /// A tree that exists only in a test.
    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Self {
        let to_file = |(path, text): &(&str, &str)| File {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        };
        Self { files: files.iter().map(to_file).collect() }
    }

    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }

    pub(crate) fn rust_files(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.is_rust())
    }

    pub(crate) fn find(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The files below `folder`, each with its path from there.
    pub(crate) fn below<'t>(&'t self, folder: &str) -> impl Iterator<Item = (&'t str, &'t File)> {
        let prefix = format!("{folder}/");
        self.files.iter().filter_map(move |file| Some((file.path.strip_prefix(&prefix)?, file)))
    }

    pub(crate) fn has_folder(&self, folder: &str) -> bool {
        self.below(folder).next().is_some()
    }

    /// What lies directly in `folder`: names of files and of folders.
    pub(crate) fn entries(&self, folder: &str) -> BTreeSet<&str> {
        self.below(folder).filter_map(|(rest, _)| rest.split('/').next()).collect()
    }
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Vec<File>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot list {prefix:?}"))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot list {prefix:?}"))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type().with_context(|| format!("cannot look at {name:?}"))?;
        let path = format!("{prefix}{name}");
        if kind.is_dir() && !is_skipped(&path, &name) {
            read_folder(&entry.path(), &format!("{path}/"), files)?;
        } else if kind.is_file() {
            files.push(File { text: read_text(&entry.path(), &name)?, path });
        }
    }
    Ok(())
}

/// `data` is skipped at the root only: that is where a server started here keeps its database.
fn is_skipped(path: &str, name: &str) -> bool {
    path == "data" || FOLDERS_SKIPPED.contains(&name)
}

fn read_text(path: &Path, name: &str) -> Result<String> {
    if !ENDINGS_READ.iter().any(|ending| name.ends_with(ending)) {
        return Ok(String::new());
    }
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(tree: &Tree) -> Vec<&str> {
        tree.files().iter().map(|file| file.path.as_str()).collect()
    }

    #[test]
    fn what_tools_made_is_not_read() {
        let root = tempfile::tempdir().unwrap();
        for folder in ["crates/api/src", "crates/api/src/data", "target/debug", ".git", "data"] {
            fs::create_dir_all(root.path().join(folder)).unwrap();
            fs::write(root.path().join(folder).join("a.rs"), "//! A.\n").unwrap();
        }
        let tree = Tree::read(root.path()).unwrap();
        assert_eq!(paths(&tree), ["crates/api/src/a.rs", "crates/api/src/data/a.rs"]);
    }

    #[test]
    fn text_is_kept_only_where_a_rule_reads_it() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("a.rs"), "//! A.\n").unwrap();
        fs::write(root.path().join("b.png"), "bytes").unwrap();
        let tree = Tree::read(root.path()).unwrap();
        let texts: Vec<&str> = tree.files().iter().map(|file| file.text.as_str()).collect();
        assert_eq!(texts, ["//! A.\n", ""]);
    }

    #[test]
    fn the_entries_of_a_folder_are_its_own_files_and_folders() {
        let tree = Tree::of(&[("a/x.rs", ""), ("a/b/y.rs", ""), ("a/b/z.rs", ""), ("ab/w.rs", "")]);
        assert_eq!(tree.entries("a").into_iter().collect::<Vec<_>>(), ["b", "x.rs"]);
        assert!(tree.has_folder("a/b") && !tree.has_folder("a/x.rs"));
    }
}
