//! Bytes to tags and text. One lexer serves both forms; which tags must be closed is `parse`'s.

use crate::error::{Fault, ReadError};
use crate::header::find;
use crate::limits::TAG_BYTES_MAX;

/// A piece of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Start(&'a str),
    End(&'a str),
    /// `<TAG/>`
    Empty(&'a str),
    /// Text with entities in it.
    Text(&'a [u8]),
    /// Text that is meant as it stands.
    Literal(&'a [u8]),
}

/// Walks through the bytes once.
pub(crate) struct Lexer<'a> {
    length: usize,
    rest: &'a [u8],
}

impl<'a> Lexer<'a> {
    /// Starts behind the header.
    pub(crate) fn new(bytes: &'a [u8], body_offset: usize) -> Self {
        Self { length: bytes.len(), rest: bytes.get(body_offset..).unwrap_or_default() }
    }

    fn offset(&self) -> usize {
        self.length.saturating_sub(self.rest.len())
    }

    /// The next piece and where it begins, or `None` at the end of the file.
    pub(crate) fn next_token(&mut self) -> Result<Option<(Token<'a>, usize)>, ReadError> {
        while let Some(&first) = self.rest.first() {
            let offset = self.offset();
            if first != b'<' {
                let length = self.rest.iter().position(|&byte| byte == b'<');
                let text = self.take(length.unwrap_or(self.rest.len()), 0);
                return Ok(Some((Token::Text(text), offset)));
            }
            if self.rest.starts_with(b"<!--") {
                self.take_until(4, b"-->")?;
            } else if self.rest.starts_with(b"<![CDATA[") {
                let text = self.take_until(9, b"]]>")?;
                return Ok(Some((Token::Literal(text), offset)));
            } else if self.rest.starts_with(b"<?") {
                self.take_until(2, b">")?;
            } else if self.rest.starts_with(b"<!") {
                return Err(self.fault(Fault::Declaration));
            } else {
                return self.tag().map(|tag| Some((tag, offset)));
            }
        }
        Ok(None)
    }

    fn tag(&mut self) -> Result<Token<'a>, ReadError> {
        let fault = self.fault(Fault::TagMalformed);
        // A `>` further away than the longest tag is long would not make one.
        let near = self.rest.get(..TAG_BYTES_MAX.saturating_add(4)).unwrap_or(self.rest);
        let Some(end) = near.iter().position(|&byte| byte == b'>') else {
            let cut_off = near.len() == self.rest.len() && near.iter().skip(1).all(|&b| in_tag(b));
            return Err(if cut_off { self.fault(Fault::Truncated) } else { fault });
        };
        let inside = near.get(1..end).unwrap_or_default();
        let token = if let Some(name) = inside.strip_prefix(b"/") {
            Token::End(tag_name(name.trim_ascii_end()).map_err(|fault| self.fault(fault))?)
        } else if let Some(name) = inside.strip_suffix(b"/") {
            Token::Empty(tag_name(name.trim_ascii_end()).map_err(|fault| self.fault(fault))?)
        } else {
            Token::Start(tag_name(inside.trim_ascii_end()).map_err(|fault| self.fault(fault))?)
        };
        self.take(end.saturating_add(1), 0);
        Ok(token)
    }

    /// Takes `opening` bytes, what follows up to `closing`, and `closing`; gives what is between.
    fn take_until(&mut self, opening: usize, closing: &[u8]) -> Result<&'a [u8], ReadError> {
        let fault = self.fault(Fault::Truncated);
        self.take(opening, 0);
        let length = find(self.rest, closing).ok_or(fault)?;
        Ok(self.take(length, closing.len()))
    }

    /// Gives the next `length` bytes and passes over `skipped` more.
    fn take(&mut self, length: usize, skipped: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, &[]));
        self.rest = rest.get(skipped..).unwrap_or_default();
        taken
    }

    fn fault(&self, fault: Fault) -> ReadError {
        ReadError::new(fault, self.offset())
    }
}

fn tag_name(bytes: &[u8]) -> Result<&str, Fault> {
    let first = bytes.first().ok_or(Fault::TagMalformed)?;
    if bytes.iter().any(u8::is_ascii_lowercase) {
        return Err(Fault::TagLowerCase);
    }
    if !first.is_ascii_uppercase() || bytes.len() > TAG_BYTES_MAX {
        return Err(Fault::TagMalformed);
    }
    if !bytes.iter().all(|&byte| in_tag(byte) && byte != b'/') {
        return Err(Fault::TagMalformed);
    }
    std::str::from_utf8(bytes).map_err(|_not_ascii| Fault::TagMalformed)
}

fn in_tag(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/')
}
