//! What a platform is called, in every spelling that its files need.

use anyhow::{Result, bail};

use super::template;

/// Strict and reserved words of the language: none of them can be a module.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// A name in `snake_case` that a module can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name(String);

impl Name {
    pub(super) fn parse(text: &str) -> Result<Self> {
        if !text.starts_with(|first: char| first.is_ascii_alphabetic()) {
            bail!("{text:?} does not begin with a letter from a to z");
        }
        let is_plain = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit();
        if text.split('_').any(|word| word.is_empty() || !word.chars().all(is_plain)) {
            bail!(
                "{text:?} is not snake_case: small letters and digits, one underscore between words"
            );
        }
        if KEYWORDS.contains(&text) {
            bail!("{text:?} is a word of Rust's own, so no module can be called so");
        }
        let name = Self(text.to_owned());
        let type_name = name.type_name();
        if template::mentions(&type_name) {
            bail!(
                "{text:?} would call its type {type_name}, which its files use for another thing"
            );
        }
        Ok(name)
    }

    /// `exact_online`
    pub(super) fn snake(&self) -> &str {
        &self.0
    }

    /// `ExactOnline`
    pub(super) fn type_name(&self) -> String {
        self.capitalized().collect()
    }

    /// `EXACT_ONLINE`
    pub(super) fn static_name(&self) -> String {
        self.0.to_ascii_uppercase()
    }

    /// `Exact Online`, as people write it
    pub(super) fn words(&self) -> String {
        self.capitalized().collect::<Vec<_>>().join(" ")
    }

    fn capitalized(&self) -> impl Iterator<Item = String> {
        self.0.split('_').map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_spelling_for_every_place() {
        let cases = [
            ("sage", "Sage", "SAGE", "Sage"),
            ("exact_online", "ExactOnline", "EXACT_ONLINE", "Exact Online"),
            ("sage_50", "Sage50", "SAGE_50", "Sage 50"),
        ];
        for (text, type_name, static_name, words) in cases {
            let name = Name::parse(text).unwrap();
            assert_eq!(name.snake(), text);
            assert_eq!(name.type_name(), type_name);
            assert_eq!(name.static_name(), static_name);
            assert_eq!(name.words(), words);
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_reason() {
        let cases = [
            ("", "does not begin with a letter"),
            ("1st", "does not begin with a letter"),
            ("_sage", "does not begin with a letter"),
            ("élan", "does not begin with a letter"),
            ("../sage", "does not begin with a letter"),
            ("FreeAgent", "is not snake_case"),
            ("free-agent", "is not snake_case"),
            ("free__agent", "is not snake_case"),
            ("free_", "is not snake_case"),
            ("free agent", "is not snake_case"),
            ("sage/xero", "is not snake_case"),
            ("caf\u{e9}", "is not snake_case"),
            ("match", "is a word of Rust's own"),
            ("gen", "is a word of Rust's own"),
            ("self", "is a word of Rust's own"),
            ("client", "would call its type Client"),
            ("platform", "would call its type Platform"),
            ("options_error", "would call its type OptionsError"),
        ];
        for (text, reason) in cases {
            let refused = Name::parse(text).unwrap_err().to_string();
            assert!(refused.starts_with(&format!("{text:?} {reason}")), "{refused}");
        }
    }
}
