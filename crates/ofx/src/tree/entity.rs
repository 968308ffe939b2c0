//! Character references in values. An `&` that begins none of them stands for itself: several
//! clients do not escape passwords, and nothing is lost by reading them as they were typed.

/// `&#x10FFFF;` without its ampersand and semicolon.
const REFERENCE_BYTES_MAX: usize = 8;

/// Replaces references by their characters.
pub(crate) fn unescape(text: String) -> String {
    if !text.contains('&') {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        if let Some((character, remaining)) = reference(after) {
            plain.push(character);
            rest = remaining;
        } else {
            plain.push('&');
            rest = after;
        }
    }
    plain.push_str(rest);
    plain
}

/// The character that a reference names, and what follows its semicolon.
fn reference(text: &str) -> Option<(char, &str)> {
    let length =
        text.bytes().take(REFERENCE_BYTES_MAX.saturating_add(1)).position(|b| b == b';')?;
    let (name, rest) = text.split_at_checked(length)?;
    let character = match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "nbsp" => '\u{a0}',
        "quot" => '"',
        "apos" => '\'',
        numeric => numbered(numeric.strip_prefix('#')?)?,
    };
    Some((character, rest.strip_prefix(';')?))
}

fn numbered(digits: &str) -> Option<char> {
    let (digits, radix) = match digits.strip_prefix(['x', 'X']) {
        Some(hexadecimal) => (hexadecimal, 16),
        None => (digits, 10),
    };
    // `from_str_radix` would take a sign.
    if !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    char::from_u32(u32::from_str_radix(digits, radix).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_and_numbered_references_become_characters() {
        let text = "&lt;&gt;&amp;&nbsp;&#233;&#x20AC;&quot;&apos;".to_owned();
        assert_eq!(unescape(text), "<>&\u{a0}é€\"'");
    }

    #[test]
    fn an_ampersand_that_begins_no_reference_stands_for_itself() {
        for text in
            ["a&b", "&", "&;", "&unknown;", "&#;", "&#x;", "&#+65;", "&#xD800;", "&é;", "&&"]
        {
            assert_eq!(unescape(text.to_owned()), text);
        }
    }

    #[test]
    fn an_escaped_reference_is_not_read_twice() {
        assert_eq!(unescape("&amp;lt;".to_owned()), "&lt;");
    }
}
