//! The proof that what is generated holds: a platform is written into a copy of the workspace, and
//! compiled, linted and tested there.
//!
//! The copy uses the target folder of whoever runs this, so what others wrote is compiled once. Our
//! crates lie one folder deeper in it than they do here, or cargo would take the ones for the others;
//! they keep the times of their files, so that the second run compiles only the new platform.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::name::Name;
use super::{Plan, run_rustfmt};
use crate::step::{Answer, run_quietly, succeeds};
use crate::tidy;
use crate::workspace::root;

/// A run takes seconds; compiling all that others wrote takes minutes. More is a fault.
const CARGO_SECS_MAX: &str = "900";
/// Where our crates lie in the copy.
const DEEPER: &str = "copy";

/// A copy of the workspace, gone when it is dropped.
struct CopiedWorkspace {
    folder: tempfile::TempDir,
}

impl CopiedWorkspace {
    fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let copy = Self { folder };
        let (from, to) = (root(), copy.root());
        std::fs::create_dir(&to).unwrap();
        for name in ["crates", "clippy.toml", "rustfmt.toml"] {
            let answer = run_quietly(Command::new("cp").arg("-Rp").arg(from.join(name)).arg(&to));
            assert!(answer.unwrap().is_content(), "cp {name}");
        }
        let manifest = std::fs::read_to_string(from.join("Cargo.toml")).unwrap();
        let manifest = manifest.replace("\"crates/", &format!("\"{DEEPER}/crates/"));
        let manifest = manifest.replace(", \"xtask\"", "");
        let top = copy.folder.path();
        std::fs::write(top.join("Cargo.toml"), manifest).unwrap();
        std::fs::copy(from.join("Cargo.lock"), top.join("Cargo.lock")).unwrap();
        copy
    }

    /// What the generator takes for the workspace.
    fn root(&self) -> PathBuf {
        self.folder.path().join(DEEPER)
    }

    fn cargo(&self, words: &[&str]) -> Answer {
        let mut command = Command::new("timeout");
        command.args([CARGO_SECS_MAX, "cargo"]).args(words);
        command.env("CARGO_TARGET_DIR", target_folder()).current_dir(self.folder.path());
        run_quietly(&mut command).unwrap()
    }
}

/// Where this test was compiled to: the program lies in `target/debug/deps`.
fn target_folder() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    program.ancestors().nth(3).map(Path::to_owned).unwrap()
}

#[test]
fn a_new_platform_compiles_and_its_one_failing_test_names_what_is_left() {
    let copy = CopiedWorkspace::make();
    let name = Name::parse("acme_books").unwrap();
    Plan::draw(&copy.root(), &name).unwrap().carry_out(&copy.root()).unwrap();
    run_rustfmt(&copy.root());
    assert_eq!(tidy::complaints(&copy.root()).unwrap(), Vec::<String>::new());

    let package = ["--offline", "--package=platforms"];
    let has_clippy = succeeds(Command::new("cargo").args(["clippy", "--version"]));
    let checked = if has_clippy {
        copy.cargo(
            &[&["clippy"], &package[..], &["--all-targets", "--", "-D", "warnings"]].concat(),
        )
    } else {
        copy.cargo(&[&["check"], &package[..], &["--tests"]].concat())
    };
    assert!(checked.is_content(), "{}", checked.text);

    let tests = ["--no-fail-fast", "--lib", "--test=it", "--", "acme_books::"];
    let told = copy.cargo(&[&["test"], &package[..], &tests[..]].concat());
    assert_eq!(told.exit_code, Some(101), "{}", told.text);
    for words in [
        "test acme_books::map::tests::every_answer_has_a_next_step ... ok",
        "test acme_books::facts::every_fact_about_acme_books_is_proven ... FAILED",
        "23 of 23 facts about acme_books are not proven:\n  its_key_is_one_that_callers_know: ",
        "\n  a_platform_that_is_not_there_is_not_available: ",
        "0 passed; 1 failed",
    ] {
        assert!(told.text.contains(words), "{words:?} is not in\n{}", told.text);
    }
    assert_eq!(told.text.matches(" ... FAILED").count(), 1, "{}", told.text);
}
