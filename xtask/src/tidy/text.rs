//! Text that may not be in a file, and the sentence that must open one. Each rule looks at one
//! line at a time; what the code means is clippy's matter.

use super::tree::{File, Tree};
use super::violation::Violation;

/// Marks of unfinished work. Spelled in two halves, or this file would be the first to break it.
const UNFINISHED: &[&str] = &[
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
    concat!("#[ig", "nore"),
];

/// Ways to read the surroundings of the process.
const SURROUNDINGS: &[&str] = &[
    "env::var",
    "env::set_var",
    "env::remove_var",
    "env::temp_dir",
    "env::home_dir",
    "env::current_dir",
];

/// Flags by which a requirements file would fetch from somewhere else than the machine's registry.
const OTHER_INDEXES: &[&str] = &["--index-url", "--extra-index-url", "--find-links", "-i ", "-f "];

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    tree.files().iter().flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Violation> {
    let name = file.name();
    if file.is_rust() {
        let mut violations = by_line(file, unfinished);
        violations.extend(check_opening(file));
        violations.extend(check_surroundings(file));
        return violations;
    }
    if name == "package-lock.json" {
        return by_line(file, resolved_elsewhere);
    }
    if name.starts_with("requirements")
        && name.rsplit_once('.').is_some_and(|(_, end)| end == "txt")
    {
        return by_line(file, loose_requirement);
    }
    Vec::new()
}

fn by_line(file: &File, rule: fn(&str) -> Option<String>) -> Vec<Violation> {
    let lines = file.text.lines().enumerate();
    lines
        .filter_map(|(index, line)| Some(Violation::new(&file.path, index + 1, rule(line)?)))
        .collect()
}

fn check_opening(file: &File) -> Option<Violation> {
    let opens = file.text.starts_with("//! ");
    let advice = "does not open with `//!`: say what the file is and what it leaves out";
    (!opens).then(|| Violation::new(&file.path, 1, advice))
}

fn unfinished(line: &str) -> Option<String> {
    let mark = UNFINISHED.iter().find(|mark| line.contains(**mark))?;
    Some(format!("`{mark}` marks unfinished work: finish it, or take it out"))
}

/// Only the configuration reads the environment, so that a setting is found in one place. Tests
/// may, and so may xtask.
fn check_surroundings(file: &File) -> Vec<Violation> {
    if may_read_surroundings(&file.path) {
        return Vec::new();
    }
    let advice =
        "looks at the environment: take the value as a parameter, read it in millrace's config";
    let found = shipped_lines(&file.text).filter(|(_, line)| reads_surroundings(line));
    found.map(|(number, _)| Violation::new(&file.path, number, advice)).collect()
}

fn reads_surroundings(line: &str) -> bool {
    !line.trim_start().starts_with("//") && SURROUNDINGS.iter().any(|read| line.contains(read))
}

/// The lines outside the file's module of tests, with their numbers. That module is taken to begin
/// and end at the margin, as rustfmt puts it.
fn shipped_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_in_tests = false;
    text.lines().enumerate().filter_map(move |(index, line)| {
        is_in_tests = if is_in_tests { line != "}" } else { line.starts_with("mod tests {") };
        (!is_in_tests).then_some((index + 1, line))
    })
}

fn may_read_surroundings(path: &str) -> bool {
    let folders: Vec<&str> = path.split('/').collect();
    path.starts_with("crates/millrace/src/config")
        || folders.first() == Some(&"xtask")
        || folders.iter().any(|name| matches!(*name, "tests" | "tests.rs" | "benches" | "testkit"))
}

fn resolved_elsewhere(line: &str) -> Option<String> {
    let names_address = line.trim_start().starts_with("\"resolved\":");
    names_address.then(|| {
        "names the address of a registry: install with `--omit-lockfile-registry-resolved`"
            .to_owned()
    })
}

