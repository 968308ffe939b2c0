//! What a crate's `Cargo.toml` says it depends on. Whether it may is `floors.rs`.

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::tree::File;

/// For whom a dependency is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// In what is shipped, or in building it.
    Build,
    /// In tests and benches only.
    Test,
}

/// One line of a dependency section.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dependency {
    /// The package's own name, whatever the manifest calls it here.
    pub(super) package: String,
    pub(super) purpose: Purpose,
    /// Where the manifest names it, counted from one.
    pub(super) line: usize,
}

/// A crate's manifest, as far as the rules look at it.
pub(super) struct Manifest {
    pub(super) name: Option<String>,
    pub(super) dependencies: Vec<Dependency>,
}

impl Manifest {
    pub(super) fn parse(file: &File) -> Result<Self> {
        let table: Table = file.text.parse().context("is not TOML")?;
        let name = table.get("package").and_then(|package| package.get("name"));
        let mut dependencies = Vec::new();
        collect(&table, &file.text, &mut dependencies);
        for platform in tables_in(table.get("target")) {
            collect(platform, &file.text, &mut dependencies);
        }
        Ok(Self { name: name.and_then(Value::as_str).map(str::to_owned), dependencies })
    }
}

fn tables_in(value: Option<&Value>) -> impl Iterator<Item = &Table> {
    value.and_then(Value::as_table).into_iter().flat_map(Table::values).filter_map(Value::as_table)
}

fn collect(table: &Table, text: &str, dependencies: &mut Vec<Dependency>) {
    let sections = [
        ("dependencies", Purpose::Build),
        ("build-dependencies", Purpose::Build),
        ("dev-dependencies", Purpose::Test),
    ];
    for (section, purpose) in sections {
        let entries = table.get(section).and_then(Value::as_table);
        for (key, value) in entries.into_iter().flatten() {
            let package = value.get("package").and_then(Value::as_str).unwrap_or(key).to_owned();
            dependencies.push(Dependency { package, purpose, line: line_of(text, section, key) });
        }
    }
}

/// The line in `section` that begins with `key`, or the first line when it is written in another way.
fn line_of(text: &str, section: &str, key: &str) -> usize {
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        if let Some(header) = line.trim().strip_prefix('[') {
            let header = header.trim_end_matches(']');
            inside = header.ends_with(section);
            if header.ends_with(&format!("{section}.{key}")) {
                return index + 1;
            }
        }
        let rest = line.trim_start().strip_prefix(key).map(str::trim_start);
        if inside && rest.is_some_and(|rest| rest.starts_with(['.', '='])) {
            return index + 1;
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dependencies(text: &str) -> Vec<(String, Purpose, usize)> {
        let file = File { path: "Cargo.toml".to_owned(), text: text.to_owned() };
        let found = Manifest::parse(&file).unwrap().dependencies;
        found.into_iter().map(|one| (one.package, one.purpose, one.line)).collect()
    }

    #[test]
    fn every_way_to_write_a_dependency_is_seen_with_its_line() {
        let text = "[package]\nname = \"api\"\n[dependencies]\ndomain.workspace = true\n\
            [dependencies.store]\nworkspace = true\n[dev-dependencies]\ndomain = { path = \"x\" }\n\
            [target.'cfg(unix)'.dependencies]\nkeys = { package = \"worker\", path = \"y\" }\n";
        assert_eq!(
            dependencies(text),
            [
                ("domain".to_owned(), Purpose::Build, 4),
                ("store".to_owned(), Purpose::Build, 5),
                ("domain".to_owned(), Purpose::Test, 8),
                ("worker".to_owned(), Purpose::Build, 10),
            ]
        );
    }

    #[test]
    fn a_key_that_begins_like_another_is_not_mistaken_for_it() {
        let text = "[dependencies]\nstore-sqlite.workspace = true\nstore.workspace = true\n";
        let lines: Vec<(String, usize)> =
            dependencies(text).into_iter().map(|(package, _, line)| (package, line)).collect();
        assert_eq!(lines, [("store".to_owned(), 3), ("store-sqlite".to_owned(), 2)]);
    }

    #[test]
    fn a_manifest_that_is_not_toml_is_an_error() {
        let file = File { path: "Cargo.toml".to_owned(), text: "[package".to_owned() };
        assert!(Manifest::parse(&file).is_err());
    }
}
