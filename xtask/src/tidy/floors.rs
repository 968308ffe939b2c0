//! The floors of the building: which of our crates may name which, and what the ground may not
//! know of the world. The reasons are in ARCHITECTURE.md.

use super::manifest::{Dependency, Manifest, Purpose};
use super::tree::{File, Tree};
use super::violation::Violation;

/// Where a crate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// May name what stands on a lower floor.
    Floor(u8),
    /// May name only the listed crates, and is named by tests and by the roof only.
    Beside(&'static [&'static str]),
    /// Wires the whole building, so it may name anything.
    Roof,
}

/// Every crate there is. A new crate is one line here.
const PLACES: &[(&str, Place)] = &[
    ("domain", Place::Floor(0)),
    ("ofx", Place::Floor(0)),
    ("outbound", Place::Floor(0)),
    ("vault", Place::Floor(0)),
    ("store", Place::Floor(1)),
    ("platforms", Place::Floor(1)),
    ("store-sqlite", Place::Floor(2)),
    ("store-postgres", Place::Floor(2)),
    ("store-conformance", Place::Floor(2)),
    ("worker", Place::Floor(2)),
    ("api", Place::Floor(3)),
    ("ofx-server", Place::Floor(3)),
    ("web", Place::Floor(3)),
    ("simulators", Place::Beside(&["domain"])),
    ("testkit", Place::Beside(&["domain", "store"])),
    ("fuzz-checks", Place::Beside(&["domain", "ofx", "platforms", "api"])),
    ("millrace", Place::Roof),
];

/// The databases: a door that named one would tie itself to it.
const BACKENDS: &[&str] = &["store-sqlite", "store-postgres"];
/// Written for tests, so it may build on the testkit.
const CONFORMANCE: &str = "store-conformance";
/// The highest floor below the doors.
const FLOOR_BELOW_DOORS: u8 = 2;

/// Crates that would bring the world to the ground: a name, or the beginning of one up to `-`.
const WORLD: &[&str] = &[
    "async", "axum", "deadpool", "futures", "hyper", "mio", "postgres", "reqwest", "rusqlite",
    "smol", "sqlx", "tokio", "tower", "ureq",
];

/// HTTP clients, and what they are made of.
const HTTP_CLIENTS: &[&str] = &["hyper", "hyper-util", "reqwest", "ureq"];
/// What bounds every call of the server, what plays other people's part, and the command line, which calls its user's own
/// server.
const MAY_CALL: &[&str] = &["outbound", "simulators", "millrace"];

pub(super) fn check(tree: &Tree) -> Vec<Violation> {
    let mut violations = Vec::new();
    for folder in tree.entries("crates") {
        let Some(file) = tree.find(&format!("crates/{folder}/Cargo.toml")) else { continue };
        let Some(place) = place_of(folder) else {
            let advice = format!("crate {folder:?} has no floor: add it to xtask's floors.rs");
            violations.push(Violation::new(&file.path, 1, advice));
            continue;
        };
        violations.extend(check_crate(folder, place, file));
    }
    violations
}

fn check_crate(folder: &str, place: Place, file: &File) -> Vec<Violation> {
    let manifest = match Manifest::parse(file) {
        Ok(manifest) => manifest,
        Err(error) => return vec![Violation::new(&file.path, 1, format!("{error:#}"))],
    };
    let mut violations = Vec::new();
    if manifest.name.as_deref() != Some(folder) {
        let advice = format!("the package is not called like its folder: call it {folder:?}");
        violations.push(Violation::new(&file.path, 1, advice));
    }
    for dependency in &manifest.dependencies {
        if let Some(advice) = objection(folder, place, dependency) {
            violations.push(Violation::new(&file.path, dependency.line, advice));
        }
    }
    violations
}

