//! `cargo xtask new-platform NAME`: a platform's folder that compiles and can do nothing yet, and
//! the list of what has to be shown of it. What stands in the files is `template/`.

mod contents;
#[cfg(test)]
mod generated;
mod name;
mod template;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use self::contents::with_module;
use self::name::Name;
use self::template::Rules;
use crate::step::run_quietly;
use crate::workspace::root;

/// Where a platform is made a module of, in the crate and in its tests.
const CONTENTS: &[&str] = &["crates/platforms/src/lib.rs", "crates/platforms/tests/it/main.rs"];
/// Where the rules of the platforms stand that callers can name.
const KNOWN: &str = "crates/domain/src/platform/known.rs";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// What its module is called, in `snake_case`: `sage`, `exact_online`
    name: String,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let name = Name::parse(&options.name)?;
    let root = root();
    let plan = Plan::draw(&root, &name)?;
    plan.carry_out(&root)?;
    for (path, _) in plan.files.iter().chain(&plan.contents) {
        println!("{path}");
    }
    run_rustfmt(&root);
    println!("\n{}", what_is_left(&name, plan.rules));
    Ok(())
}

/// What would be written, path and text: drawn before anything is, so that a refusal leaves no trace.
struct Plan {
    files: Vec<(String, String)>,
    contents: Vec<(String, String)>,
    rules: Rules,
}

impl Plan {
    fn draw(root: &Path, name: &Name) -> Result<Self> {
        let known = read(root, KNOWN)?;
        let is_known = known.contains(&format!("pub static {}: ", name.static_name()));
        let rules = if is_known { Rules::Known } else { Rules::Missing };
        let files = template::files(name, rules);
        for (path, _) in &files {
            let folder = path.rsplit_once('/').map_or(path.as_str(), |(folder, _)| folder);
            // A module is a folder or a file.
            for taken in [folder.to_owned(), format!("{folder}.rs")] {
                if root.join(&taken).exists() {
                    bail!("{taken} is there already: nothing was written");
                }
            }
        }
        let contents = CONTENTS.iter().map(|path| {
            let text = with_module(&read(root, path)?, name, path)?;
            Ok(((*path).to_owned(), text))
        });
        Ok(Self { files, contents: contents.collect::<Result<_>>()?, rules })
    }

    fn carry_out(&self, root: &Path) -> Result<()> {
        for (path, text) in &self.files {
            write_new(&root.join(path), text).with_context(|| format!("cannot write {path}"))?;
        }
        // Last: a folder that no one names does not keep the rest from compiling.
        for (path, text) in &self.contents {
            fs::write(root.join(path), text).with_context(|| format!("cannot write {path}"))?;
        }
        Ok(())
    }
}

fn read(root: &Path, path: &str) -> Result<String> {
    fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))
}

/// Never over a file that is there.
fn write_new(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create_new(path)?.write_all(text.as_bytes())?;
    Ok(())
}

/// How names are ordered and where lines break depends on the name. Says so where it cannot be done.
fn run_rustfmt(root: &Path) {
    let mut rustfmt = Command::new("rustfmt");
    rustfmt.args(["--edition", "2024", "--config-path"]).arg(root);
    // With a page of contents, all that it names.
    rustfmt.args(CONTENTS.iter().map(|path| root.join(path)));
    match run_quietly(&mut rustfmt) {
        Ok(answer) if answer.is_content() => {}
        Ok(answer) => println!("run `cargo fmt --all`; rustfmt says: {}", answer.text),
        Err(error) => println!("run `cargo fmt --all`: {error:#}"),
    }
}

