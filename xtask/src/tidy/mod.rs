//! Checks what no compiler checks. Each rule looks at the same [`tree::Tree`] of files and answers
//! with the places where it is broken.

mod floors;
mod manifest;
mod mirrors;
mod sizes;
mod text;
mod tree;
mod violation;

use anyhow::{Result, bail};

use self::tree::Tree;
use self::violation::Violation;

/// Checks this workspace, prints every violation and one line of sizes, and fails if there is any.
pub(crate) fn run() -> Result<()> {
    let tree = Tree::read(&crate::workspace::root())?;
    let violations = check(&tree);
    for violation in &violations {
        println!("{violation}");
    }
    println!("tidy: {}", sizes::summary(&tree));
    if !violations.is_empty() {
        bail!("tidy found {} violation(s)", violations.len());
    }
    Ok(())
}

/// What is wrong with the workspace at `root`, for those who write files into one.
#[cfg(test)]
pub(crate) fn complaints(root: &std::path::Path) -> Result<Vec<String>> {
    Ok(check(&Tree::read(root)?).iter().map(ToString::to_string).collect())
}

fn check(tree: &Tree) -> Vec<Violation> {
    let rules = [floors::check, mirrors::check, sizes::check, text::check];
    let mut violations: Vec<Violation> = rules.iter().flat_map(|rule| rule(tree)).collect();
    violations.sort();
    violations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_violations_of_all_rules_come_in_the_order_of_their_places() {
        let tree = Tree::of(&[
            ("crates/attic/Cargo.toml", "[package]\nname = \"attic\"\n"),
            ("crates/attic/src/lib.rs", "fn main() {}\n"),
            ("crates/api/src/nouns/push.rs", "//! Pushes.\n"),
        ]);
        let places: Vec<String> =
            check(&tree).iter().map(|found| place(&found.to_string())).collect();
        assert_eq!(
            places,
            [
                "crates/api/src/nouns/push.rs:1",
                "crates/attic/Cargo.toml:1",
                "crates/attic/src/lib.rs:1"
            ]
        );
    }

    fn place(violation: &str) -> String {
        violation.split(": ").next().unwrap_or_default().to_owned()
    }
}