fn objection(folder: &str, place: Place, dependency: &Dependency) -> Option<String> {
    let package = dependency.package.as_str();
    let Some(other) = place_of(package) else {
        return worldly(folder, dependency).or_else(|| calling(folder, dependency));
    };
    if may_name(folder, place, package, other) {
        return None;
    }
    match dependency.purpose {
        Purpose::Build => Some(format!(
            "{folder} may not depend on {package}: only on lower floors (ARCHITECTURE.md); \
             move what is shared down, or wire it in millrace"
        )),
        Purpose::Test if may_test_with(folder, package) => None,
        Purpose::Test => Some(format!(
            "{folder} may not test with {package}: tests may add testkit, backends also \
             {CONFORMANCE}, platforms also simulators; tests that need more belong to millrace"
        )),
    }
}

fn may_name(folder: &str, place: Place, package: &str, other: Place) -> bool {
    match (place, other) {
        (Place::Roof, _) => true,
        (Place::Beside(allowed), _) => allowed.contains(&package),
        (Place::Floor(own), Place::Floor(floor)) => floor < own && !is_closed(own, package),
        (Place::Floor(_), Place::Beside(_)) => folder == CONFORMANCE && package == "testkit",
        (Place::Floor(_), Place::Roof) => false,
    }
}

/// Doors know the store's traits, never a database or the tests of one.
fn is_closed(own: u8, package: &str) -> bool {
    own > FLOOR_BELOW_DOORS && (BACKENDS.contains(&package) || package == CONFORMANCE)
}

fn may_test_with(folder: &str, package: &str) -> bool {
    package == "testkit"
        || (package == CONFORMANCE && BACKENDS.contains(&folder))
        // An adapter is proved against the platform that it adapts.
        || (package == "simulators" && folder == "platforms")
}

/// Tests of the ground may use what they like; what is shipped of it may not.
fn worldly(folder: &str, dependency: &Dependency) -> Option<String> {
    let package = dependency.package.as_str();
    let first_word = package.split(['-', '_']).next().unwrap_or(package);
    let is_pure = matches!(folder, "domain" | "ofx") && dependency.purpose == Purpose::Build;
    let is_serde = folder == "domain" && first_word == "serde";
    (is_pure && (is_serde || WORLD.contains(&first_word))).then(|| {
        format!("{folder} may not depend on {package}: the ground knows no I/O, async or wire form")
    })
}

/// Tests may call whom they like.
fn calling(folder: &str, dependency: &Dependency) -> Option<String> {
    let package = dependency.package.as_str();
    let is_shipped = dependency.purpose == Purpose::Build;
    (is_shipped && HTTP_CLIENTS.contains(&package) && !MAY_CALL.contains(&folder))
        .then(|| format!("{folder} may not depend on {package}: calls go out through `outbound`"))
}

