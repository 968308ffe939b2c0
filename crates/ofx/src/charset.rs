//! The character sets that a header can declare. All contain ASCII, so tags are found in the bytes
//! and only values are decoded.

/// How bytes above 127 are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    Windows1252,
    Latin1,
    Utf8,
    /// Declared, but not known here: fine as long as nothing but ASCII occurs.
    AsciiOnly,
}

/// Windows-1252 from 0x80 to 0x9F. The five unassigned codes stand for the control characters of
/// the same number, so that every byte sequence decodes and none is lost.
const WINDOWS_1252_HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Letters that Windows-1252 lacks, by the letter that a reader would take in their place.
const FOLDED: [(&str, char); 36] = [
    ("ĀĂĄǍ", 'A'),
    ("āăąǎ", 'a'),
    ("ĆĈĊČ", 'C'),
    ("ćĉċč", 'c'),
    ("ĎĐ", 'D'),
    ("ďđ", 'd'),
    ("ĒĔĖĘĚ", 'E'),
    ("ēĕėęě", 'e'),
    ("ĜĞĠĢ", 'G'),
    ("ĝğġģ", 'g'),
    ("ĤĦ", 'H'),
    ("ĥħ", 'h'),
    ("ĨĪĬĮİ", 'I'),
    ("ĩīĭįı", 'i'),
    ("Ĵ", 'J'),
    ("ĵ", 'j'),
    ("Ķ", 'K'),
    ("ķ", 'k'),
    ("ĹĻĽŁ", 'L'),
    ("ĺļľł", 'l'),
    ("ŃŅŇ", 'N'),
    ("ńņň", 'n'),
    ("ŌŎŐ", 'O'),
    ("ōŏő", 'o'),
    ("ŔŖŘ", 'R'),
    ("ŕŗř", 'r'),
    ("ŚŜŞȘ", 'S'),
    ("śŝşș", 's'),
    ("ŢŤȚ", 'T'),
    ("ţťț", 't'),
    ("ŨŪŬŮŰŲ", 'U'),
    ("ũūŭůűų", 'u'),
    ("ŹŻ", 'Z'),
    ("źż", 'z'),
    ("‐‑‒―−", '-'),
    ("\u{2002}\u{2003}\u{2009}\u{202f}", ' '),
];

/// Whether a value can hold the character: both forms forbid controls, and two codes are no characters.
pub(crate) fn is_carried(character: char) -> bool {
    !character.is_control() && !matches!(character, '\u{fffe}' | '\u{ffff}')
}

impl Charset {
    /// Decodes a value; `Err` is the number of bytes before the first one that is not text.
    pub(crate) fn decode(self, bytes: &[u8]) -> Result<String, usize> {
        if bytes.is_ascii() || self == Self::Utf8 {
            return match std::str::from_utf8(bytes) {
                Ok(text) => Ok(text.to_owned()),
                Err(error) => Err(error.valid_up_to()),
            };
        }
        match self {
            Self::Windows1252 => Ok(bytes.iter().map(|&byte| windows_1252_char(byte)).collect()),
            Self::Latin1 => Ok(bytes.iter().map(|&byte| char::from(byte)).collect()),
            Self::AsciiOnly | Self::Utf8 => {
                Err(bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0))
            }
        }
    }
}

fn windows_1252_char(byte: u8) -> char {
    byte.checked_sub(0x80)
        .and_then(|index| WINDOWS_1252_HIGH.get(usize::from(index)))
        .copied()
        .unwrap_or_else(|| char::from(byte))
}

/// The Windows-1252 byte for a character, else the byte of the nearest letter, else `?`.
pub(crate) fn windows_1252_byte(character: char) -> u8 {
    if let Some(byte) = windows_1252_exact(character) {
        return byte;
    }
    let letter = FOLDED.iter().find(|(letters, _)| letters.contains(character));
    letter.and_then(|&(_, ascii)| u8::try_from(ascii).ok()).unwrap_or(b'?')
}

fn windows_1252_exact(character: char) -> Option<u8> {
    match u8::try_from(character) {
        Ok(byte) if !(0x80..=0x9f).contains(&byte) => Some(byte),
        Ok(_) => None,
        Err(_) => {
            let index = WINDOWS_1252_HIGH.iter().position(|&high| high == character)?;
            u8::try_from(index).ok()?.checked_add(0x80)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_1252_decodes_every_byte_and_encodes_every_assigned_one() {
        for byte in 0..=u8::MAX {
            let text = Charset::Windows1252.decode(&[byte]).unwrap();
            let character = text.chars().next().unwrap();
            let unassigned = [0x81, 0x8d, 0x8f, 0x90, 0x9d].contains(&byte);
            let expected = if unassigned { b'?' } else { byte };
            assert_eq!(windows_1252_byte(character), expected, "byte {byte:#x}");
        }
    }

    #[test]
    fn the_same_byte_means_different_things_in_different_sets() {
        assert_eq!(Charset::Windows1252.decode(b"\x80").as_deref(), Ok("€"));
        assert_eq!(Charset::Latin1.decode(b"\xe9\x80").as_deref(), Ok("é\u{80}"));
        assert_eq!(Charset::Utf8.decode("né€".as_bytes()).as_deref(), Ok("né€"));
    }

    #[test]
    fn bytes_outside_the_declared_set_are_located() {
        assert_eq!(Charset::Utf8.decode(b"ab\xff"), Err(2));
        assert_eq!(Charset::AsciiOnly.decode(b"abc\xe9"), Err(3));
    }

    #[test]
    fn letters_outside_windows_1252_fall_back_to_their_base() {
        let folded: Vec<u8> = "Łódź ő−日".chars().map(windows_1252_byte).collect();
        assert_eq!(folded, b"L\xf3dz o-?");
    }
}
