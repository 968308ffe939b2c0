//! Finds tags in the text of an answer, as scripts do: no tree, no grammar. Decodes the header's character set.

use super::QuickBooksError;

/// What windows-1252 has between 0x80 and 0x9f, where ISO 8859-1 has nothing.
const CP1252_HIGH: &str = "€\u{fffd}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffd}Ž\u{fffd}\u{fffd}‘’“”•–—˜™š›œ\u{fffd}žŸ";

/// What stands between the first `<name>` and its end.
pub(super) fn section<'a>(text: &'a str, name: &str) -> Result<&'a str, QuickBooksError> {
    sections(text, name).next().ok_or_else(|| unreadable(format!("there is no <{name}>")))
}

/// What stands between each `<name>` and its end. Aggregates of one name do not nest in OFX answers.
pub(super) fn sections<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = text;
    std::iter::from_fn(move || {
        let (inside, after) = rest.split_once(&open)?.1.split_once(&close)?;
        rest = after;
        Some(inside)
    })
}

/// The value of the first `<name>`, if it has one.
pub(super) fn value(text: &str, name: &str) -> Option<String> {
    let (_, after) = text.split_once(&format!("<{name}>"))?;
    let raw = after.split(['<', '\r', '\n']).next()?.trim();
    (!raw.is_empty()).then(|| unescaped(raw))
}

/// The value of `<name>`, which must be there.
pub(super) fn need(text: &str, name: &str) -> Result<String, QuickBooksError> {
    value(text, name).ok_or_else(|| unreadable(format!("<{name}> has no value")))
}

/// An answer that breaks the grammar.
pub(super) fn unreadable(reason: impl Into<String>) -> QuickBooksError {
    QuickBooksError::Unreadable(reason.into())
}

fn unescaped(raw: &str) -> String {
    let mut parts = raw.split('&');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let known = part.split_once(';').and_then(|(name, rest)| Some((character(name)?, rest)));
        if let Some((character, rest)) = known {
            text.push(character);
            text.push_str(rest);
        } else {
            text.push('&');
            text.push_str(part);
        }
    }
    text
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "nbsp" => Some(' '),
        numeric => char::from_u32(numeric.strip_prefix('#')?.parse().ok()?),
    }
}

/// The text of an answer, by what its header says.
pub(super) fn decoded(bytes: &[u8]) -> String {
    let head = String::from_utf8_lossy(bytes.get(..400).unwrap_or(bytes));
    if head.contains("ENCODING:UTF-8") {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let decode = |byte: &u8| match byte {
        0x80..=0x9f => {
            CP1252_HIGH.chars().nth(usize::from(byte & 0x1f)).unwrap_or(char::REPLACEMENT_CHARACTER)
        }
        plain => char::from(*plain),
    };
    bytes.iter().map(decode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_end_at_the_next_tag_or_line() {
        let text = "<A>1<B>2</B>\r\n<C> 3 \r\n<D></D><E>";
        let cases = [
            ("A", Some("1")),
            ("B", Some("2")),
            ("C", Some("3")),
            ("D", None),
            ("E", None),
            ("F", None),
        ];
        for (name, expected) in cases {
            assert_eq!(value(text, name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn sections_come_in_order_and_must_end() {
        let found: Vec<_> = sections("<X>1</X><XY>no</XY><X>2</X><X>3", "X").collect();
        assert_eq!(found, ["1", "2"]);
        assert!(section("<X>1</X>", "Y").is_err());
    }

    #[test]
    fn entities_stand_for_characters() {
        assert_eq!(unescaped("a &amp; b &lt;c&gt; &#8364; &x; &"), "a & b <c> € &x; &");
        assert_eq!(unescaped("&amp;lt;"), "&lt;");
    }

    #[test]
    fn the_header_says_what_bytes_mean() {
        assert_eq!(
            decoded(b"CHARSET:1252\r\n\r\nCaf\xe9 \x80 \x9f"),
            "CHARSET:1252\r\n\r\nCafé € Ÿ"
        );
        assert_eq!(decoded("ENCODING:UTF-8\r\n\r\né €".as_bytes()), "ENCODING:UTF-8\r\n\r\né €");
    }
}
