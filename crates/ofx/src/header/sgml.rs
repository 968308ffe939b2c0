//! The older form: `KEY:VALUE`.

use super::read::{Form, Head, Header, none, parse_version, uid};
use crate::charset::Charset;
use crate::error::{Fault, ReadError};

/// The fields of the older form. The order does not matter to us.
const SGML_KEYS: [&str; 9] = [
    "OFXHEADER",
    "DATA",
    "VERSION",
    "SECURITY",
    "ENCODING",
    "CHARSET",
    "COMPRESSION",
    "OLDFILEUID",
    "NEWFILEUID",
];

pub(super) fn read_sgml(
    fields: &Fields,
    offset: usize,
    body_offset: usize,
) -> Result<Head, ReadError> {
    let fault = |key| ReadError::new(Fault::HeaderField(key), offset);
    if fields.value("OFXHEADER") != Some("100") {
        return Err(fault("OFXHEADER"));
    }
    let version = fields.value("VERSION").and_then(parse_version).ok_or(fault("VERSION"))?;
    if !none(fields.value("COMPRESSION")) {
        return Err(fault("COMPRESSION"));
    }
    Ok(Head {
        header: Header {
            form: Form::Sgml,
            version,
            new_file_uid: uid(fields.value("NEWFILEUID")),
            secured: !none(fields.value("SECURITY")),
        },
        charset: sgml_charset(fields.value("ENCODING"), fields.value("CHARSET")),
        body_offset,
    })
}

/// The older header's fields. Clients put them on lines, on one line, with or without spaces, so a
/// value reaches to its line's end or to the next key that is followed by a colon.
pub(super) struct Fields(Vec<(&'static str, String)>);

impl Fields {
    pub(super) fn new(header: &[u8]) -> Self {
        let text = String::from_utf8_lossy(header);
        let mut found = Vec::new();
        for line in text.lines() {
            let mut rest = line;
            while let Some((_, key, value)) = next_key(rest) {
                let end = next_key(value).map_or(value.len(), |(start, _, _)| start);
                let (own, remaining) = value.split_at_checked(end).unwrap_or((value, ""));
                found.push((key, own.trim().to_owned()));
                rest = remaining;
            }
        }
        Self(found)
    }

    fn value(&self, key: &str) -> Option<&str> {
        let field = self.0.iter().find(|(name, _)| *name == key);
        field.map(|(_, value)| value.as_str())
    }
}

/// The first key in the text: where it begins, which one, and what follows its colon.
fn next_key(text: &str) -> Option<(usize, &'static str, &str)> {
    let candidates = SGML_KEYS.iter().filter_map(|&key| {
        text.match_indices(key).find_map(|(start, _)| {
            let after = text.get(start.saturating_add(key.len())..)?;
            Some((start, key, after.trim_start().strip_prefix(':')?))
        })
    });
    candidates.min_by_key(|&(start, _, _)| start)
}

fn sgml_charset(encoding: Option<&str>, charset: Option<&str>) -> Charset {
    if matches!(encoding, Some("UTF-8" | "UTF8" | "UNICODE")) {
        return Charset::Utf8;
    }
    match charset {
        // Nothing declared is read as Windows-1252: it contains ASCII, and decodes any byte.
        None | Some("" | "NONE" | "1252" | "CP1252" | "WINDOWS-1252") => Charset::Windows1252,
        Some("ISO-8859-1" | "8859-1" | "ISO8859-1") => Charset::Latin1,
        Some("UTF-8" | "UTF8") => Charset::Utf8,
        Some(_) => Charset::AsciiOnly,
    }
}