fn loose_requirement(line: &str) -> Option<String> {
    let line = line.trim();
    if OTHER_INDEXES.iter().any(|flag| line.starts_with(flag)) {
        return Some(
            "names an index: the machine's own settings say where packages are".to_owned(),
        );
    }
    let is_requirement = !line.is_empty() && !line.starts_with(['#', '-']);
    (is_requirement && !line.contains("=="))
        .then(|| "is not pinned: write `name==version`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(path: &str, text: &str) -> Vec<String> {
        let found = check(&Tree::of(&[(path, text)]));
        found.iter().map(ToString::to_string).collect()
    }

    fn breaks(path: &str, text: &str) -> bool {
        !places(path, text).is_empty()
    }

    #[test]
    fn a_rust_file_opens_with_what_it_is() {
        assert!(!breaks("crates/api/src/lib.rs", "//! The door for JSON.\n"));
        for text in ["", "fn a() {}\n", "\n//! Late.\n", "/// Of an item.\n", "//!\n"] {
            assert!(breaks("crates/api/src/lib.rs", text), "{text:?}");
        }
    }

    #[test]
    fn unfinished_work_is_found_with_its_line() {
        for mark in UNFINISHED {
            let found = places("crates/api/src/a.rs", &format!("//! A.\n\nfn a() {{ {mark} }}\n"));
            assert_eq!(found.len(), 1, "{mark}");
            assert!(found.iter().all(|one| one.starts_with("crates/api/src/a.rs:3: ")), "{mark}");
        }
    }

    #[test]
    fn only_the_configuration_and_tests_read_the_environment() {
        let read = "//! A.\nlet home = std::env::var(\"HOME\");\n";
        assert!(breaks("crates/api/src/a.rs", read));
        assert!(breaks("crates/millrace/src/main.rs", read));
        for path in [
            "crates/millrace/src/config.rs",
            "crates/millrace/src/config/file.rs",
            "crates/store-postgres/tests/it/main.rs",
            "crates/testkit/src/postgres.rs",
            "xtask/src/test.rs",
        ] {
            assert!(!breaks(path, read), "{path}");
        }
    }

    #[test]
    fn every_way_to_read_the_environment_is_seen_and_talk_about_it_is_not() {
        for code in ["use std::env::vars_os;", "env::var_os(\"A\")", "std::env::temp_dir()"] {
            assert!(breaks("crates/api/src/a.rs", &format!("//! A.\n{code}\n")), "{code}");
        }
        for code in ["// never std::env::var", "env!(\"CARGO_PKG_VERSION\")", "std::env::args()"] {
            assert!(!breaks("crates/api/src/a.rs", &format!("//! A.\n{code}\n")), "{code}");
        }
    }

    #[test]
    fn the_tests_of_a_file_may_read_the_environment_and_what_follows_them_may_not() {
        let tests = "//! A.\n#[cfg(test)]\nmod tests {\n    fn a() { std::env::temp_dir(); }\n}\n";
        assert!(!breaks("crates/api/src/a.rs", tests));
        let after = format!("{tests}fn b() {{ std::env::temp_dir(); }}\n");
        let found = places("crates/api/src/a.rs", &after);
        assert_eq!(found.len(), 1);
        assert!(found.iter().all(|one| one.starts_with("crates/api/src/a.rs:6: ")));
        let helper = "//! A.\n#[cfg(test)]\nfn a() {}\nfn b() { std::env::temp_dir(); }\n";
        assert!(breaks("crates/api/src/a.rs", helper));
    }

    #[test]
    fn a_lock_file_names_no_registry() {
        let line = "      \"resolved\": \"https://registry.npmjs.org/banking.tgz\",\n";
        assert!(breaks("crates/millrace/tests/clients/package-lock.json", line));
        assert!(!breaks("crates/millrace/tests/clients/package.json", line));
        assert!(!breaks("a/package-lock.json", "      \"integrity\": \"sha512-AA==\",\n"));
    }

    #[test]
    fn requirements_are_pinned_and_name_no_index() {
        let path = "xtask/provision/requirements-ofx.txt";
        assert!(!breaks(path, "# why\nofxtools==1.1.1\n    --hash=sha256:00\n\n"));
        for text in ["ofxtools\n", "ofxtools>=1.1\n", "--index-url https://a/\n", "-i https://a/\n"]
        {
            assert!(breaks(path, text), "{text:?}");
        }
    }
}
