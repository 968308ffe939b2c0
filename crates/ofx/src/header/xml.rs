//! The newer form: `<?OFX …?>`, usually behind `<?xml …?>`.

use super::read::{Form, Head, Header, find, none, parse_version, uid};
use crate::charset::Charset;
use crate::error::{Fault, ReadError};

pub(super) fn read_xml(window: &[u8], first_tag: usize) -> Result<Head, ReadError> {
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

fn xml_charset(encoding: Option<&str>) -> Option<Charset> {
    let Some(encoding) = encoding else { return Some(Charset::Utf8) };
    match encoding.to_ascii_uppercase().as_str() {
        "UTF-8" | "UTF8" | "US-ASCII" | "ASCII" => Some(Charset::Utf8),
        "WINDOWS-1252" | "CP1252" => Some(Charset::Windows1252),
        "ISO-8859-1" => Some(Charset::Latin1),
        _ => None,
    }
}
