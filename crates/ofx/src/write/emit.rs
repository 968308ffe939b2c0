//! Tags and values in either form.

use std::fmt::Display;

use super::text::clean;
use crate::charset::windows_1252_byte;
use crate::header::Form;
use crate::response::ResponseHeader;

/// Bytes under construction.
pub(super) struct Emitter {
    form: Form,
    bytes: Vec<u8>,
}

impl Emitter {
    /// Begins with the header.
    pub(super) fn new(header: ResponseHeader) -> Self {
        let version = header.version;
        let text = match header.form {
            Form::Sgml => format!(
                "OFXHEADER:100\r\nDATA:OFXSGML\r\nVERSION:{version}\r\nSECURITY:NONE\r\n\
                 ENCODING:USASCII\r\nCHARSET:1252\r\nCOMPRESSION:NONE\r\n\
                 OLDFILEUID:NONE\r\nNEWFILEUID:NONE\r\n\r\n"
            ),
            // Some clients find these attributes by a pattern that wants this order.
            Form::Xml => format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\r\n\
                 <?OFX OFXHEADER=\"200\" VERSION=\"{version}\" SECURITY=\"NONE\" \
                 OLDFILEUID=\"NONE\" NEWFILEUID=\"NONE\"?>\r\n"
            ),
        };
        Self { form: header.form, bytes: text.into_bytes() }
    }

    /// An element with elements inside.
    pub(super) fn aggregate(&mut self, tag: &str, content: impl FnOnce(&mut Self)) {
        self.open(tag);
        content(self);
        self.close(tag);
        self.bytes.extend_from_slice(b"\r\n");
    }

    /// A value that is ours: digits, words of the grammar, dates.
    pub(super) fn plain(&mut self, tag: &str, value: impl Display) {
        self.value(tag, &value.to_string());
    }

    /// A value that is not ours: cleaned, and cut at `chars_max`.
    pub(super) fn text(&mut self, tag: &str, value: &str, chars_max: usize) {
        self.value(tag, &clean(value, chars_max));
    }

    /// The same for an element called like the one around it: without an end tag of its own it would take that one's.
    pub(super) fn closed_text(&mut self, tag: &str, value: &str, chars_max: usize) {
        self.open(tag);
        self.characters(&clean(value, chars_max));
        self.close(tag);
    }

    /// A text, left out when there is none.
    pub(super) fn optional(&mut self, tag: &str, value: Option<&str>, chars_max: usize) {
        let value = value.map(|value| clean(value, chars_max)).unwrap_or_default();
        if !value.is_empty() {
            self.value(tag, &value);
        }
    }

    /// The bytes.
    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }

    fn open(&mut self, tag: &str) {
        self.bytes.push(b'<');
        self.bytes.extend_from_slice(tag.as_bytes());
        self.bytes.push(b'>');
    }

    fn close(&mut self, tag: &str) {
        self.bytes.extend_from_slice(b"</");
        self.bytes.extend_from_slice(tag.as_bytes());
        self.bytes.push(b'>');
    }

    fn value(&mut self, tag: &str, value: &str) {
        self.open(tag);
        self.characters(value);
        // An empty value without an end tag would look like the beginning of an aggregate.
        if self.form == Form::Xml || value.is_empty() {
            self.close(tag);
        }
    }

    fn characters(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.bytes.extend_from_slice(b"&amp;"),
                '<' => self.bytes.extend_from_slice(b"&lt;"),
                '>' => self.bytes.extend_from_slice(b"&gt;"),
                plain => self.character(plain),
            }
        }
    }

    /// Windows-1252 bytes in the older form, as its header declares. Numbered references could name
    /// every character, but of the clients tried, libofx cuts the text off at the first one and
    /// ofxtools shows it as typed; the bytes are right in libofx, ofxtools and ofxparse. A letter
    /// that Windows-1252 lacks becomes its base letter.
    fn character(&mut self, character: char) {
        match self.form {
            Form::Sgml => self.bytes.push(windows_1252_byte(character)),
            Form::Xml => {
                self.bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}
