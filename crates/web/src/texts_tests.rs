//! The catalogues say the same things in every language, and nothing that no page says.

use super::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Texts in a language that nobody speaks.
pub(crate) fn pseudo(bank: Option<&str>) -> Texts {
    Texts::pseudo(bank)
}

fn keys(locale: Locale) -> BTreeSet<String> {
    let lines = sources(locale).into_iter().flat_map(str::lines);
    let starts = lines.filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
    starts.filter_map(|line| line.split_once(" =")).map(|(key, _)| key.to_owned()).collect()
}

fn variables(locale: Locale, key: &str) -> BTreeSet<String> {
    let all = sources(locale).join("\n");
    let (_, rest) = all.split_once(&format!("\n{key} =")).unwrap();
    let end = rest.find("\n\n").unwrap_or(rest.len());
    // Up to the next key.
    let text = rest.get(..end).unwrap();
    let lines = text.lines().enumerate();
    let own = lines.take_while(|(number, line)| *number == 0 || line.starts_with(' '));
    let own: Vec<_> = own.map(|(_, line)| line).collect();
    let own = own.join("\n");
    let names = own.split('$').skip(1);
    let is_letter = |letter: &char| letter.is_ascii_lowercase();
    names.map(|rest| rest.chars().take_while(is_letter).collect()).collect()
}

fn read_all(folder: &str, ending: &str, into: &mut String) {
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            read_all(&format!("{folder}/{name}"), ending, into);
        } else if name.ends_with(ending) {
            into.push_str(&fs::read_to_string(entry.path()).unwrap());
        }
    }
}

#[test]
fn every_catalogue_can_be_read_and_says_nothing_twice() {
    for locale in Locale::ALL {
        let mut bundle = Bundle::new_concurrent(vec![]);
        for source in sources(locale) {
            let resource = FluentResource::try_new(source.to_owned());
            let resource = resource.unwrap_or_else(|(_, faults)| panic!("{locale:?}: {faults:?}"));
            bundle.add_resource(resource).unwrap();
        }
    }
}

#[test]
fn every_text_stands_in_every_language_with_the_same_names_in_it() {
    let english = keys(Locale::English);
    for locale in Locale::ALL {
        assert_eq!(keys(locale), english, "{locale:?}");
        for key in &english {
            let expected = variables(Locale::English, key);
            assert_eq!(variables(locale, key), expected, "{locale:?}: {key}");
        }
    }
}

#[test]
fn every_text_is_said_somewhere_and_nothing_is_said_that_has_no_text() {
    let mut code = String::new();
    read_all("templates", ".html", &mut code);
    read_all("src", ".rs", &mut code);
    let known = keys(Locale::English);
    for key in &known {
        assert!(code.contains(&format!("\"{key}\"")), "{key} is never said");
    }
    for verb in [
        "say(\"",
        "say_with(\"",
        "say_count(\"",
        "say_all(\"",
        "texts.get(\"",
        "with_notice(Tone::Good, \"",
    ] {
        for rest in code.split(verb).skip(1) {
            let key = rest.split('"').next().unwrap();
            assert!(known.contains(key), "{key} has no text");
        }
    }
}

#[test]
fn french_keeps_its_signs_at_its_words() {
    for locale in [Locale::French, Locale::CanadianFrench] {
        for line in sources(locale).into_iter().flat_map(str::lines) {
            if line.starts_with('#') || line.trim_start().starts_with(['[', '*']) {
                continue;
            }
            for sign in [" ?", " !", " ;", " :", "'"] {
                let text = line.split_once(" = ").map_or(line, |(_, text)| text);
                assert!(!text.contains(sign), "{locale:?}: {line}");
            }
        }
    }
}

#[test]
fn texts_name_the_bank_and_the_software() {
    let text = |bank| Texts::new(Locale::English, bank).get("back-to-bank");
    assert_eq!(text(Some("Sunrise <b>Bank</b>")), "Back to Sunrise <b>Bank</b>");
    assert_eq!(text(None), "Back to your bank");
    let about = Texts::new(Locale::English, Some("Bank")).about("Xero").get("not-switched-on-text");
    assert_eq!(about, "Bank has not switched on Xero here. Nothing was changed.");
}
