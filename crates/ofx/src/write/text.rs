//! Text of strangers, made fit for a value: no control characters, no line breaks, not too long.

use crate::charset::is_carried;
use crate::limits::{MEMO_CHARS_MAX, NAME_CHARS_MAX};

/// Line breaks and tabs become spaces; what XML cannot carry disappears; the rest is cut.
pub(super) fn clean(text: &str, chars_max: usize) -> String {
    let spaced = text.trim().chars().map(|c| if c.is_whitespace() { plain_space(c) } else { c });
    let carried = spaced.filter(|c| is_carried(*c));
    // What stood behind a control character may now come first.
    let cut: String = carried.skip_while(|c| c.is_whitespace()).take(chars_max).collect();
    cut.trim().to_owned()
}

/// A no-break space is a character of the text; a line separator is not.
fn plain_space(space: char) -> char {
    if space == '\u{a0}' { space } else { ' ' }
}

/// What goes into `NAME` and `MEMO`: nothing is lost by the shortness of the former, unless the
/// latter is full too.
pub(super) fn name_and_memo(name: Option<&str>, memo: Option<&str>) -> (String, String) {
    let full_name = clean(name.unwrap_or_default(), usize::MAX);
    let memo = clean(memo.unwrap_or_default(), MEMO_CHARS_MAX);
    // Clients show a line without a name as blank.
    let full_name = if full_name.is_empty() { memo.clone() } else { full_name };
    let short_name = clean(&full_name, NAME_CHARS_MAX);
    if short_name == full_name || memo.starts_with(&full_name) {
        return (short_name, memo);
    }
    let memo = if memo.is_empty() || full_name.contains(&memo) {
        full_name
    } else {
        format!("{full_name} / {memo}")
    };
    (short_name, clean(&memo, MEMO_CHARS_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_disappear_and_line_breaks_become_spaces() {
        assert_eq!(clean(" a\u{0}b\r\nc\td\u{85}e\u{fffe} ", 99), "ab  c d e");
    }

    #[test]
    fn text_is_cut_between_characters_and_not_left_with_a_space() {
        assert_eq!(clean("éééé", 3), "ééé");
        assert_eq!(clean("ab cd", 3), "ab");
    }

    #[test]
    fn spaces_behind_a_control_character_take_no_room() {
        assert_eq!(clean("\u{1}         Bakery", 6), "Bakery");
    }

    #[test]
    fn a_short_name_and_its_memo_stay_as_they_are() {
        let pair = name_and_memo(Some("Office & Supplies"), Some("Invoice 7"));
        assert_eq!(pair, ("Office & Supplies".to_owned(), "Invoice 7".to_owned()));
    }

    #[test]
    fn the_whole_of_a_long_name_goes_into_the_memo() {
        let long = "Gesellschaft für angewandte Buchhaltung mbH";
        let short = "Gesellschaft für angewandte Buch";
        for (memo, expected) in [
            (None, long.to_owned()),
            (Some("Rechnung 7"), format!("{long} / Rechnung 7")),
            (Some(long), long.to_owned()),
            (Some("Buchhaltung mbH"), long.to_owned()),
        ] {
            assert_eq!(name_and_memo(Some(long), memo), (short.to_owned(), expected));
        }
    }

    #[test]
    fn a_line_without_a_name_is_named_by_its_memo() {
        let pair = name_and_memo(None, Some("Interest"));
        assert_eq!(pair, ("Interest".to_owned(), "Interest".to_owned()));
        assert_eq!(name_and_memo(None, None), (String::new(), String::new()));
    }

    #[test]
    fn a_memo_never_has_more_than_255_characters() {
        let (name, memo) = name_and_memo(Some(&"n".repeat(200)), Some(&"é".repeat(200)));
        assert_eq!(name.chars().count(), 32);
        assert_eq!(memo.chars().count(), 255);
    }
}