/// What only a person can do, in the order in which it is best done.
fn what_is_left(name: &Name, rules: Rules) -> String {
    let (snake, words, static_name) = (name.snake(), name.words(), name.static_name());
    let rules = match rules {
        Rules::Known => format!("look over the rules of `{static_name}` in {KNOWN}"),
        Rules::Missing => format!(
            "its static `{static_name}` with its rules in {KNOWN}, and in `KNOWN` there; `key()` \
             in capabilities.rs answers its key"
        ),
    };
    let steps = [
        format!(
            "read the documents of {words}: its real URLs in options.rs, and what is not as the \
             RFCs have it in oauth.rs, which goes if there is no code flow"
        ),
        rules,
        format!(
            "its simulator in crates/simulators/src/{snake}/, written from the documents and \
             sharing no code with the adapter"
        ),
        format!(
            "what crates/platforms/tests/it/{snake}/facts.rs lists, fact by fact: \
             `cargo test -p platforms {snake}` names what is left"
        ),
        "the line in crates/millrace/src/wire_up.rs that makes the adapter, its settings in \
         crates/millrace/src/config/, and its place in `ENABLED` in known.rs"
            .to_owned(),
        "its page in docs/, its name in ARCHITECTURE.md, a line in CHANGELOG.md".to_owned(),
    ];
    let numbered = steps.iter().zip(1..).map(|(step, number)| format!("\n  {number}. {step}"));
    format!(
        "{words} compiles and can do nothing yet: one test fails until all is proven. What is left:{}",
        numbered.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// As much of a workspace as is read.
    fn a_workspace() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let files = [
            (CONTENTS[0], "//! Platforms.\n\nmod error;\npub mod xero;\n"),
            (CONTENTS[1], "//! Tests.\n\nmod xero;\n"),
            (KNOWN, "pub static SAGE: Platform = Platform {};\n"),
        ];
        for (path, text) in files {
            write_new(&root.path().join(path), text).unwrap();
        }
        root
    }

    fn generate(root: &Path, name: &str) -> Result<()> {
        Plan::draw(root, &Name::parse(name)?)?.carry_out(root)
    }

    /// Every file below `folder`, with its text.
    fn texts(folder: &Path) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                found.extend(texts(&path));
            } else {
                found.insert(path.display().to_string(), fs::read_to_string(&path).unwrap());
            }
        }
        found
    }

    #[test]
    fn a_name_that_is_taken_is_refused_and_nothing_is_written() {
        let cases = [
            ("crates/platforms/src/sage/notes.txt", "crates/platforms/src/sage is there"),
            ("crates/platforms/src/sage.rs", "crates/platforms/src/sage.rs is there"),
            ("crates/platforms/tests/it/sage/mod.rs", "crates/platforms/tests/it/sage is there"),
            ("crates/platforms/tests/it/sage.rs", "crates/platforms/tests/it/sage.rs is there"),
        ];
        for (taken, words) in cases {
            let root = a_workspace();
            write_new(&root.path().join(taken), "mine").unwrap();
            let before = texts(root.path());
            let refused = generate(root.path(), "sage").unwrap_err().to_string();
            assert!(refused.starts_with(words), "{refused}");
            assert_eq!(texts(root.path()), before, "{taken}");
        }
    }

    #[test]
    fn what_is_named_already_is_refused_and_nothing_is_written() {
        let root = a_workspace();
        let before = texts(root.path());
        let refused = generate(root.path(), "xero").unwrap_err().to_string();
        assert_eq!(refused, "crates/platforms/src/lib.rs names xero already: nothing was written");
        assert_eq!(texts(root.path()), before);
    }

    #[test]
    fn a_file_is_never_written_over() {
        let root = a_workspace();
        let file = root.path().join("a.rs");
        write_new(&file, "mine").unwrap();
        assert!(write_new(&file, "other").is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    }

    #[test]
    fn a_second_platform_leaves_the_first_as_it_is() {
        let root = a_workspace();
        generate(root.path(), "sage").unwrap();
        let first = texts(root.path());
        let refused = generate(root.path(), "sage").unwrap_err().to_string();
        assert!(refused.contains("is there already"), "{refused}");
        assert_eq!(texts(root.path()), first);
        generate(root.path(), "exact").unwrap();
        let both = texts(root.path());
        let is_kept = |(path, text): (&String, &String)| {
            CONTENTS.iter().any(|page| path.ends_with(page)) || both.get(path) == Some(text)
        };
        assert!(first.iter().all(is_kept));
        let library = fs::read_to_string(root.path().join(CONTENTS[0])).unwrap();
        let wanted = "//! Platforms.\n\nmod error;\npub mod exact;\npub mod sage;\npub mod xero;\n";
        assert_eq!(library, wanted);
    }

    #[test]
    fn the_key_is_that_of_the_static_where_there_is_one() {
        let root = a_workspace();
        for (name, key) in [("sage", "domain::platform::SAGE.key"), ("acme", "\"acme\"")] {
            generate(root.path(), name).unwrap();
            let path = format!("crates/platforms/src/{name}/capabilities.rs");
            let text = read(root.path(), &path).unwrap();
            assert!(text.contains(&format!("\n        {key}\n")), "{text}");
        }
        let name = |text| Name::parse(text).unwrap();
        assert!(what_is_left(&name("acme"), Rules::Missing).contains("its static `ACME`"));
        assert!(!what_is_left(&name("sage"), Rules::Known).contains("its static"));
    }
}
