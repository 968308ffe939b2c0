//! The files of a new platform, and how a name is filled in. The marks are `@name@`, `@Name@`,
//! `@words@` and `@key@`: `@` has no other use in them.

use super::name::Name;

/// A file's path below its folder, and its text with marks.
type Template = (&'static str, &'static str);

const SOURCES: &[Template] = &[
    ("mod.rs", include_str!("template/mod.rs.txt")),
    ("capabilities.rs", include_str!("template/capabilities.rs.txt")),
    ("client.rs", include_str!("template/client.rs.txt")),
    ("map.rs", include_str!("template/map.rs.txt")),
    ("oauth.rs", include_str!("template/oauth.rs.txt")),
    ("options.rs", include_str!("template/options.rs.txt")),
    ("wire.rs", include_str!("template/wire.rs.txt")),
];

const TESTS: &[Template] = &[
    ("mod.rs", include_str!("template/tests/mod.rs.txt")),
    ("facts.rs", include_str!("template/tests/facts.rs.txt")),
];

/// Whether the domain has rules for a platform, and with them a key that callers name it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rules {
    Known,
    Missing,
}

/// Every file, path and text.
pub(super) fn files(name: &Name, rules: Rules) -> Vec<(String, String)> {
    let places = [("crates/platforms/src", SOURCES), ("crates/platforms/tests/it", TESTS)];
    let files = places.into_iter().flat_map(|(place, templates)| {
        templates.iter().map(move |(file, text)| {
            (format!("{place}/{}/{file}", name.snake()), filled(text, name, rules))
        })
    });
    files.collect()
}

fn filled(text: &str, name: &Name, rules: Rules) -> String {
    let key = match rules {
        Rules::Known => format!("domain::platform::{}.key", name.static_name()),
        Rules::Missing => {
            let comment = "// The key of its static in `domain::platform`, once there is one.";
            format!("{comment}\n        {:?}", name.snake())
        }
    };
    text.replace("@name@", name.snake())
        .replace("@Name@", &name.type_name())
        .replace("@words@", &name.words())
        .replace("@key@", &key)
}

/// Whether the code of the files has this word already.
pub(super) fn mentions(word: &str) -> bool {
    let is_end = |one: char| !one.is_alphanumeric() && one != '_';
    let lines = SOURCES.iter().chain(TESTS).flat_map(|(_, text)| text.lines());
    let mut code = lines.filter(|line| !line.trim_start().starts_with("//"));
    code.any(|line| line.split(is_end).any(|found| found == word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is asked of any platform.
    const ASKED: &str = include_str!("../../../crates/platforms/src/platform.rs");

    #[test]
    fn no_mark_is_left() {
        let name = Name::parse("exact_online").unwrap();
        for (path, text) in
            files(&name, Rules::Known).into_iter().chain(files(&name, Rules::Missing))
        {
            assert!(!text.contains('@'), "{path}");
            assert!(text.starts_with("//! "), "{path}");
        }
    }

    #[test]
    fn every_method_that_can_be_asked_for_is_shown_or_written() {
        let squeezed = |text: &str| text.split_whitespace().collect::<String>();
        let texts: String = SOURCES.iter().map(|(_, text)| text.replace("// ", "")).collect();
        let shown = squeezed(&texts);
        let code: Vec<&str> = ASKED.lines().filter(|line| !line.contains("//")).collect();
        let code = code.join("\n");
        let methods: Vec<&str> = code.split("fn ").skip(1).collect();
        assert!(methods.len() > 15, "{}", methods.len());
        for method in methods {
            let shape = squeezed(method.split([';', '{']).next().unwrap());
            assert!(shown.contains(&format!("fn{shape}")), "{shape}");
        }
    }
}
