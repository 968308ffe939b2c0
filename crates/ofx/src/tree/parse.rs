//! Tags to a tree, with a stack of our own: however deep a file nests, the program's stack does not
//! grow, and the limit is met first.

use super::Element;
use super::entity::unescape;
use super::lex::{Lexer, Token};
use crate::charset::Charset;
use crate::error::{Fault, ReadError};
use crate::header::{Form, Header, read_head};
use crate::limits::Limits;

/// A header and the element `OFX`.
pub(crate) struct Document {
    pub(crate) header: Header,
    pub(crate) root: Element,
}

/// Reads a whole file.
pub(crate) fn read_document(bytes: &[u8], limits: &Limits) -> Result<Document, ReadError> {
    if bytes.len() > limits.bytes {
        return Err(ReadError::new(Fault::TooLarge(limits.bytes), limits.bytes));
    }
    let head = read_head(bytes)?;
    let mut lexer = Lexer::new(bytes, head.body_offset);
    let mut builder = Builder::new(head.header.form, head.charset, limits);
    while let Some((token, offset)) = lexer.next_token()? {
        builder.take(token, offset)?;
    }
    let root = builder.finish(bytes.len())?;
    Ok(Document { header: head.header, root })
}

struct Builder<'a> {
    form: Form,
    charset: Charset,
    limits: &'a Limits,
    elements: usize,
    open: Vec<Element>,
    root: Option<Element>,
}

impl<'a> Builder<'a> {
    fn new(form: Form, charset: Charset, limits: &'a Limits) -> Self {
        Self { form, charset, limits, elements: 0, open: Vec::new(), root: None }
    }

    fn take(&mut self, token: Token<'_>, offset: usize) -> Result<(), ReadError> {
        match token {
            Token::Start(name) => self.start(name, offset),
            Token::End(name) => self.end(name, offset),
            Token::Empty(name) => {
                self.start(name, offset)?;
                self.end(name, offset)
            }
            Token::Text(text) => self.text(text, offset, Text::WithEntities),
            Token::Literal(text) => self.text(text, offset, Text::AsItStands),
        }
    }

    fn start(&mut self, name: &str, offset: usize) -> Result<(), ReadError> {
        if self.root.is_some() {
            return Err(ReadError::new(Fault::TrailingContent, offset));
        }
        if self.open.is_empty() && name != "OFX" {
            return Err(ReadError::new(Fault::NotOfx, offset));
        }
        self.elements = self.elements.saturating_add(1);
        if self.elements > self.limits.elements {
            return Err(ReadError::new(Fault::TooManyElements(self.limits.elements), offset));
        }
        if self.open.last().is_some_and(|open| !open.value.is_empty()) {
            if self.form == Form::Xml {
                return Err(ReadError::new(Fault::StrayText, offset));
            }
            // In the older form, the next tag ends a value.
            self.close_last(offset)?;
        }
        if self.open.len() >= self.limits.depth {
            return Err(ReadError::new(Fault::TooDeep(self.limits.depth), offset));
        }
        let (name, value, children) = (name.to_owned(), String::new(), Vec::new());
        self.open.push(Element { name, value, children, offset });
        Ok(())
    }

    fn text(&mut self, raw: &[u8], offset: usize, kind: Text) -> Result<(), ReadError> {
        // NUL and Ctrl-Z end files of an older age.
        let padding = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, 0 | 0x1a);
        if raw.iter().all(padding) {
            return Ok(());
        }
        let stray = ReadError::new(Fault::StrayText, offset);
        let open = self.open.last_mut().ok_or(stray)?;
        if !open.children.is_empty() {
            return Err(stray);
        }
        if open.value.len().saturating_add(raw.len()) > self.limits.value_bytes {
            let fault = Fault::ValueTooLong(self.limits.value_bytes);
            return Err(ReadError::new(fault, offset));
        }
        let located = |at| ReadError::new(Fault::CharsetMismatch, offset.saturating_add(at));
        let text = self.charset.decode(raw).map_err(located)?;
        let text = text.trim_matches(|c: char| c.is_ascii_whitespace());
        open.value.push_str(&match kind {
            Text::WithEntities => unescape(text.to_owned()),
            Text::AsItStands => text.to_owned(),
        });
        Ok(())
    }

    fn end(&mut self, name: &str, offset: usize) -> Result<(), ReadError> {
        let mismatch = ReadError::new(Fault::EndTagMismatch, offset);
        if self.form == Form::Xml {
            if self.open.last().is_none_or(|open| open.name != name) {
                return Err(mismatch);
            }
            return self.close_last(offset);
        }
        if !self.open.iter().any(|open| open.name == name) {
            return Err(mismatch);
        }
        while self.open.last().is_some_and(|open| open.name != name) {
            self.close_unended(offset)?;
        }
        self.close_last(offset)
    }

    /// Ends the innermost element.
    fn close_last(&mut self, offset: usize) -> Result<(), ReadError> {
        let closed = self.open.pop().ok_or(ReadError::new(Fault::EndTagMismatch, offset))?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(closed),
            None => self.root = Some(closed),
        }
        Ok(())
    }

    /// Ends an element that has no end tag of its own. It must have been a value; if elements were
    /// found inside, it was an empty one, and they are its siblings.
    fn close_unended(&mut self, offset: usize) -> Result<(), ReadError> {
        let Some(last) = self.open.last_mut() else { return Ok(()) };
        let mut siblings = std::mem::take(&mut last.children);
        self.close_last(offset)?;
        if let Some(parent) = self.open.last_mut() {
            parent.children.append(&mut siblings);
        }
        Ok(())
    }

    fn finish(self, length: usize) -> Result<Element, ReadError> {
        self.root.ok_or(ReadError::new(Fault::Truncated, length))
    }
}

/// How a piece of text is meant.
#[derive(Clone, Copy)]
enum Text {
    WithEntities,
    AsItStands,
}