fn place_of(name: &str) -> Option<Place> {
    PLACES.iter().find(|(known, _)| *known == name).map(|(_, place)| *place)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_manifest(name: &str, sections: &str) -> Vec<String> {
        let path = format!("crates/{name}/Cargo.toml");
        let text = format!("[package]\nname = \"{name}\"\n{sections}");
        check(&Tree::of(&[(&path, &text)])).iter().map(ToString::to_string).collect()
    }

    fn allows(name: &str, section: &str, package: &str) -> bool {
        check_manifest(name, &format!("[{section}]\n{package}.workspace = true\n")).is_empty()
    }

    #[test]
    fn a_crate_may_name_lower_floors_only() {
        let cases = [
            ("store", "domain", true),
            ("store", "platforms", false),
            ("domain", "ofx", false),
            ("domain", "store", false),
            ("worker", "platforms", true),
            ("worker", "store-sqlite", false),
            ("store-sqlite", "store-postgres", false),
            ("store-sqlite", "worker", false),
            ("platforms", "outbound", true),
            ("api", "worker", true),
            ("web", "api", false),
            ("store", "millrace", false),
        ];
        for (name, package, allowed) in cases {
            assert_eq!(allows(name, "dependencies", package), allowed, "{name} -> {package}");
        }
    }

    #[test]
    fn a_door_may_name_the_store_but_no_backend() {
        assert!(allows("api", "dependencies", "store"));
        for door in ["api", "ofx-server", "web"] {
            for closed in ["store-sqlite", "store-postgres", "store-conformance"] {
                assert!(!allows(door, "dependencies", closed), "{door} -> {closed}");
                assert!(!allows(door, "dev-dependencies", closed), "{door} tests with {closed}");
            }
        }
    }

    #[test]
    fn what_stands_beside_is_named_by_tests_and_the_roof_only() {
        let cases = [
            ("api", "dependencies", "testkit", false),
            ("api", "dev-dependencies", "testkit", true),
            ("worker", "dev-dependencies", "simulators", false),
            ("platforms", "dev-dependencies", "simulators", true),
            ("platforms", "dependencies", "simulators", false),
            ("millrace", "dependencies", "simulators", true),
            ("store-conformance", "dependencies", "testkit", true),
            ("store-sqlite", "dev-dependencies", "store-conformance", true),
            ("worker", "dev-dependencies", "store-conformance", false),
            ("simulators", "dependencies", "domain", true),
            ("simulators", "dependencies", "platforms", false),
            ("simulators", "dev-dependencies", "testkit", true),
            ("testkit", "dependencies", "store", true),
            ("testkit", "dependencies", "store-sqlite", false),
        ];
        for (name, section, package, allowed) in cases {
            assert_eq!(allows(name, section, package), allowed, "{name} [{section}] {package}");
        }
    }

    #[test]
    fn the_domain_knows_no_wire_form_and_no_async() {
        for package in ["serde", "serde_json", "tokio", "tokio-util", "async-trait", "futures"] {
            assert!(!allows("domain", "dependencies", package), "{package}");
        }
        assert!(allows("domain", "dependencies", "jiff"));
        assert!(allows("domain", "dev-dependencies", "serde_json"));
        assert!(allows("ofx", "dependencies", "serde"));
        assert!(allows("store", "dependencies", "async-trait"));
    }

    #[test]
    fn only_outbound_calls_out_for_the_server() {
        for package in ["hyper", "hyper-util", "reqwest", "ureq"] {
            for name in ["vault", "platforms", "worker", "api", "web", "testkit"] {
                assert!(!allows(name, "dependencies", package), "{name} -> {package}");
                assert!(allows(name, "dev-dependencies", package), "{name} tests with {package}");
            }
            for name in ["outbound", "simulators", "millrace"] {
                assert!(allows(name, "dependencies", package), "{name} -> {package}");
            }
        }
    }

    #[test]
    fn a_crate_without_a_floor_is_a_violation() {
        assert_eq!(
            check_manifest("attic", ""),
            [
                "crates/attic/Cargo.toml:1: crate \"attic\" has no floor: add it to xtask's floors.rs"
            ]
        );
    }

    #[test]
    fn a_package_is_called_like_its_folder() {
        let tree = Tree::of(&[("crates/store/Cargo.toml", "[package]\nname = \"stores\"\n")]);
        let found = check(&tree);
        assert!(found.iter().any(|one| one.to_string().contains("call it \"store\"")));
    }

    #[test]
    fn the_violation_names_the_line_of_the_dependency() {
        let found =
            check_manifest("store", "[dependencies]\ndomain.workspace = true\napi = \"1\"\n");
        assert_eq!(found.len(), 1);
        assert!(
            found.iter().all(|one| one.starts_with("crates/store/Cargo.toml:5: store may not"))
        );
    }

    #[test]
    fn a_broken_manifest_is_a_violation_and_not_a_crash() {
        let tree = Tree::of(&[("crates/store/Cargo.toml", "[package")]);
        assert_eq!(check(&tree).len(), 1);
    }
}
