//! The two forms of header, and what they say. The body is `tree`'s.

use crate::charset::Charset;
use crate::error::{Fault, ReadError};
use crate::limits::HEADER_BYTES_MAX;

/// Which syntax the file has. It follows from the header's form, whatever its version number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// `KEY:VALUE` header, and values whose end tags may be left out.
    Sgml,
    /// `<?OFX …?>` header, and every element closed.
    Xml,
}

/// What the header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The form it was written in.
    pub form: Form,
    /// The version as sent: 203 is met in both forms.
    pub version: u16,
    /// The file's own identity, unless it says `NONE`.
    pub new_file_uid: Option<String>,
    /// Whether application-level security (`SECURITY` other than `NONE`) is announced.
    pub secured: bool,
}

/// A header, how to decode what follows it, and where that begins.
pub(crate) struct Head {
    pub(crate) header: Header,
    pub(crate) charset: Charset,
    pub(crate) body_offset: usize,
}

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

/// Finds the header. Anything may stand before it: one client's output begins with `file NAME`.
pub(crate) fn read_head(bytes: &[u8]) -> Result<Head, ReadError> {
    let window = bytes.get(..HEADER_BYTES_MAX).unwrap_or(bytes);
    let first_tag = window
        .iter()
        .position(|&byte| byte == b'<')
        .ok_or(ReadError::new(Fault::HeaderMissing, 0))?;
    let before = window.get(..first_tag).unwrap_or_default();
    if let Some(start) = find(before, b"OFXHEADER") {
        let fields = Fields::new(before.get(start..).unwrap_or_default());
        return read_sgml(&fields, start, first_tag);
    }
    read_xml(window, first_tag)
}

fn read_sgml(fields: &Fields, offset: usize, body_offset: usize) -> Result<Head, ReadError> {
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

fn read_xml(window: &[u8], first_tag: usize) -> Result<Head, ReadError> {
    let mut charset = Charset::Utf8;
    let mut offset = first_tag;
    loop {
        let rest = window.get(offset..).unwrap_or_default();
        let space = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        offset = offset.saturating_add(space);
        let rest = rest.get(space..).unwrap_or_default();
        let Some(inside) = rest.strip_prefix(b"<?") else {
            return Err(ReadError::new(Fault::HeaderMissing, offset));
        };
        let length = find(inside, b"?>").ok_or(ReadError::new(Fault::HeaderMissing, offset))?;
        let content = String::from_utf8_lossy(inside.get(..length).unwrap_or_default());
        let end = offset.saturating_add(length).saturating_add(4);
        if let Some(attributes) = content.strip_prefix("OFX ") {
            return xml_header(attributes, offset).map(|header| Head {
                header,
                charset,
                body_offset: end,
            });
        }
        if let Some(attributes) = content.strip_prefix("xml ") {
            charset = xml_charset(attribute(attributes, "encoding"))
                .ok_or(ReadError::new(Fault::CharsetUnknown, offset))?;
        }
        offset = end;
    }
}

fn xml_header(attributes: &str, offset: usize) -> Result<Header, ReadError> {
    let fault = |key| ReadError::new(Fault::HeaderField(key), offset);
    if attribute(attributes, "OFXHEADER") != Some("200") {
        return Err(fault("OFXHEADER"));
    }
    let version =
        attribute(attributes, "VERSION").and_then(parse_version).ok_or(fault("VERSION"))?;
    Ok(Header {
        form: Form::Xml,
        version,
        new_file_uid: uid(attribute(attributes, "NEWFILEUID")),
        secured: !none(attribute(attributes, "SECURITY")),
    })
}

/// The value of `name="…"` or `name='…'`.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = attributes;
    loop {
        let (key, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, remaining) = after.strip_prefix(quote)?.split_once(quote)?;
        if key.trim() == name {
            return Some(value.trim());
        }
        rest = remaining;
    }
}

/// The older header's fields. Clients put them on lines, on one line, with or without spaces, so a
/// value reaches to its line's end or to the next key that is followed by a colon.
struct Fields(Vec<(&'static str, String)>);

impl Fields {
    fn new(header: &[u8]) -> Self {
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

/// Three digits that begin with 1 or 2.
fn parse_version(text: &str) -> Option<u16> {
    let version: u16 = text.parse().ok()?;
    (text.len() == 3 && (100..=299).contains(&version)).then_some(version)
}

fn none(value: Option<&str>) -> bool {
    matches!(value, None | Some("NONE" | ""))
}

fn uid(value: Option<&str>) -> Option<String> {
    if none(value) { None } else { value.map(str::to_owned) }
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

fn xml_charset(encoding: Option<&str>) -> Option<Charset> {
    let Some(encoding) = encoding else { return Some(Charset::Utf8) };
    match encoding.to_ascii_uppercase().as_str() {
        "UTF-8" | "UTF8" | "US-ASCII" | "ASCII" => Some(Charset::Utf8),
        "WINDOWS-1252" | "CP1252" => Some(Charset::Windows1252),
        "ISO-8859-1" => Some(Charset::Latin1),
        _ => None,
    }
}

/// Where `needle` begins.
pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests;
