//! Free text in PostgreSQL, whose texts may hold any character but NUL. Callers' texts may hold that too.

use std::borrow::Cow;

use crate::fault::{Attempt, failed};

/// Begins the two characters that stand for one that cannot stand for itself.
const ESCAPE: char = '\u{1}';

/// The text as it is written into a column.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['\0', ESCAPE]) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(ESCAPE, "\u{1}1").replace('\0', "\u{1}0"))
}

/// The text that was written so.
pub(crate) fn unescaped(column: String) -> String {
    if !column.contains(ESCAPE) {
        return column;
    }
    column.replace("\u{1}0", "\0").replace("\u{1}1", "\u{1}")
}

/// Texts in one column, as JSON, which writes control characters as escapes: no column holds what it cannot.
pub(crate) fn listed<'a>(texts: impl Iterator<Item = &'a str>) -> Attempt<String> {
    Ok(serde_json::to_string(&texts.collect::<Vec<_>>()).map_err(failed)?)
}

/// What was listed so, each by `parse`.
pub(crate) fn unlisted<T>(column: &str, parse: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    let texts: Vec<String> = serde_json::from_str(column).ok()?;
    texts.iter().map(|text| parse(text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_comes_back_and_no_column_holds_nul(text in "[\\x00\\x0101a]{0,12}") {
            let column = escaped(&text).into_owned();
            prop_assert!(!column.contains('\0'));
            prop_assert_eq!(unescaped(column), text);
        }
    }

    #[test]
    fn usual_texts_are_written_as_they_are() {
        assert!(matches!(escaped("Café & Söhne"), Cow::Borrowed("Café & Söhne")));
    }
}
