//! A module's line in the page of contents that names it, where rustfmt would put it.

use anyhow::{Context, Result, bail};

use super::name::Name;

/// `text`, which is the file at `path`, with one line more: public in the crate, private in its tests.
pub(super) fn with_module(text: &str, name: &Name, path: &str) -> Result<String> {
    let modules: Vec<(usize, &str)> = text
        .lines()
        .enumerate()
        .filter_map(|(index, line)| Some((index, module_of(line)?)))
        .collect();
    if modules.iter().any(|(_, module)| *module == name.snake()) {
        bail!("{path} names {} already: nothing was written", name.snake());
    }
    let last = modules.last().with_context(|| format!("{path} names no modules"))?;
    let follower = modules.iter().find(|(_, module)| *module > name.snake());
    let index = follower.map_or(last.0 + 1, |(index, _)| *index);
    let visibility = if path.ends_with("/lib.rs") { "pub " } else { "" };
    let line = format!("{visibility}mod {};", name.snake());
    let mut lines: Vec<&str> = text.lines().collect();
    lines.insert(index, &line);
    Ok(lines.join("\n") + "\n")
}

fn module_of(line: &str) -> Option<&str> {
    line.strip_prefix("pub ").unwrap_or(line).strip_prefix("mod ")?.strip_suffix(';')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_stands_in_the_order_of_the_alphabet() {
        let text = "//! A.\n\nmod error;\nmod platform;\npub mod xero;\n\npub use error::Error;\n";
        let cases = [("acme", 2), ("freeagent", 3), ("sage", 4), ("zoho", 5)];
        for (name, place) in cases {
            let name = Name::parse(name).unwrap();
            let library = with_module(text, &name, "a/src/lib.rs").unwrap();
            let line = format!("pub mod {};", name.snake());
            assert_eq!(library.lines().position(|one| one == line), Some(place), "{library}");
            assert_eq!(library.replace(&format!("{line}\n"), ""), text);
            let tests = with_module(text, &name, "a/tests/it/main.rs").unwrap();
            assert_eq!(tests, library.replace(&line, &format!("mod {};", name.snake())));
        }
    }

    #[test]
    fn a_page_without_modules_is_refused() {
        let name = Name::parse("sage").unwrap();
        let refused = with_module("//! A.\n", &name, "a/src/lib.rs").unwrap_err().to_string();
        assert_eq!(refused, "a/src/lib.rs names no modules");
    }
}
