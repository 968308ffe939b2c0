//! One element: either a value, or other elements.

use std::fmt;

use crate::charset::is_carried;
use crate::error::{Fault, ReadError};

/// An element of a file that was read.
#[derive(Clone, PartialEq, Eq)]
pub struct Element {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) children: Vec<Self>,
    pub(crate) offset: usize,
}

impl Element {
    /// The tag.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The value of a child. One in which nothing is to be seen counts as absent: it could not be echoed.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let is_seen = |character: char| is_carried(character) && !character.is_whitespace();
        self.child(name).map(|child| child.value.as_str()).filter(|value| value.contains(is_seen))
    }

    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    pub(crate) fn need(&self, name: &'static str) -> Result<&Self, ReadError> {
        self.child(name).ok_or(ReadError::new(Fault::Missing(name), self.offset))
    }

    pub(crate) fn need_text(&self, name: &'static str) -> Result<&str, ReadError> {
        self.text(name).ok_or(ReadError::new(Fault::Missing(name), self.offset))
    }

    /// The value of a child that must be there and be readable.
    pub(crate) fn parse<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, ReadError> {
        read(self.need_text(name)?).ok_or(ReadError::new(Fault::Value(name), self.offset))
    }
}

/// Tags only: a value may be a password.
impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}>", self.name)?;
        if self.children.is_empty() {
            Ok(())
        } else {
            f.debug_list().entries(&self.children).finish()
        }
    }
}
