//! The nouns of the store and their mirrors: whoever opens `push.rs` in one crate finds `push.rs`
//! in the others. What is in those files is the compiler's matter and the conformance suite's.

use std::collections::BTreeSet;

use super::tree::Tree;
use super::violation::Violation;

const STORE: &str = "crates/store/src";
/// Crates that have a file, or a folder, for every noun of the store.
const MIRRORS: &[&str] = &["store-sqlite", "store-postgres", "store-conformance"];
/// Crates that bring their schema to the same state by migrations of the same names.
const BACKENDS: &[&str] = &["crates/store-sqlite/migrations", "crates/store-postgres/migrations"];
const ROUTES: &str = "crates/api/src/nouns";

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let nouns = nouns(tree);
    let mut violations = check_mirrors(tree, &nouns);
    violations.extend(check_routes(tree, &nouns));
    violations.extend(check_migrations(tree));
    violations
}

/// A noun is what a file, or a folder, of the store defines a public trait for. `lib.rs` is the
/// contents page: a trait there gathers the others.
fn nouns(tree: &Tree) -> BTreeSet<&str> {
    let files = tree.below(STORE).filter(|(rest, file)| *rest != "lib.rs" && file.is_rust());
    let with_trait = files.filter(|(_, file)| file.text.lines().any(opens_public_trait));
    with_trait.filter_map(|(rest, _)| rest.split('/').next()).map(stem).collect()
}

fn opens_public_trait(line: &str) -> bool {
    line.starts_with("pub trait ")
}

fn check_mirrors(tree: &Tree, nouns: &BTreeSet<&str>) -> Vec<Violation> {
    let mut violations = Vec::new();
    for mirror in MIRRORS.iter().filter(|name| tree.has_folder(&format!("crates/{name}"))) {
        let folder = format!("crates/{mirror}/src");
        let present: BTreeSet<&str> = tree.entries(&folder).into_iter().map(stem).collect();
        for noun in nouns.difference(&present) {
            let path = format!("{folder}/{noun}.rs");
            let advice = format!("the store's noun {noun:?} has no file here: add {noun}.rs");
            violations.push(Violation::new(&path, 1, advice));
        }
    }
    violations
}

fn check_routes(tree: &Tree, nouns: &BTreeSet<&str>) -> Vec<Violation> {
    // Beside the nouns stand their page of contents and what their unit tests compare with.
    let is_noun = |name: &&str| !matches!(*name, "mod.rs" | "snapshots");
    let names = tree.entries(ROUTES).into_iter().filter(is_noun);
    let strangers = names.filter(|name| !nouns.contains(stem(name)));
    let to_violation = |name: &str| {
        let advice = "no noun of the store is called so: name the file like the noun it serves";
        Violation::new(&format!("{ROUTES}/{name}"), 1, advice)
    };
    strangers.map(to_violation).collect()
}

fn check_migrations(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for own in BACKENDS {
        for other in BACKENDS.iter().filter(|other| *other != own && tree.has_folder(other)) {
            for missing in tree.entries(other).difference(&tree.entries(own)) {
                let advice = format!("{other} has this migration: add the one for this database");
                violations.push(Violation::new(&format!("{own}/{missing}"), 1, advice));
            }
        }
    }
    // A backend that has not been started is not behind.
    violations.retain(|_| BACKENDS.iter().all(|folder| tree.has_folder(folder)));
    violations
}

fn stem(name: &str) -> &str {
    name.strip_suffix(".rs").unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUSH: (&str, &str) =
        ("crates/store/src/push.rs", "//! Pushes.\n/// Keeps pushes.\npub trait Pushes {}\n");

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_noun_is_mirrored_by_a_file_or_a_folder_of_its_name() {
        assert!(
            found(&[
                PUSH,
                ("crates/store-sqlite/src/push.rs", ""),
                ("crates/store-postgres/src/push/mod.rs", ""),
            ])
            .is_empty()
        );
    }

    #[test]
    fn a_missing_mirror_is_a_violation() {
        assert_eq!(
            found(&[PUSH, ("crates/store-sqlite/src/lib.rs", "")]),
            ["crates/store-sqlite/src/push.rs:1: the store's noun \"push\" has no file here: \
              add push.rs"]
        );
    }

    #[test]
    fn a_noun_may_be_a_folder_of_the_store() {
        let noun = ("crates/store/src/push/mod.rs", "pub trait Pushes {}\n");
        assert_eq!(found(&[noun, ("crates/store-conformance/src/lib.rs", "")]).len(), 1);
    }

    #[test]
    fn a_file_without_a_public_trait_is_no_noun() {
        assert!(
            found(&[
                ("crates/store/src/error.rs", "//! No `pub trait X` here.\npub enum Error {}\n"),
                ("crates/store/src/lib.rs", "pub trait Store {}\n"),
                ("crates/store-sqlite/src/lib.rs", ""),
            ])
            .is_empty()
        );
    }

    #[test]
    fn a_crate_that_is_not_there_yet_misses_nothing() {
        assert!(found(&[PUSH]).is_empty());
    }

    #[test]
    fn a_route_file_is_named_like_a_noun() {
        let routes = [
            PUSH,
            ("crates/api/src/nouns/mod.rs", ""),
            ("crates/api/src/nouns/push.rs", ""),
            ("crates/api/src/nouns/shove.rs", ""),
        ];
        let violations = found(&routes);
        assert_eq!(violations.len(), 1);
        assert!(violations.iter().all(|one| one.starts_with("crates/api/src/nouns/shove.rs:1: ")));
    }

    #[test]
    fn a_migration_of_one_database_is_missed_in_the_other() {
        let migrations = [
            ("crates/store-sqlite/migrations/0001_start.sql", ""),
            ("crates/store-sqlite/migrations/0002_more.sql", ""),
            ("crates/store-postgres/migrations/0001_start.sql", ""),
        ];
        assert_eq!(
            found(&migrations),
            [
                "crates/store-postgres/migrations/0002_more.sql:1: crates/store-sqlite/migrations has \
              this migration: add the one for this database"
            ]
        );
        assert!(found(&[("crates/store-sqlite/migrations/0001_start.sql", "")]).is_empty());
    }
}
