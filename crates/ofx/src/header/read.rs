//! What both forms of header have in common.

use crate::charset::Charset;
use crate::error::{Fault, ReadError};
use crate::limits::HEADER_BYTES_MAX;

use super::sgml::{Fields, read_sgml};
use super::xml::read_xml;

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

/// Three digits that begin with 1 or 2.
pub(super) fn parse_version(text: &str) -> Option<u16> {
    let version: u16 = text.parse().ok()?;
    (text.len() == 3 && (100..=299).contains(&version)).then_some(version)
}

pub(super) fn none(value: Option<&str>) -> bool {
    matches!(value, None | Some("NONE" | ""))
}

pub(super) fn uid(value: Option<&str>) -> Option<String> {
    if none(value) { None } else { value.map(str::to_owned) }
}

/// Where `needle` begins.
pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
